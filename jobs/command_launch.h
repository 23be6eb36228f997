/*
 * command_launch.h: a new process for a command, by vfork and exec: no memory is copied, and a failure of exec is told by its errno, not by
 * a status. A script without #! is given to sh. For a process with one thread, which has all signals blocked that it handles.
 */
#ifndef RANKPOOL_JOBS_COMMAND_LAUNCH_H
#define RANKPOOL_JOBS_COMMAND_LAUNCH_H

#include <sys/types.h>

typedef struct command_launch {
    char **words, **environment;
    const char *folder;
    const char *program;          /* where words[0] is; NULL, or if it can't be executed: it is searched for */
    int in, out, err;             /* its standard streams; descriptors above 2 */
    volatile int failed_in, code; /* written by the child, which shares the memory until its exec */
} command_launch;

/* Starts the command in a session of its own, without a terminal, with no signal blocked; the kernel kills it when this process ends.
 * Returns its process number, or -1: `failed_in` and `code` say why. */
pid_t command_launch_start(command_launch *launch);

#endif
