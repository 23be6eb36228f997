/*
 * process.h: which process a rank is, in words that another rank can compare with its own, and whether it still lives. Only ranks of the
 * same machine, boot and pid namespace can detector each other so.
 */
#ifndef RPI_CLUSTER_PROCESS_H
#define RPI_CLUSTER_PROCESS_H

#include <rankpool/error.h>

#include <stdbool.h>
#include <stddef.h>

/* As it stands, it goes to other ranks. */
typedef struct rpi_process {
    int64_t pid;
    uint64_t pid_namespace; /* 0: not known */
    char boot_id[40];       /* "": not known */
    char host[RP_ERROR_HOST_SIZE];
} rpi_process;

void rpi_process_self(rpi_process *self);

/* A descriptor by which the end of the other process is seen; -1: it is somewhere else, or this very process, or the system has no such
 * thing, or it is gone already, which `*gone` says. To be closed by the caller. */
int rpi_process_monitor(const rpi_process *self, const rpi_process *other, bool *gone);

/* Sets gone[i] for those of n descriptors (-1: left out) whose process has ended. Doesn't block. */
void rpi_process_poll(const int *descriptors, bool *gone, size_t n);

#endif
