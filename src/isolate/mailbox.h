/*
 * mailbox.h: the memory by which a worker hands items to a sandbox that runs them apart from it, a child process or a second thread, and
 * gets results back. One worker, one sandbox; two requests, used in turn, so that the sandbox finds the next when it is through with one.
 *
 *     request   FREE --worker: items are in--> POSTED --sandbox: results are in--> DONE --worker: they are out--> FREE
 *
 * A sandbox that dies leaves its request POSTED, with `at` saying which item it ran: items before it are finished, none of them failed,
 * for a sandbox hands a request back after its first failure. So nothing is lost with a sandbox but the item that it ran.
 */
#ifndef RPI_ISOLATE_MAILBOX_H
#define RPI_ISOLATE_MAILBOX_H

#include "base/event.h"
#include "isolate/segment.h"

#include <rankpool/pool.h>

#include <sched.h>

enum { RPI_REQUESTS = 2 };

#define RPI_NO_ITEM UINT64_MAX

typedef enum rpi_request_state { RPI_REQUEST_FREE = 0, RPI_REQUEST_POSTED, RPI_REQUEST_DONE } rpi_request_state;
typedef enum rpi_start_state { RPI_START_PENDING = 0, RPI_START_OK, RPI_START_FAILED } rpi_start_state;

typedef struct rpi_request {
    _Alignas(RPI_SHARED_LINE) _Atomic uint32_t state;
    /* the worker's words, constant while it is posted */
    uint64_t call_size; /* of the call's description, at the segment's beginning; 0: the same call as in the request before */
    uint64_t items_at, items_size;
    uint64_t first, count, attempt;
    _Atomic uint64_t cutoff; /* as the work's; lowered while the request runs */
    /* the sandbox's progress */
    _Alignas(RPI_SHARED_LINE) _Atomic uint64_t at; /* offset of the item that runs; RPI_NO_ITEM: none was begun */
    _Atomic uint64_t began_ns;                     /* when, by the monotonic clock */
    /* the sandbox's words, constant once it is done: in the segment are results, or emitted bytes, then failures */
    uint64_t status, n_done, busy_ns, ended_ns;
    uint64_t results_size, failures_at, failures_size, n_failures;
} rpi_request;

typedef struct rpi_control {
    rpi_event for_worker, for_sandbox;
    _Atomic uint32_t closing;   /* the sandbox shall end; nothing is posted any more */
    _Atomic uint32_t abandoned; /* a thread's item took too long: the thread ends when it can, and nobody waits for it */
    _Atomic uint32_t started;   /* rpi_start_state; when it failed, the reason is at the first response's beginning */
    _Atomic uint32_t ended;     /* the child is gone, and reaped */
    int wait_status;            /* of waitpid, once it ended */
    /* what a sandbox is told at its start */
    int rank;
    unsigned worker;
    rp_pool_options options; /* those of scope worker */
    char host[RP_ERROR_HOST_SIZE];
    cpu_set_t cpus;
    uint64_t initializer_size; /* name, NUL and argument are at the first request's beginning; 0: none */
    rpi_request requests[RPI_REQUESTS];
} rpi_control;

/* One side's view of it. */
typedef struct rpi_mailbox {
    int fd;
    rpi_control *control;
    rpi_segment requests[RPI_REQUESTS], responses[RPI_REQUESTS];
} rpi_mailbox;

/* RP_OK, RP_SYSTEM. */
rp_status rpi_mailbox_create(rpi_mailbox *mailbox, rp_error *error);
/* The other side's view, by the same file; `fd` is the view's from then on, also on failure. RP_OK, RP_SYSTEM. */
rp_status rpi_mailbox_attach(rpi_mailbox *mailbox, int fd, rp_error *error);
/* Drops the view; the memory goes with the last. One that is all zero but for fd = -1 is left alone. */
void rpi_mailbox_fini(rpi_mailbox *mailbox);

/* The control page alone, for who only has to say that a child has ended. What is forked from a process that maps it doesn't have it:
 * neither the helper's next child, nor what a task forks, which would else take requests too if it came back. NULL: no memory. */
rpi_control *rpi_control_map(int fd);
void rpi_control_unmap(rpi_control *control);

#endif
