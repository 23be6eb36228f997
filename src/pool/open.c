/* open.c: see open.h. */
#include "pool/open.h"

#include "base/affinity.h"
#include "base/clock.h"
#include "base/memory_share.h"
#include "base/options.h"
#include "base/spin.h"
#include "base/text.h"
#include "cluster/world.h"
#include "isolate/runner.h"
#include "isolate/zygote.h"
#include "pool/executors.h"
#include "pool/pool_info.h"
#include "pool/pool_time.h"
#include "pool/rank_gpus.h"
#include "task/registry.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As many workers as there is memory for. */
static rp_status fit_memory(rp_pool *pool, int local_ranks, rp_error *error)
{
    unsigned n = pool->thread_count.n;
    rp_status status = rpi_memory_share_limit(pool->options.memory_per_item, local_ranks, &n, error);
    if (status == RP_OK && n < pool->thread_count.n) pool->thread_count = (rpi_thread_count){n, "option memory_per_item", false};
    return status;
}

/* RP_OK; RP_USAGE: a variable of the environment is wrong, or there is no memory for one worker. */
static rp_status choose_threads(rp_pool *pool, rp_error *error)
{
    const rpi_executor_kind *kind = rpi_executor_find(pool->kind);
    rpi_thread_count count = {1, "the executor has one a rank", false};
    rp_status status = rpi_thread_count_check(error);
    if (status == RP_OK) status = rpi_spin_check(error);
    if (status != RP_OK) return status;
    if (!kind->one_worker && pool->options.threads > 0)
        count = (rpi_thread_count){(unsigned)pool->options.threads, "option threads", false};
    else if (!kind->one_worker) status = rpi_thread_count_find(kind->spans_ranks ? rpi_affinity_local_ranks() : 1, &count, error);
    pool->thread_count = count;
    return status == RP_OK ? fit_memory(pool, kind->spans_ranks ? rpi_affinity_local_ranks() : 1, error) : status;
}

static rp_pool *new_pool(const rp_pool_options *options, bool on_communicator)
{
    rp_pool *pool = rpi_pool_create();
    if (!pool) return NULL;
    if (options) pool->options = *options;
    rpi_options_fill(&pool->options);
    if (!pool->options.progress_stream) pool->options.progress_stream = stderr;
    pool->options.progress_name = options && options->progress_name ? strdup(options->progress_name) : NULL;
    pool->kind = pool->options.executor;
    if (pool->kind == RP_EXECUTOR_AUTO) pool->kind = rpi_executor_choose(on_communicator || rpi_world_ranks() > 1);
    rpi_host_name(pool->host, sizeof pool->host);
    pool->retrier = rpi_retrier_create(pool->options.retry_pause_s);
    if (pool->retrier) rpi_retrier_tell(pool->retrier, pool->options.retried, pool->options.retried_argument);
    pool->log = rpi_log_writer_create();
    if (pool->retrier && pool->log) return pool;
    rpi_pool_destroy(pool);
    return NULL;
}

static rp_status start_progress(rp_pool *pool, rp_error *error)
{
    const rp_pool_options *options = &pool->options;
    if (options->progress == RP_PROGRESS_NEVER) return RP_OK;
    rpi_display_config config = {.stream = options->progress_stream,
                                 .interval_s = options->progress_interval_s,
                                 .is_brief = options->progress == RP_PROGRESS_AUTO,
                                 .sample = rpi_pool_sample,
                                 .argument = pool};
    rp_status status = rpi_display_create(&config, &pool->display, error);
    if (status == RP_OK) rpi_log_writer_show_with(pool->log, pool->display);
    return status;
}

static rp_status check_options(const rp_pool_options *options, const struct rpi_coordinator *coordinator, rp_error *error)
{
    rp_status status = options ? rpi_options_check(options, error) : RP_OK;
    if (status != RP_OK) return status;
    if (rpi_registry_clash()) return rp_error_set(error, RP_USAGE, 0, "two tasks or initializers are named %s", rpi_registry_clash());
    status = rpi_rank_gpus_check(options ? options->gpus_per_rank : 0, error);
    if (status != RP_OK) return status;
    rp_executor wanted = options ? options->executor : RP_EXECUTOR_AUTO;
    if (coordinator && wanted != RP_EXECUTOR_AUTO && !rpi_executor_find(wanted)->spans_ranks)
        return rp_error_set(error, RP_USAGE, 0, "a pool on a communicator is mpi or hybrid, not %s", rp_executor_name(wanted));
    return RP_OK;
}

/* Forks the helper process if the pool isolates, while this process has one thread. */
static rp_status prepare_isolation(const rp_pool *pool, rp_error *error)
{
    return pool->options.isolation ? rpi_zygote_start(error) : RP_OK;
}

/* Its threads are there from then on. */
static rp_status open_journal(rp_pool *pool, rp_error *error)
{
    rp_status status = pool->options.journal ? rpi_pool_journal_open(&pool->options, &pool->for_calls.journal, error) : RP_OK;
    pool->options.journal = NULL; /* the caller's */
    return status == RP_OK && pool->for_calls.journal ? rpi_errands_create(&pool->errands, error) : status;
}

/* Where all items run in threads of this process, these tell the journal what they begin. */
static void watch_workers(const rp_pool *pool)
{
    const rpi_call_pool *seen = &pool->for_calls;
    if (seen->journal && !seen->spans_processes && pool->options.timeout_s <= 0) rpi_pool_journal_watch(seen->journal, pool->n_workers);
}

static rp_status open_executor(rp_pool *pool, struct rpi_coordinator *coordinator, rp_error *error)
{
    const rpi_executor_ops *ops = rpi_executor_find(pool->kind)->ops;
    if (!rpi_executor_is_built(pool->kind))
        return rp_error_set(error, RP_UNSUPPORTED, 0, "this build has no %s executor", rp_executor_name(pool->kind));
    const rp_pool_options *options = &pool->options;
    rpi_executor_config config = {.n_threads = pool->thread_count.n,
                                  .threads_given = rpi_executor_find(pool->kind)->one_worker || options->threads > 0,
                                  .n_ranks = options->ranks,
                                  .host = pool->host,
                                  .worker = {.initializer = options->initializer,
                                             .initializer_argument = options->initializer_argument,
                                             .pool = &pool->for_calls,
                                             .log = {rpi_log_writer_put, pool->log},
                                             .runner = &rpi_runner_sandboxes},
                                  .on_loss = {options->on_lost == RP_ON_LOST_GO_ON, rpi_pool_take_loss, pool},
                                  .coordinator = coordinator};
    rpi_options_for_workers(options, &config.worker.options);
    pool->opened_ns = rpi_now_ns();
    return ops->open(&config, &pool->for_calls.executor, error);
}

/* Up to there a client is done with the items before it has the results of another worker, or rank. A report shows how calls are spread, so
 * then they are. */
static void expect_brief_calls(rp_pool *pool)
{
    static const double of_threads_s = 1e-6, of_ranks_s = 2e-6;
    bool may_be_brief = pool->n_workers > 1 && pool->options.record == RP_RECORD_NONE;
    rpi_brief_init(&pool->brief, !may_be_brief ? 0 : pool->n_ranks > 1 ? of_ranks_s : of_threads_s);
}

/* The executor takes the coordinator over. If opening fails before that, the coordinator ends here. */
static rp_status give_up_coordinator(struct rpi_coordinator *coordinator, rp_status status)
{
    if (coordinator) (void)rpi_coordinator_destroy(coordinator, NULL);
    return status;
}

rp_status rpi_pool_open_on(struct rpi_coordinator *coordinator, const rp_pool_options *options, rp_pool **out, rp_error *error)
{
    rp_status status = check_options(options, coordinator, error);
    if (status != RP_OK) return give_up_coordinator(coordinator, status);
    rp_pool *pool = new_pool(options, coordinator != NULL);
    if (!pool) return give_up_coordinator(coordinator, rpi_error_no_memory(error));
    status = choose_threads(pool, error);
    if (status == RP_OK) status = prepare_isolation(pool, error);
    if (status == RP_OK) status = open_journal(pool, error);
    if (status == RP_OK) status = open_executor(pool, coordinator, error);
    else (void)give_up_coordinator(coordinator, status);
    if (status == RP_OK) {
        status = rpi_pool_take_info(pool, error);
        if (status == RP_OK) watch_workers(pool);
        expect_brief_calls(pool);
        if (!coordinator) rpi_pool_warn_of_launch(pool);
        if (status == RP_OK) status = start_progress(pool, error);
        if (status == RP_OK) status = rpi_pool_start_time(pool, error);
        if (status != RP_OK) (void)pool->for_calls.executor->ops->close(pool->for_calls.executor, NULL);
    }
    if (status == RP_OK) *out = pool;
    else rpi_pool_destroy(pool);
    return status;
}

rp_status rp_pool_open_sized(const rp_pool_options *options, size_t options_size, rp_pool **pool, rp_error *error)
{
    rp_pool_options own;
    const rp_pool_options *known = rpi_sized_read(options, options_size, &own, sizeof own);
    if (!pool) return rp_error_set(error, RP_USAGE, 0, "the pool's place is NULL");
    if (options && !known) return rpi_sized_refuse("the pool's options", error);
    return rpi_pool_open_on(NULL, known, pool, error);
}

rp_status rp_pool_open(const rp_pool_options *options, rp_pool **pool, rp_error *error)
{
    return rp_pool_open_sized(options, RPI_FIRST_POOL_OPTIONS, pool, error);
}
