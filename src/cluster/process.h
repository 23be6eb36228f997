/*
 * process.h: the identity of a rank's process, which another rank can compare with its own, and whether the process still lives. Only ranks
 * of the same machine, boot and pid namespace can monitor each other in this way.
 */
#ifndef RPI_CLUSTER_PROCESS_H
#define RPI_CLUSTER_PROCESS_H

#include <rankpool/error.h>

#include <stdbool.h>
#include <stddef.h>

/* It is sent to other ranks as it is. */
typedef struct rpi_process {
    int64_t pid;
    uint64_t pid_namespace; /* 0: not known */
    char boot_id[40];       /* "": not known */
    char host[RP_ERROR_HOST_SIZE];
} rpi_process;

void rpi_process_self(rpi_process *self);

/* Returns a pidfd that shows the end of the other process; the caller closes it. -1: the process can't be monitored from here, is this
 * process itself, or is gone already (`*gone` is then true), or the system has no pidfds. */
int rpi_process_monitor(const rpi_process *self, const rpi_process *other, bool *gone);

/* Sets gone[i] where the process of descriptor i, of n, has ended. Descriptors of -1 are left out. Doesn't block. */
void rpi_process_poll(const int *descriptors, bool *gone, size_t n);

/* Ends the process of a descriptor that rpi_process_monitor returned, with SIGKILL. False: it can't be ended, or is gone. */
bool rpi_process_end(int descriptor);

#endif
