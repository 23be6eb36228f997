/* call_create.c: see call_create.h. */
#include "pool/call_create.h"

#include "base/clock.h"
#include "base/options.h"
#include "pool/large_constants.h"

#include <stdlib.h>
#include <string.h>

static void item_failed(rpi_work *work)
{
    rpi_call *call = (rpi_call *)work;
    if (!atomic_load(&work->draining) && rpi_call_failed_too_often(call)) rpi_call_stop(call);
}

static void items_lost(rpi_work *work, uint64_t first, uint64_t count, int rank)
{
    const rpi_call_more *more = ((const rpi_call *)work)->more;
    if (more->journal) rpi_call_journal_loses(more->journal, first, count, rank);
    if (more->items_lost) more->items_lost(more->items_lost_argument, first, count, rank);
}

/* Sets what the options say about tries and time-outs. */
static void set_policy(rpi_work *work, const rp_pool_options *options)
{
    work->on_error = options->on_error;
    work->max_attempts = options->retries == RP_NO_RETRIES ? 1 : 1 + options->retries;
    work->timeout_ns = options->timeout_s > 0 ? rpi_nanoseconds(options->timeout_s) : 0;
}

/* Sets what matters to several items. `both`: the call's options, and else the pool's; `own`: the call's, or NULL. */
static void set_more(rpi_call *call, const rp_pool_options *both, const rp_call_options *own)
{
    rpi_call_more *more = call->more;
    bool limited = both->on_error == RP_ON_ERROR_COLLECT && (both->max_failures > 0 || both->max_failures_percent > 0);
    more->schedule = both->schedule;
    more->chunk = both->chunk;
    more->max_failures = both->max_failures;
    more->max_failures_percent = both->max_failures_percent;
    more->result_stride = call->work.task->result_size;
    if (limited) more->hooks.item_failed = item_failed;
    more->hooks.items_lost = items_lost;
    if (own && own->begun) {
        more->hooks.running = own->begun;
        more->hooks.n_running = own->n_begun;
    }
    if (own) {
        more->items_lost = own->items_lost;
        more->items_lost_argument = own->items_lost_argument;
    }
    call->work.hooks = &more->hooks;
}

/* Where there is no room for a copy, the constant is sent to each rank; and a loss is told by the call itself. */
static void share_with_hosts(rpi_call_pool *pool, const rpi_large_constants *constants)
{
    for (size_t k = 0; k < constants->n_made && pool->share; k++) (void)pool->share(pool, constants->made[k], NULL);
}

static rp_status init_work(rpi_call_pool *pool, rpi_work *work, rp_column *room, const rp_task *task, rp_columns bound, rp_columns items,
                           rp_error *error)
{
    rpi_large_constants of_bound, of_items;
    rpi_large_constants_init(&of_bound, bound, pool->spans_processes);
    rpi_large_constants_init(&of_items, items, pool->spans_processes);
    share_with_hosts(pool, &of_bound);
    share_with_hosts(pool, &of_items);
    rp_status status = rpi_work_init_at(work, room, task, of_bound.columns, of_items.columns, error);
    rpi_large_constants_fini(&of_bound);
    rpi_large_constants_fini(&of_items);
    return status;
}

/* Of a task that may not be sound, which is checked later. */
static size_t n_arguments(const rp_task *task)
{
    return task && task->n_arguments > 0 && task->n_arguments <= RP_MAX_ARGUMENTS ? (size_t)task->n_arguments : 0;
}

/* Whether a call needs rpi_call_more. */
static bool needs_more(const rp_call_options *options, rpi_call_shape shape)
{
    return !shape.is_single || (options && (options->begun || options->progress_callback || options->items_lost));
}

/* A call, what it may need more, and its columns are in one piece of memory. calloc wouldn't take what this thread has freed before. */
static rpi_call *make_room(const rp_task *task, const rp_call_options *options, rpi_call_shape shape, rp_column **columns)
{
    size_t size = (shape.size + 7) / 8 * 8, more = needs_more(options, shape) ? sizeof(rpi_call_more) : 0;
    size_t whole = size + more + n_arguments(task) * sizeof(rp_column);
    char *room = malloc(whole);
    if (!room) return NULL;
    memset(room, 0, whole);
    rpi_call *call = (rpi_call *)(void *)room;
    if (more) call->more = (rpi_call_more *)(void *)(room + size);
    *columns = (rp_column *)(void *)(room + size + more);
    return call;
}

rp_status rpi_call_create(rpi_call_pool *pool, const rp_task *task, rp_columns items, const rp_call_options *options, rpi_call_shape shape,
                          rpi_call **out, rp_error *error)
{
    rp_column *columns;
    rp_status status = options ? rpi_options_check_call(options, error) : RP_OK;
    if (status != RP_OK) return status;
    rpi_call *call = make_room(task, options, shape, &columns);
    if (!call) return rpi_error_no_memory(error);
    status = init_work(pool, &call->work, columns, task, options ? options->bound : (rp_columns){0, NULL}, items, error);
    if (status == RP_OK && (status = rpi_wishes_make(call, options, &call->wishes, error)) != RP_OK) rpi_work_fini(&call->work);
    if (status != RP_OK) {
        free(call);
        return status;
    }
    call->pool = pool;
    rp_pool_options both;
    rpi_options_resolve(pool->options, options, &both);
    set_policy(&call->work, &both);
    if (call->more) set_more(call, &both, options);
    call->work.seed = options ? options->seed : 0;
    call->references = 1;
    rpi_list_init(&call->watches);
    *out = call;
    return RP_OK;
}
