/*
 * pool.h: a pool: the list of its calls, and its end. Calls see only a part of it (rpi_call_pool, in call.h). The files that make calls or
 * open a pool (open.h) see all.
 */
#ifndef RPI_POOL_POOL_H
#define RPI_POOL_POOL_H

#include "base/thread_count.h"
#include "pool/brief.h"
#include "pool/call.h"
#include "pool/display.h"
#include "pool/errands.h"
#include "pool/head_start.h"
#include "pool/log_writer.h"
#include "pool/notifier.h"
#include "pool/retry.h"
#include "pool/waiting.h"

#define RPI_MOST_WARNINGS 8

#define RPI_MOST_LOSS_LINES 64

/* Chunks of an iterator's window for each worker: one that runs, one that waits, and two that are being read. */
#define RPI_WINDOW_CHUNKS 4

typedef enum rpi_pool_state { RPI_POOL_OPEN, RPI_POOL_CLOSED, RPI_POOL_TERMINATED, RPI_POOL_JOINED } rpi_pool_state;

struct rp_pool {
    rpi_call_pool for_calls; /* first */
    rp_pool_options options; /* with all defaults filled in */
    rp_executor kind;
    rpi_thread_count thread_count; /* workers of this rank */
    char host[RP_ERROR_HOST_SIZE];
    int n_ranks;
    unsigned n_workers; /* in all ranks */
    rp_rank_info *ranks;
    uint64_t opened_ns; /* times in reports count from then on */
    char *warnings[RPI_MOST_WARNINGS];
    char *losses[RPI_MOST_LOSS_LINES]; /* lines; those before n_losses are there for good */
    atomic_uint n_losses, n_lost;      /* n_lost: ranks */
    _Atomic(rpi_notifier *) notifier;  /* made with the first callback, under the mutex */
    rpi_display *display;              /* NULL: none */
    rpi_log_writer *log;               /* of what tasks log */
    rpi_retrier *retrier;
    rpi_errands *errands;                 /* NULL: the pool has no journal */
    struct rpi_time_keeper *time_keeper;  /* NULL: the time has no end */
    _Atomic uint64_t longest_ns;          /* of the items of finished calls */
    rpi_brief brief;                      /* which calls are */
    _Atomic(rpi_head_start *) head_start; /* made with the first call that is expected to be brief, under the mutex */
    pthread_mutex_t mutex;                /* guards what follows, and the links of calls */
    pthread_cond_t changed;
    rpi_pool_state state;
    rpi_list calls; /* those that aren't finished, or whose callback hasn't run; the latest first */
    uint64_t n_calls, next_id;
    rpi_waiting waiting; /* which of them the executor has */
    unsigned n_asking;   /* clients that fetch a report or share data, for which they need the executor */
    bool joining;
    bool is_cut_short; /* terminated or stopped while there were calls */
    rp_status join_status;
};

/* Makes a pool without an executor, a retrier or anything that its options ask for. NULL: no memory. */
rp_pool *rpi_pool_create(void);
/* Frees a pool whose executor, if any, is closed. */
void rpi_pool_destroy(rp_pool *pool);

/* Keeps the executor until rpi_pool_end_asking; NULL: the pool was joined. For clients that ask the executor something outside of a call.
 */
rpi_executor *rpi_pool_begin_asking(rp_pool *pool);
void rpi_pool_end_asking(rp_pool *pool);

/* Has ranks of other hosts get a copy of the sealed region at `base`. Blocks until they have. RP_OK, also when the pool was joined;
 * RP_NO_MEMORY, RP_LOST. */
rp_status rpi_pool_share(rpi_call_pool *pool, const char *base, rp_error *error);

/* Adds a call to the pool's list. `*is_out`: the caller begins it, if it is of one batch; else it is begun later (waiting.h). RP_OK;
 * RP_CLOSED; RP_NO_MEMORY, RP_SYSTEM (no thread for callbacks). */
rp_status rpi_pool_begin(rp_pool *pool, rpi_call *call, bool *is_out, rp_error *error);

/* How long the longest item took so far. Any thread. */
uint64_t rpi_pool_longest_ns(rp_pool *pool);

/* What to display of the pool `argument`: its oldest call of more than one item. False: there is none. Any thread. */
bool rpi_pool_sample(void *argument, rpi_display_sample *out);

/* The schedule of a call over n_items items (UINT64_MAX: not known). */
rpi_schedule rpi_pool_schedule(const rp_pool *pool, const rpi_call *call, uint64_t n_items);

/* RP_OK, or RP_USAGE: the calling thread runs a task of this pool, and would wait for itself. */
rp_status rpi_pool_check_caller(const rp_pool *pool, rp_error *error);

#endif
