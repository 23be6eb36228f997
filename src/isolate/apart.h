/*
 * apart.h: a worker's body: the child process or second thread that runs its items, begun, ended, and mourned. Used by the worker's thread
 * alone, but for rpi_apart_lower_limit.
 */
#ifndef RPI_ISOLATE_APART_H
#define RPI_ISOLATE_APART_H

#include "isolate/body_thread.h"

#include <sys/types.h>

typedef struct rpi_apart {
    rpi_worker *worker;
    rpi_exchange exchange; /* fd -1: there is no body */
    pid_t child;           /* 0: the body is a thread */
    rpi_body_thread *thread;
} rpi_apart;

/* What became of a request. */
typedef enum rpi_apart_event {
    RPI_APART_DONE, /* the body is through with it */
    RPI_APART_LATE, /* its item runs longer than the time-out; the body is to be given up */
    RPI_APART_ENDED /* the body is gone */
} rpi_apart_event;

void rpi_apart_init(rpi_apart *apart, rpi_worker *worker);

/* Begins a body, and waits until its initializer has run. RP_OK; RP_FAILED (the initializer); RP_NO_MEMORY, RP_SYSTEM; RP_LOST (no child
 * can be made any more). */
rp_status rpi_apart_start(rpi_apart *apart, rp_error *error);

/* Waits until something becomes of request `turn`; `timeout_ns` for each of its items, 0: none. `*item`: the offset of the late one. */
rpi_apart_event rpi_apart_wait(rpi_apart *apart, unsigned turn, uint64_t timeout_ns, uint64_t *item);

/* Kills the child, and waits until it is gone; lets the thread go its way. */
void rpi_apart_give_up(rpi_apart *apart);

/* How the child ended, in words; what made it end. The code is a signal's number or an exit status. */
rp_cause rpi_apart_how_it_ended(const rpi_apart *apart, int *code, char *text, size_t size);

/* Forgets a body that has ended or was given up: the next start makes a new one. */
void rpi_apart_drop(rpi_apart *apart);

/* Ends the body when it has nothing to do; its initializer's finish is called. Harmless when there is none. */
void rpi_apart_close(rpi_apart *apart);

static inline bool rpi_apart_is_there(const rpi_apart *apart) { return apart->exchange.fd >= 0; }

#endif
