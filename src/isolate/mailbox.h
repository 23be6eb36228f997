/*
 * mailbox.h: the memory through which a worker hands items to its sandbox (a child process or a second thread) and gets the results back.
 * It has one worker, one sandbox and two requests. They are used in turn, so that a sandbox that has finished one finds the next.
 *
 * The worker numbers its requests from 1; number n is in place n % RPI_REQUESTS.
 *
 *     worker: items are in the request's segment; orders.requests[place].posted = n
 *     sandbox, for each item: answers.progress says which one runs; its result is in the response's segment, and then its receipt
 *     sandbox: answers.requests[place].done = n
 *     worker: copies results out. The place is free again
 *
 * Each part is written by one side. A child can only read the orders and the requests, and doesn't have the fate. It may have written
 * anything over the answers and the responses, as its tasks may have written anywhere. So the worker copies what it reads there, and then
 * checks the copy (answer.h). What it posted, and waits for, it knows from its own memory.
 */
#ifndef RPI_ISOLATE_MAILBOX_H
#define RPI_ISOLATE_MAILBOX_H

#include "base/event.h"
#include "base/region.h"
#include "isolate/segment.h"

#include <rankpool/pool.h>

#include <sched.h>

enum { RPI_REQUESTS = 2 };

#define RPI_NO_ITEM UINT64_MAX

/* Far from each other and from 0, so that chance doesn't make one. */
typedef enum rpi_start_state { RPI_START_PENDING = 0, RPI_START_OK = 0x51a27ed0, RPI_START_FAILED = 0x2b94c1f7 } rpi_start_state;

/* Of a request: its items, written before it is posted. */
typedef struct rpi_order {
    _Alignas(RPI_SHARED_LINE) _Atomic uint64_t posted; /* the number of the request that is in this place; 0: none yet */
    uint64_t call_size; /* of the call's description, at the segment's beginning; 0: the same call as before */
    uint64_t items_at, items_size;
    uint64_t first, count, attempt, earlier;
    uint64_t placed;         /* which columns have places: a mask (task/places.h) */
    uint64_t n_gone;         /* rpi_regions_n_gone of the rank: when it grew, the child lets go of regions that are gone */
    _Atomic uint64_t cutoff; /* copies of what the work says, also while the request runs: this and the next two */
    atomic_bool begins_none;
    atomic_int ends_running;
} rpi_order;

/* Written by the worker. */
typedef struct rpi_orders {
    _Alignas(RPI_SHARED_LINE) _Atomic uint32_t for_sandbox, worker_sleeps;
    _Atomic uint32_t closing;   /* the sandbox must end; nothing more is posted */
    _Atomic uint64_t log_taken; /* bytes of the sandbox's log */
    /* what a sandbox learns at its start */
    int rank;
    unsigned worker;
    rp_pool_options options; /* the options of scope worker */
    char host[RP_ERROR_HOST_SIZE];
    cpu_set_t cpus;
    rpi_region_name offered;   /* a region of the rank's memory to try; machine 0: none */
    uint64_t initializer_size; /* the first request begins with name, NUL and argument; 0: none */
    rpi_order requests[RPI_REQUESTS];
} rpi_orders;

/* Of a request: its outcome, written before it is done. answer.h has what the response's segment holds. */
typedef struct rpi_answer {
    uint64_t status; /* of the request as a whole; other than RP_OK: the segment begins with the reason, an rp_error */
    uint64_t n_done, busy_ns, ended_ns;
    uint64_t emitted_size; /* of all results, where the task emits */
    uint64_t n_failures, failures_size;
    uint64_t text_sum; /* of the failures, or of the reason; 0: there was no memory for the reason */
    uint64_t sum;      /* of all that is above */
} rpi_answer;

typedef struct rpi_done {
    _Alignas(RPI_SHARED_LINE) _Atomic uint64_t done; /* the number of the request that was answered last */
    rpi_answer answer;
} rpi_done;

enum { RPI_GUARDS = RPI_SHARED_LINE / sizeof(uint64_t) };
#define RPI_GUARD      UINT64_C(0x7c3a91e64db8f025)
#define RPI_WROTE_OVER 0x63d9a40eu

enum { RPI_CHILD_LOG_BYTES = 8192 };

/* A ring of whole lines. See child_log.h. */
typedef struct rpi_child_log {
    _Atomic uint64_t written, n_dropped; /* bytes, and lines for which there was no room */
    char bytes[RPI_CHILD_LOG_BYTES];
} rpi_child_log;

/* Written by the sandbox, but for its first values. */
typedef struct rpi_answers {
    _Alignas(RPI_SHARED_LINE) _Atomic uint64_t front[RPI_GUARDS]; /* RPI_GUARD */
    _Alignas(RPI_SHARED_LINE) _Atomic uint32_t for_worker, sandbox_sleeps;
    _Atomic uint32_t attaches;                           /* 1: the child can have the rank's regions; said before it has started */
    _Atomic uint32_t started;                            /* rpi_start_state; RPI_START_FAILED: the first response begins with the reason */
    _Atomic uint32_t wrote_over;                         /* RPI_WROTE_OVER: the child found that its item wrote over this page */
    _Alignas(RPI_SHARED_LINE) _Atomic uint64_t progress; /* which item of which request runs, or ran last; see progress.h */
    _Atomic uint64_t began_ns;                           /* when that item began, by the monotonic clock */
    rpi_done requests[RPI_REQUESTS];
    rpi_child_log log;
    _Alignas(RPI_SHARED_LINE) _Atomic uint64_t back[RPI_GUARDS];
} rpi_answers;

/* Written by the helper. */
typedef struct rpi_fate {
    _Atomic uint32_t ended; /* the child has ended and was reaped */
    int wait_status;        /* of waitpid, once it has ended */
    uint64_t most_memory;   /* bytes that were in memory for it at once */
} rpi_fate;

/* Which of two threads decides what becomes of an item whose time-out passes as it ends. */
typedef enum rpi_hold {
    RPI_HOLD_NONE = 0,
    RPI_HOLD_SANDBOX, /* it has ended, and is being answered */
    RPI_HOLD_WORKER   /* it is late: the sandbox's thread ends when it can, and touches no segment any more */
} rpi_hold;

/* One side's view of it. Two threads have the same. */
typedef struct rpi_mailbox {
    int fd; /* -1: of two threads */
    rpi_orders *orders;
    rpi_answers *answers;
    rpi_fate *fate; /* NULL: the view is a child's */
    rpi_event for_worker, for_sandbox;
    rpi_segment requests[RPI_REQUESTS], responses[RPI_REQUESTS];
    bool attaches; /* the worker's view: the child can have the rank's regions */
    _Atomic unsigned users;
    _Atomic uint32_t hold; /* rpi_hold */
} rpi_mailbox;

/* For a child process. On success `*mailbox` has one user. RP_OK, RP_NO_MEMORY, RP_SYSTEM. */
rp_status rpi_mailbox_create(rpi_mailbox **mailbox, rp_error *error);
/* For a thread of this process. RP_OK, RP_NO_MEMORY. */
rp_status rpi_mailbox_create_local(rpi_mailbox **mailbox, rp_error *error);
/* The child's view of the file. Takes `fd` over, also on failure. RP_OK, RP_NO_MEMORY, RP_SYSTEM. */
rp_status rpi_mailbox_attach(int fd, rpi_mailbox **mailbox, rp_error *error);
/* Whether the sandbox can have written so much into a response. It is a guess that is never too low; what is small is always possible. */
bool rpi_mailbox_may_hold(const rpi_mailbox *mailbox, unsigned place, uint64_t size);
/* One more user of this view. */
rpi_mailbox *rpi_mailbox_share(rpi_mailbox *mailbox);
/* The last user drops the view. The memory is freed with the last view. NULL does nothing. */
void rpi_mailbox_release(rpi_mailbox *mailbox);

/* The sandbox's thread has items that ended, and is about to answer. False: the worker has given it up. Always true in a child. */
bool rpi_mailbox_hold(rpi_mailbox *mailbox);
void rpi_mailbox_let_go(rpi_mailbox *mailbox);
/* The worker gives the sandbox's thread up, unless request `number` is answered at this moment. Blocks for as long as that takes. False:
 * it is done. */
bool rpi_mailbox_abandon(rpi_mailbox *mailbox, uint64_t number);
static inline bool rpi_mailbox_is_abandoned(const rpi_mailbox *mailbox) { return atomic_load(&mailbox->hold) == RPI_HOLD_WORKER; }

static inline unsigned rpi_request_place(uint64_t number) { return (unsigned)(number % RPI_REQUESTS); }

/* What the helper needs, to report that a child has ended. A process that is forked later doesn't inherit it: neither the helper's next
 * child nor a process that a task forks. Otherwise such a process, if it returned from the task, would take requests too. */
typedef struct rpi_fate_view {
    rpi_answers *answers;
    rpi_fate *fate;
} rpi_fate_view;

/* False: no memory. */
bool rpi_fate_map(int fd, rpi_fate_view *view);
void rpi_fate_unmap(rpi_fate_view *view);
/* Writes how the child ended, and how many bytes it had in memory at most, and wakes the worker. */
void rpi_fate_tell(const rpi_fate_view *view, int wait_status, uint64_t most_memory);

#endif
