/*
 * sandbox_process.h: a child process as a sandbox. It is a fork of the helper process (zygote.h), which has one thread and no MPI. It is
 * bound to its rank by the chain rank, helper, child: each end of it takes along what comes after.
 */
#ifndef RPI_ISOLATE_SANDBOX_PROCESS_H
#define RPI_ISOLATE_SANDBOX_PROCESS_H

/* A child process's whole life, from the fork to its end: the mailbox is behind `fd`. Doesn't return. */
_Noreturn void rpi_sandbox_process_main(int fd);

#endif
