/* pool_internal.h: what calls, iterators and the progress display need of a pool. */
#ifndef RPI_POOL_POOL_INTERNAL_H
#define RPI_POOL_POOL_INTERNAL_H

#include "pool/call.h"
#include "pool/display.h"
#include "pool/notifier.h"
#include "pool/retry.h"
#include "worker/executor.h"

#define RPI_MOST_WARNINGS 4

/* Chunks a worker in an iterator's window: one that runs, one that waits, and as many again that are being read. */
#define RPI_WINDOW_CHUNKS 4

typedef enum rpi_pool_state { RPI_POOL_OPEN, RPI_POOL_CLOSED, RPI_POOL_TERMINATED, RPI_POOL_JOINED } rpi_pool_state;

struct rp_pool {
    rp_pool_options options; /* with all defaults filled in */
    rp_executor kind;
    rpi_executor *executor;
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
    _Atomic uint64_t callback_failures;
    _Atomic uint64_t failures; /* items, of finished calls */
    pthread_mutex_t mutex;     /* guards what follows, and the links of calls */
    pthread_cond_t changed;
    rpi_pool_state state;
    rpi_call *calls; /* that aren't finished, or whose callback hasn't run */
    uint64_t n_calls, next_id;
    unsigned n_reports; /* that are being fetched: the executor stays for them */
    bool joining;
    rp_status join_status;
};

struct rpi_coordinator;

/* rp_pool_open on a coordinator of its own (NULL: as rp_main's ranks have it), which ends with the pool, also when opening fails. */
rp_status rpi_pool_open_on(struct rpi_coordinator *coordinator, const rp_pool_options *options, rp_pool **pool, rp_error *error);

/* Enters a call into the pool's list. Returns RP_OK; RP_CLOSED; RP_NO_MEMORY, RP_SYSTEM (no thread for callbacks). */
rp_status rpi_pool_begin(rp_pool *pool, rpi_call *call, rp_error *error);

/* The call is finished: runs its callback elsewhere, and takes it off the list. Under no lock; the pool may be gone when it returns. */
void rpi_pool_end(rp_pool *pool, rpi_call *call);

/* Keeps what the executor turned out to be, and what is to be warned of; readers then need neither it nor a lock. RP_OK, RP_NO_MEMORY. */
rp_status rpi_pool_take_info(rp_pool *pool, rp_error *error);

/* The schedule of a call with those options (see rpi_options_resolve), for n items (UINT64_MAX: not known). */
rpi_schedule rpi_pool_schedule(const rp_pool *pool, const rp_pool_options *options, uint64_t n_items);

/* RP_USAGE when the calling thread is a worker of this pool: it would wait for itself. */
rp_status rpi_pool_check_caller(const rp_pool *pool, rp_error *error);

#endif
