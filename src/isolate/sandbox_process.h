/*
 * sandbox_process.h: a child process as a sandbox. It is a fork of the helper process (zygote.h), which has one thread and no MPI. Rank,
 * helper and child form a chain: when one of them ends, those after it end too.
 */
#ifndef RPI_ISOLATE_SANDBOX_PROCESS_H
#define RPI_ISOLATE_SANDBOX_PROCESS_H

/* The main function of a child process. `fd` is the mailbox's file. Doesn't return. */
_Noreturn void rpi_sandbox_process_main(int fd);

#endif
