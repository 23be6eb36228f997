/*
 * starter_messages.h: what a rank and its starters say to each other, and how it is sent: whole messages on a stream socket, some with a
 * descriptor.
 *
 *     rank --NEW + socket--> first starter --fork--> a starter that serves that socket
 *     rank --RUN, words-->   starter --vfork, exec--> command
 *     rank --CANCEL, KILL--> starter: ends the command, and answers
 *     rank --SHOW-->         starter: answers with a part of the output, unless the command has ended
 *     rank <--answer, output-- starter
 *     rank ends: the sockets end, and each starter ends its commands
 */
#ifndef RANKPOOL_JOBS_STARTER_MESSAGES_H
#define RANKPOOL_JOBS_STARTER_MESSAGES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* STARTER_KILL: as a cancel, and what it has started gets no more time. STARTER_SHOW: what it has printed until now. */
enum { STARTER_RUN = 1, STARTER_CANCEL, STARTER_KILL, STARTER_SHOW };

/* Followed by `size` bytes: the words, the variables, and the folder, a NUL after each. */
typedef struct starter_order {
    int32_t kind;
    int32_t n_words, n_variables;
    double timeout_s;     /* 0: none */
    double grace_s;       /* from TERM to KILL */
    uint64_t most_output; /* bytes of each of the two */
    uint64_t size;
    uint64_t out_from, err_from; /* STARTER_SHOW: the first bytes that are wanted */
} starter_order;

/* Where a command failed before it ran. */
enum { STARTER_IN_FOLDER = 1, STARTER_IN_START, STARTER_IN_PIPES };

/* Followed by both outputs, unless they come as descriptors: first standard output's, then standard error's. */
typedef struct starter_answer {
    int32_t is_part;                      /* the command still runs, and only the sizes have a meaning */
    int32_t failed_in;                    /* STARTER_IN_…; 0: the command ran */
    int32_t code;                         /* errno, of failed_in or of lost output */
    int32_t status;                       /* as of waitpid */
    int32_t has_timed_out, was_cancelled; /* was_cancelled: before it had ended by itself */
    int32_t has_lost_output;              /* there was no room for it */
    int32_t n_descriptors;                /* 0, or 2 */
    int32_t lacked_memory;                /* it was killed, and the kernel has killed for want of memory meanwhile */
    double begun_s;                       /* seconds since 1970 */
    double seconds;
    uint64_t out_size, err_size;
} starter_answer;

/* Sends all parts, at most STARTER_MOST_PARTS, at once where they fit: the other side then wakes up once. Changes `parts`. Returns 1; 0:
 * the other side is gone. */
enum { STARTER_MOST_PARTS = 8 };
int starter_send(int socket, struct iovec *parts, int n);

/* Receives all bytes, however long it takes. Returns 1; 0: the other side is gone. */
int starter_receive(int socket, void *data, size_t size);

/* Sends one byte with n descriptors, at most 2; receives so. Returns 1; 0: the other side is gone, or -1 is among those received. */
int starter_send_descriptors(int socket, const int *descriptors, int n);
int starter_receive_descriptors(int socket, int *descriptors, int n);

#endif
