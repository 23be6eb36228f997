/*
 * sandbox_server.h: the loop of a sandbox: it takes requests from the mailbox, runs their items, and hands results back. It runs in a child
 * process or in a second thread of the worker. Its own context serves rp_fail and other functions that tasks call.
 */
#ifndef RPI_ISOLATE_SANDBOX_SERVER_H
#define RPI_ISOLATE_SANDBOX_SERVER_H

#include "isolate/child_log.h"
#include "task/context.h"
#include "task/places.h"

typedef struct rpi_sandbox_server {
    rpi_mailbox *mailbox;
    rpi_context context;
    rpi_log_sink log; /* of the context */
    rpi_work work;    /* the last request's call, when `has_work` */
    bool has_work;
    rpi_batch *batch;
    void *tables; /* of arguments of bytes, where they are; the sandbox can only read what it was sent */
    size_t tables_size;
    rpi_held held;                      /* the regions that the items are in; a child can only read them */
    uint64_t n_gone;                    /* of the last order */
    uint64_t next;                      /* the next request's number */
    rpi_answer last[RPI_REQUESTS];      /* the answers that were given last, by their place */
    uint64_t last_number[RPI_REQUESTS]; /* 0: none yet */
} rpi_sandbox_server;

/* `server->mailbox` must be set; the server releases it in fini. False: no memory. */
bool rpi_sandbox_server_init(rpi_sandbox_server *server);
void rpi_sandbox_server_fini(rpi_sandbox_server *server);

/* Runs the initializer that the mailbox names, if any, and reports the outcome. False: it failed. In the sandbox's thread, which has
 * entered its context. */
bool rpi_sandbox_server_start(rpi_sandbox_server *server);
/* Reports the outcome of the start to the worker. */
void rpi_sandbox_server_report(rpi_sandbox_server *server, rpi_start_state state);

/* Runs requests until the mailbox is closing or abandoned. */
void rpi_sandbox_server_serve(rpi_sandbox_server *server);

#endif
