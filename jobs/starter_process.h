/*
 * starter_process.h: the processes that start commands (starter.h): the first one, which only makes others, and those. Each has one thread,
 * little memory, and no part of MPI.
 */
#ifndef RANKPOOL_JOBS_STARTER_PROCESS_H
#define RANKPOOL_JOBS_STARTER_PROCESS_H

/* The main function of the first one. `socket` is its end of the socket to the rank. Doesn't return. */
_Noreturn void starter_process_make(int socket);

/* The main function of the others: runs one command at a time for the owner of the socket's other end. Doesn't return. */
_Noreturn void starter_process_serve(int socket);

#endif
