/*
 * zygote.h: the helper process that children are forked from. A fork of a process with threads, MPI or an OpenMP team can't rely on any of
 * them. So the helper is forked before there are any, and it only forks and reaps children.
 *
 *     rank            --FORK + memory--> helper --fork--> child
 *     rank            <------pid-------- helper
 *     rank's memory   <---how it ended-- helper <--dies-- child
 *     rank dies: the helper sees its socket's end, kills the children's groups, and ends; helper dies: the kernel kills the children
 *
 * There is one helper for each process. Any thread may call these functions.
 */
#ifndef RPI_ISOLATE_ZYGOTE_H
#define RPI_ISOLATE_ZYGOTE_H

#include <rankpool/pool.h>

#include <stdbool.h>
#include <sys/types.h>

/* As rp_isolation_prepare. */
rp_status rpi_zygote_start(rp_error *error);

/* Forks a child that runs rpi_sandbox_process_main on the mailbox of `mailbox_fd` (borrowed). When the child ends, the helper writes how to
 * the mailbox and wakes the worker. RP_OK; RP_SYSTEM (no more processes); RP_LOST (the helper is gone). */
rp_status rpi_zygote_fork(int mailbox_fd, pid_t *child, rp_error *error);

/* Kills a child and its process group, unless it has ended. Doesn't block. */
void rpi_zygote_kill(pid_t child);

/* False: the helper is gone, and the children with it. */
bool rpi_zygote_lives(void);

#endif
