/*
 * mailbox.h: the memory through which a worker hands items to its sandbox (a child process or a second thread) and gets the results back.
 * It has one worker, one sandbox and two requests. They are used in turn, so that a sandbox that has finished one finds the next.
 *
 *     request   FREE --worker: items are in--> POSTED --sandbox: results are in--> DONE --worker: they are out--> FREE
 *
 * A sandbox that dies leaves its request POSTED, and `at` says which item it ran. The items before that one are finished, and none of them
 * failed, as a sandbox hands a request back after its first failure. So only the running item is lost.
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
    /* written by the worker, constant while it is posted */
    uint64_t call_size; /* of the call's description, at the segment's beginning; 0: the same call as before */
    uint64_t items_at, items_size;
    uint64_t first, count, attempt;
    _Atomic uint64_t cutoff; /* copy of the work's cutoff; lowered while the request runs */
    /* the sandbox's progress */
    _Alignas(RPI_SHARED_LINE) _Atomic uint64_t at; /* offset of the item that runs; RPI_NO_ITEM: none has begun */
    _Atomic uint64_t began_ns;                     /* when that item began, by the monotonic clock */
    /* written by the sandbox, constant once it is done; the segment holds results or emitted bytes, then failures */
    uint64_t status, n_done, busy_ns, ended_ns;
    uint64_t results_size, failures_at, failures_size, n_failures;
} rpi_request;

typedef struct rpi_control {
    rpi_event for_worker, for_sandbox;
    _Atomic uint32_t closing;   /* the sandbox must end; nothing more is posted */
    _Atomic uint32_t abandoned; /* a thread's item took too long: the thread ends when it can, nobody waits for it */
    _Atomic uint32_t started;   /* rpi_start_state; RPI_START_FAILED: the first response begins with the reason */
    _Atomic uint32_t ended;     /* the child has ended and was reaped */
    int wait_status;            /* of waitpid, once it has ended */
    /* what a sandbox learns at its start */
    int rank;
    unsigned worker;
    rp_pool_options options; /* the options of scope worker */
    char host[RP_ERROR_HOST_SIZE];
    cpu_set_t cpus;
    uint64_t initializer_size; /* the first request begins with name, NUL and argument; 0: none */
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
/* The other side's view of the same file. Takes `fd` over, also on failure. RP_OK, RP_SYSTEM. */
rp_status rpi_mailbox_attach(rpi_mailbox *mailbox, int fd, rp_error *error);
/* Drops the view. The memory is freed with the last view. A mailbox that is all zero but for fd = -1 is left alone. */
void rpi_mailbox_fini(rpi_mailbox *mailbox);

/* Maps the control page alone, for the helper, which only reports that a child has ended. A process that is forked later doesn't inherit
 * the mapping: neither the helper's next child nor a process that a task forks. Otherwise such a process, if it returned from the task,
 * would take requests too. NULL: no memory. */
rpi_control *rpi_control_map(int fd);
void rpi_control_unmap(rpi_control *control);

#endif
