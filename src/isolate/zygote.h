/*
 * zygote.h: the helper process that children are forked from. A fork of a process that has threads, MPI or an OpenMP team is not to be
 * trusted with any of them; so a helper is forked before there are any, and does nothing but fork again, and reap.
 *
 *     rank            --FORK + memory--> helper --fork--> child
 *     rank            <------pid-------- helper
 *     rank's memory   <---how it ended-- helper <--dies-- child
 *     rank dies: the helper sees its socket's end, kills the children's groups, and ends; helper dies: the kernel kills the children
 *
 * One a process, as fork is. Any thread.
 */
#ifndef RPI_ISOLATE_ZYGOTE_H
#define RPI_ISOLATE_ZYGOTE_H

#include <rankpool/pool.h>

#include <stdbool.h>
#include <sys/types.h>

/* As rp_isolation_prepare. */
rp_status rpi_zygote_start(rp_error *error);

/* Forks a child on the mailbox behind `mailbox_fd` (borrowed): it runs rpi_sandbox_process_main. How it ends is written to the mailbox's
 * control page, with a ring for the worker. RP_OK; RP_SYSTEM (no more processes); RP_LOST (the helper is gone). */
rp_status rpi_zygote_fork(int mailbox_fd, pid_t *child, rp_error *error);

/* Kills a child and its process group, if it hasn't ended yet. Doesn't block. */
void rpi_zygote_kill(pid_t child);

/* False: the helper is gone, and the children with it. */
bool rpi_zygote_lives(void);

#endif
