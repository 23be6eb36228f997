/*
 * body.h: what runs a worker's items apart from it: the loop that a child process or a second thread of the worker is in. It knows the
 * exchange, and a worker object of its own that tasks reach by rp_fail and its kin.
 */
#ifndef RPI_ISOLATE_BODY_H
#define RPI_ISOLATE_BODY_H

#include "isolate/exchange.h"
#include "worker/worker.h"

typedef struct rpi_body {
    rpi_exchange exchange;
    rpi_worker worker;
    rpi_work work; /* of the call whose items came last, when `has_work` */
    bool has_work;
    rpi_batch *batch;
    unsigned turn; /* number of the next request */
} rpi_body;

/* `body->exchange` is attached already. False: no memory. */
bool rpi_body_init(rpi_body *body);
void rpi_body_fini(rpi_body *body);

/* Runs the initializer that the exchange names, if any, and says how it went. False: it failed. In the body's thread, entered. */
bool rpi_body_start(rpi_body *body);
/* Says that all is well, without an initializer. */
void rpi_body_report(rpi_body *body, rpi_start_state state);

/* Runs requests until the exchange is closing or abandoned. */
void rpi_body_serve(rpi_body *body);

/* A child process's whole life, from the fork to its end: the exchange is behind `fd`. Doesn't return. */
_Noreturn void rpi_body_child(int fd);

#endif
