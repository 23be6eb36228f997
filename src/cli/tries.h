/*
 * tries.h: failed tries of items that are tried again, on their way from the pool's threads to the one that writes. They come before the
 * item itself does.
 */
#ifndef RANKPOOL_CLI_TRIES_H
#define RANKPOOL_CLI_TRIES_H

#include <rankpool/error.h>

typedef struct tries tries;

/* NULL: no memory. destroy takes NULL too. */
tries *tries_create(void);
void tries_destroy(tries *self);

/* A callback `retried` of a pool; the argument is the tries. Any thread. What there is no memory for is left out. */
void tries_note(void *self, const rp_error *failure);

/* Takes the oldest one, and when it ended, in seconds since 1970. Returns 0: there is none. Any thread. */
int tries_take(tries *self, rp_error *failure, double *ended_s);

#endif
