/*
 * pool.h: a pool: the list of its calls, and its end. Calls see a part of it (rpi_call_pool, in call.h); what makes them, and what opens a
 * pool (open.h), see all.
 */
#ifndef RPI_POOL_POOL_H
#define RPI_POOL_POOL_H

#include "pool/call.h"
#include "pool/display.h"
#include "pool/notifier.h"
#include "pool/retry.h"

#define RPI_MOST_WARNINGS 4

/* Chunks a worker in an iterator's window: one that runs, one that waits, and as many again that are being read. */
#define RPI_WINDOW_CHUNKS 4

typedef enum rpi_pool_state { RPI_POOL_OPEN, RPI_POOL_CLOSED, RPI_POOL_TERMINATED, RPI_POOL_JOINED } rpi_pool_state;

struct rp_pool {
    rpi_call_pool for_calls; /* first */
    rp_pool_options options; /* with all defaults filled in */
    rp_executor kind;
    const char *threads_from;
    unsigned n_threads;
    char host[RP_ERROR_HOST_SIZE];
    int n_ranks;
    unsigned n_workers; /* in all ranks */
    rp_rank_info *ranks;
    uint64_t opened_ns; /* reports are told from then on */
    char *warnings[RPI_MOST_WARNINGS];
    rpi_notifier *notifier; /* made with the first callback */
    rpi_display *display;   /* NULL: none */
    rpi_retrier *retrier;
    pthread_mutex_t mutex; /* guards what follows, and the links of calls */
    pthread_cond_t changed;
    rpi_pool_state state;
    rpi_list calls; /* that aren't finished, or whose callback hasn't run; the latest first */
    uint64_t n_calls, next_id;
    unsigned n_reports; /* that are being fetched: the executor stays for them */
    bool joining;
    rp_status join_status;
};

/* A pool without an executor, a retrier or anything that its options ask for. NULL: no memory. */
rp_pool *rpi_pool_create(void);
/* Frees a pool whose executor, if any, is closed. */
void rpi_pool_destroy(rp_pool *pool);

/* Enters a call into the pool's list. Returns RP_OK; RP_CLOSED; RP_NO_MEMORY, RP_SYSTEM (no thread for callbacks). */
rp_status rpi_pool_begin(rp_pool *pool, rpi_call *call, rp_error *error);

/* What there is to display of the pool given as `argument`: of the call that has waited longest, if it has more than one item. False:
 * nothing. Any thread. */
bool rpi_pool_sample(void *argument, rpi_display_sample *out);

/* The schedule of a call with those options (see rpi_options_resolve), for n items (UINT64_MAX: not known). */
rpi_schedule rpi_pool_schedule(const rp_pool *pool, const rp_pool_options *options, uint64_t n_items);

/* RP_USAGE when the calling thread is a worker of this pool: it would wait for itself. */
rp_status rpi_pool_check_caller(const rp_pool *pool, rp_error *error);

#endif
