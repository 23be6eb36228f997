/*
 * sandbox_server.h: what runs a worker's items apart from it: the loop that a child process or a second thread of the worker is in. It
 * knows the mailbox, and has a context of its own, which tasks reach by rp_fail and the like.
 */
#ifndef RPI_ISOLATE_SANDBOX_SERVER_H
#define RPI_ISOLATE_SANDBOX_SERVER_H

#include "isolate/mailbox.h"
#include "task/context.h"

typedef struct rpi_sandbox_server {
    rpi_mailbox mailbox;
    rpi_context context;
    rpi_work work; /* of the call whose items came last, when `has_work` */
    bool has_work;
    rpi_batch *batch;
    unsigned turn; /* number of the next request */
} rpi_sandbox_server;

/* `server->mailbox` is attached already. False: no memory. */
bool rpi_sandbox_server_init(rpi_sandbox_server *server);
void rpi_sandbox_server_fini(rpi_sandbox_server *server);

/* Runs the initializer that the mailbox names, if any, and says how it went. False: it failed. In the sandbox's thread, entered. */
bool rpi_sandbox_server_start(rpi_sandbox_server *server);
/* Says that all is well, without an initializer. */
void rpi_sandbox_server_report(rpi_sandbox_server *server, rpi_start_state state);

/* Runs requests until the mailbox is closing or abandoned. */
void rpi_sandbox_server_serve(rpi_sandbox_server *server);

#endif
