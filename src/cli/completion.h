/*
 * completion.h: scripts that complete the program's command line in a shell: commands, options, their values, jobs and parameters. All of
 * it is in the script; nothing is run for it, so that a key never starts MPI.
 */
#ifndef RANKPOOL_CLI_COMPLETION_H
#define RANKPOOL_CLI_COMPLETION_H

#include "commands.h"

#include <stdio.h>

typedef struct completion_shell {
    const char *name; /* "bash" */
    const char *path; /* below the folder for data (share), where the shell looks for it by itself */
    void (*print)(const program_command *commands, FILE *file);
} completion_shell;

/* Ended by one with name NULL. */
extern const completion_shell completion_shells[];

/* A suggest_names of the shells. */
const char *completion_shell_name(const void *among, size_t k);

#endif
