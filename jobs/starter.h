/*
 * starter.h: starts commands for the workers of a rank. A rank has threads, MPI and perhaps much memory: a fork of it is slow or wrong. So
 * a small process is forked before there is any of that, and it makes the starters, each of which runs one command at a time. Each worker
 * that has a command has a starter. There are fewer starters than workers when descriptors or processes run out; then workers wait for one.
 *
 * When the rank ends, however it ends, the starters see their sockets end, and end their commands.
 */
#ifndef RANKPOOL_JOBS_STARTER_H
#define RANKPOOL_JOBS_STARTER_H

#include "command_words.h"
#include "starter_messages.h"

#include <rankpool/error.h>

/* First thing in main, once: while the process has one thread, little memory and no MPI. Without it the first command does it, which is
 * right only in a process with neither. Returns RP_OK, RP_SYSTEM. */
rp_status starter_prepare(rp_error *error);

/* Somebody who wants to see what a command prints while it runs. */
typedef struct starter_viewer {
    /* Whether he does now, and from which bytes on. Asked several times a second. */
    int (*wants)(void *argument, uint64_t *out_from, uint64_t *err_from);
    void (*show)(void *argument, rp_bytes out, rp_bytes err);
    void *argument;
} starter_viewer;

typedef struct starter_request {
    texts words, variables;       /* variables: NAME=VALUE, beside those that the process began with */
    const char *folder;           /* where it runs; "": where the process began */
    double timeout_s;             /* 0: none */
    double grace_s;               /* from TERM to KILL */
    uint64_t most_output;         /* bytes of standard output, and of standard error; of more the output is lost, with EFBIG */
    const starter_viewer *viewer; /* NULL: nobody */
} starter_request;

/* What became of a command. The outputs are valid until starter_outcome_free. */
typedef struct starter_outcome {
    starter_answer answer;
    rp_bytes out, err;
    text_buffer inlined;
    void *mapped[2];
} starter_outcome;

/* Runs a command and waits for its end. `is_cancelled` is asked from time to time; when it isn't 0, the command is ended, and when it is
 * more than 1, it gets no time for that. Zero `*outcome` before its first use; its memory is used again. Returns 1; 0: no command can be
 * started, and errno says why. Any thread. */
int starter_run(const starter_request *request, int (*is_cancelled)(void), starter_outcome *outcome);

void starter_outcome_free(starter_outcome *outcome);

#endif
