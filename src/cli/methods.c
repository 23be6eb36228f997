/*
 * methods.c: how each method calls the library. Only `apply`, `map` and `starmap` block. Under the collect policy, they use their async
 * form and a wait, because a blocking call reports only one failure.
 */
#include "methods.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LOST_LINE_SIZE = 200 }; /* about this many characters of item numbers are named */

static rp_status no_memory(rp_error *error) { return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the results"); }

static rp_status deliver(const method_call *call, int64_t index, const void *result, const rp_error *failure)
{
    return call->sink.deliver(call->sink.argument, index, result, failure);
}

/* What a failed item emitted, when the task keeps that; NULL: nothing. */
static const void *kept_of_failed(const method_call *call, const void *result)
{
    return (call->task->flags & RP_TASK_KEEPS_EMITTED) && ((const rp_bytes *)result)->data ? result : NULL;
}

/* ---- apply, apply_async ---- */

/* Item i as constant columns. */
static rp_columns item_constants(const method_call *call, uint64_t i, rp_column columns[RP_MAX_ARGUMENTS])
{
    for (size_t k = 0; k < call->items.n; k++) {
        columns[k] = call->items.columns[k];
        columns[k].kind = RP_COLUMN_CONSTANT;
        columns[k].data = (const char *)columns[k].data + i * columns[k].stride_bytes;
    }
    return (rp_columns){call->items.n, columns};
}

/* Turns the error of a lost call, which counts items within that call, into one that names item i of all. An error without an item is about
 * a call that wasn't started. */
static void name_item(rp_error *error, uint64_t i)
{
    const char *had = strstr(error->message, " while it had ");
    if (!had) return;
    rp_error_set(error, RP_LOST, 0, "%.*s while it had item %llu", (int)(had - error->message), error->message, (unsigned long long)i);
    error->item = (int64_t)i;
}

/* Delivers the outcome of a single item if it ran; otherwise returns how the call ended. A lost item gets both. */
static rp_status deliver_one(const method_call *call, uint64_t i, void *result, rp_status status, rp_error *error)
{
    if (status == RP_LOST) name_item(error, i);
    int is_lost = status == RP_LOST && error->item >= 0;
    rp_status delivered = RP_OK;
    if (status == RP_FAILED || is_lost) delivered = deliver(call, (int64_t)i, kept_of_failed(call, result), error);
    if (status == RP_FAILED || delivered != RP_OK) return delivered;
    if (status != RP_OK) return status;
    status = deliver(call, (int64_t)i, result, NULL);
    if (call->task->result_type == RP_TYPE_BYTES) rp_bytes_free(result, 1);
    return status;
}

static rp_status run_apply(const method_call *call, rp_error *error)
{
    const rp_call_options options = {.bound = call->bound};
    rp_column columns[RP_MAX_ARGUMENTS];
    void *result = calloc(1, call->task->result_size);
    rp_status status = result ? RP_OK : no_memory(error);
    for (uint64_t i = 0; i < call->n_items && status == RP_OK; i++) {
        status = rp_apply(call->pool, call->task, result, item_constants(call, i, columns), &options, error);
        status = deliver_one(call, i, result, status, error);
    }
    free(result);
    return status;
}

/* Adds the error of an item to a line about all lost items. */
static void add_lost(rp_error *line, const rp_error *error)
{
    int is_first = line->status == RP_OK || (line->item < 0 && error->item >= 0), has_room = strlen(line->message) < LOST_LINE_SIZE;
    int64_t first = line->item;
    if (is_first) *line = *error;
    else if (error->item >= 0 && has_room) rp_error_set(line, RP_LOST, 0, "%s, %lld", line->message, (long long)error->item);
    if (!is_first) line->item = first;
}

/* Delivers what is complete of the first n items, also when a rank was lost. */
static rp_status get_applied(const method_call *call, rp_result **handles, uint64_t n, char *results, rp_error *error)
{
    rp_error lost = {0};
    for (uint64_t i = 0; i < n; i++) {
        if (call->sink.idle && !rp_result_ready(handles[i])) {
            rp_status idle = call->sink.idle(call->sink.argument);
            if (idle != RP_OK) return idle;
        }
        rp_status status = rp_result_get(handles[i], -1.0, error);
        status = deliver_one(call, i, results + i * call->task->result_size, status, error);
        if (status == RP_LOST) add_lost(&lost, error);
        else if (status != RP_OK) return status;
    }
    if (lost.status == RP_OK) return RP_OK;
    *error = lost;
    return RP_LOST;
}

/* Frees the handles, also after a failure half-way. Cancels all calls first, so that nothing more starts while running items
 * are waited for. */
static void free_applied(const method_call *call, rp_result **handles)
{
    if (!handles) return;
    for (uint64_t i = 0; i < call->n_items && handles[i]; i++) rp_result_cancel(handles[i]);
    for (uint64_t i = 0; i < call->n_items && handles[i]; i++) rp_result_free(handles[i]);
    free(handles);
}

/* `*n`: calls that were begun. */
static rp_status begin_applied(const method_call *call, rp_result **handles, uint64_t *n, char *results, rp_error *error)
{
    const rp_call_options options = {.bound = call->bound};
    rp_column columns[RP_MAX_ARGUMENTS];
    for (*n = 0; *n < call->n_items; ++*n) {
        void *result = results + *n * call->task->result_size;
        rp_status status = rp_apply_async(call->pool, call->task, result, item_constants(call, *n, columns), &options, &handles[*n], error);
        if (status != RP_OK) return status;
    }
    return RP_OK;
}

/* The pool was stopped: cancels what no worker can have begun, as to stop many calls one by one takes long. */
static void cancel_waiting(const method_call *call, rp_result **handles, uint64_t n)
{
    rp_pool_info info = {0};
    uint64_t first = 0;
    (void)rp_pool_get_info(call->pool, &info);
    while (first < n && rp_result_ready(handles[first])) first++;
    for (uint64_t i = n; i-- > first + (uint64_t)info.workers;) rp_result_cancel(handles[i]);
}

/* The pool may be stopped, or a rank lost, before all calls are begun. What those have done that were begun isn't thrown away. */
static rp_status apply_all(const method_call *call, rp_result **handles, char *results, rp_error *error)
{
    uint64_t n;
    rp_error end = {0};
    rp_status status = begin_applied(call, handles, &n, results, error);
    if (status != RP_OK && status != RP_CANCELLED && status != RP_CLOSED && status != RP_LOST) return status;
    if (status != RP_OK) cancel_waiting(call, handles, n);
    rp_status got = get_applied(call, handles, n, results, &end);
    if (got == RP_OK) return status;
    *error = end;
    return got;
}

static rp_status run_apply_async(const method_call *call, rp_error *error)
{
    rp_result **handles = calloc(call->n_items + 1, sizeof(rp_result *));
    char *results = calloc(call->n_items + 1, call->task->result_size);
    rp_status status = handles && results ? apply_all(call, handles, results, error) : no_memory(error);
    free_applied(call, handles);
    if (results && call->task->result_type == RP_TYPE_BYTES) rp_bytes_free((rp_bytes *)(void *)results, call->n_items);
    free(results);
    return status;
}

/* ---- map, starmap and their async forms ---- */

typedef rp_status array_method(const method_call *call, void *results, const rp_call_options *options, rp_result **handle, rp_error *error);

/* The bound constants and the columns of the items as the columns of one call, for the starred methods. */
static rp_columns all_columns(const method_call *call, rp_column columns[RP_MAX_ARGUMENTS])
{
    for (size_t k = 0; k < call->bound.n; k++) columns[k] = call->bound.columns[k];
    for (size_t k = 0; k < call->items.n; k++) columns[call->bound.n + k] = call->items.columns[k];
    return (rp_columns){call->bound.n + call->items.n, columns};
}

static rp_status call_map(const method_call *call, void *results, const rp_call_options *options, rp_result **handle, rp_error *error)
{
    rp_call_options own = *options;
    own.bound = call->bound;
    rp_column items = call->items.columns[0];
    if (handle) return rp_map_async(call->pool, call->task, results, call->n_items, items, &own, handle, error);
    return rp_map(call->pool, call->task, results, call->n_items, items, &own, error);
}

static rp_status call_starmap(const method_call *call, void *results, const rp_call_options *options, rp_result **handle, rp_error *error)
{
    rp_column columns[RP_MAX_ARGUMENTS];
    rp_columns all = all_columns(call, columns);
    if (handle) return rp_starmap_async(call->pool, call->task, results, call->n_items, all, options, handle, error);
    return rp_starmap(call->pool, call->task, results, call->n_items, all, options, error);
}

/* Delivers the outcome of an array call in the order of the items, up to the first that didn't run. The failures come from the handle.
 * Without a handle, only the first failure, `first`, is known. */
static rp_status deliver_array(const method_call *call, const char *results, const rp_status *statuses, const rp_result *handle,
                               const rp_error *first)
{
    uint64_t failures = 0;
    rp_status status = RP_OK;
    for (uint64_t i = 0; i < call->n_items && status == RP_OK && statuses[i] != RP_CANCELLED; i++) {
        if (statuses[i] == RP_OK) {
            status = deliver(call, (int64_t)i, results + i * call->task->result_size, NULL);
        } else if (statuses[i] == RP_FAILED || statuses[i] == RP_LOST) {
            rp_error failure = *first;
            if (handle && rp_result_failure(handle, failures++, &failure) != RP_OK) failure = *first;
            const void *kept = kept_of_failed(call, results + i * call->task->result_size);
            if (handle || first->item == (int64_t)i || first->status == RP_LOST) status = deliver(call, (int64_t)i, kept, &failure);
        }
    }
    return status;
}

static rp_status run_array(const method_call *call, array_method *submit, int is_async, rp_error *error)
{
    const rp_task *task = call->task;
    void *results = calloc(call->n_items + 1, task->result_size);
    rp_status *statuses = calloc(call->n_items + 1, sizeof *statuses);
    const rp_call_options options = {.statuses = statuses};
    rp_result *handle = NULL;
    rp_status status = results && statuses ? RP_OK : no_memory(error);
    if (status == RP_OK) status = submit(call, results, &options, is_async || call->collect ? &handle : NULL, error);
    if (handle) status = rp_result_get(handle, -1.0, error);
    if (handle) (void)rp_result_wait(handle, -1.0); /* after a cancel: until the statuses are there */
    if (status == RP_OK || status == RP_FAILED) status = deliver_array(call, results, statuses, handle, error);
    else if ((status == RP_CANCELLED || status == RP_LOST) && deliver_array(call, results, statuses, handle, error) != RP_OK)
        status = RP_FAILED;
    rp_result_free(handle);
    if (results && task->result_type == RP_TYPE_BYTES) rp_bytes_free(results, call->n_items);
    free(statuses);
    free(results);
    return status;
}

static rp_status run_map(const method_call *call, rp_error *error) { return run_array(call, call_map, 0, error); }
static rp_status run_map_async(const method_call *call, rp_error *error) { return run_array(call, call_map, 1, error); }
static rp_status run_starmap(const method_call *call, rp_error *error) { return run_array(call, call_starmap, 0, error); }
static rp_status run_starmap_async(const method_call *call, rp_error *error) { return run_array(call, call_starmap, 1, error); }

/* ---- imap, istarmap and their unordered forms ---- */

static const double look_up_s = 0.5;

/* Waits for the next result. Tells the sink before waiting if there is none yet. */
static rp_status next_result(const method_call *call, rp_iter *iterator, void *result, rp_error *error)
{
    if (call->sink.idle) {
        rp_status status = rp_iter_next(iterator, result, 0.0, error);
        if (status != RP_TIMEOUT) return status;
        status = call->sink.idle(call->sink.argument);
        if (status != RP_OK) return status;
    }
    /* With a time-out, the library never waits in the source. The source may be a pipe that stays silent while a signal comes. */
    for (;;) {
        double wait_s = call->sink.wait_s ? call->sink.wait_s(call->sink.argument) : look_up_s;
        rp_status status = rp_iter_next(iterator, result, wait_s, error);
        if (status != RP_TIMEOUT) return status;
        status = call->sink.idle ? call->sink.idle(call->sink.argument) : RP_OK;
        if (status != RP_OK) return status;
    }
}

static void tell_place(const method_call *call, const rp_iter *iterator)
{
    if (call->sink.place) call->sink.place->seconds = rp_iter_seconds(iterator, &call->sink.place->rank);
}

static rp_status deliver_lazily(const method_call *call, rp_iter *iterator, rp_error *error)
{
    void *result = calloc(1, call->task->result_size);
    rp_status status = result ? RP_OK : no_memory(error);
    while (status == RP_OK) {
        status = next_result(call, iterator, result, error);
        tell_place(call, iterator);
        int is_item = (status == RP_FAILED || status == RP_LOST) && error->item >= 0;
        if (status == RP_OK) status = deliver(call, rp_iter_index(iterator), result, NULL);
        else if (is_item) status = deliver(call, rp_iter_index(iterator), kept_of_failed(call, result), error);
    }
    free(result);
    return status == RP_END ? RP_OK : status;
}

static rp_status open_lazy(const method_call *call, int is_starred, int is_ordered, rp_source source, const rp_call_options *options,
                           rp_iter **iterator, rp_error *error)
{
    rp_pool *pool = call->pool;
    if (is_starred && is_ordered) return rp_istarmap(pool, call->task, source, options, iterator, error);
    if (is_starred) return rp_istarmap_unordered(pool, call->task, source, options, iterator, error);
    if (is_ordered) return rp_imap(pool, call->task, source, options, iterator, error);
    return rp_imap_unordered(pool, call->task, source, options, iterator, error);
}

static rp_status run_lazy(const method_call *call, int is_starred, int is_ordered, rp_error *error)
{
    rp_column columns[RP_MAX_ARGUMENTS];
    rp_call_options options = {.bound = call->bound,
                               .begun = call->begun,
                               .n_begun = call->n_begun,
                               .place = call->place,
                               .items_lost = call->items_lost,
                               .items_lost_argument = call->items_lost_argument,
                               .n_died = call->n_died};
    rp_source source = call->stream;
    if (call->are_loaded) source = (rp_source){call->items, call->n_items, NULL, NULL};
    if (call->are_loaded && is_starred) {
        source.columns = all_columns(call, columns);
        options.bound.n = 0;
    }
    rp_iter *iterator;
    rp_status status = open_lazy(call, is_starred, is_ordered, source, &options, &iterator, error);
    if (status != RP_OK) return status;
    status = deliver_lazily(call, iterator, error);
    rp_iter_free(iterator);
    return status;
}

static rp_status run_imap(const method_call *call, rp_error *error) { return run_lazy(call, 0, 1, error); }
static rp_status run_imap_unordered(const method_call *call, rp_error *error) { return run_lazy(call, 0, 0, error); }
static rp_status run_istarmap(const method_call *call, rp_error *error) { return run_lazy(call, 1, 1, error); }
static rp_status run_istarmap_unordered(const method_call *call, rp_error *error) { return run_lazy(call, 1, 0, error); }

/* ---- the table ---- */

const method methods[] = {
    {"apply", 0, 1, 1, run_apply},
    {"apply_async", 0, 1, 1, run_apply_async},
    {"map", 0, 0, 1, run_map},
    {"map_async", 0, 0, 1, run_map_async},
    {"starmap", 0, 1, 1, run_starmap},
    {"starmap_async", 0, 1, 1, run_starmap_async},
    {"imap", 1, 0, 1, run_imap},
    {"imap_unordered", 1, 0, 0, run_imap_unordered},
    {"istarmap", 1, 1, 1, run_istarmap},
    {"istarmap_unordered", 1, 1, 0, run_istarmap_unordered},
    {NULL, 0, 0, 0, NULL},
};

const method *method_find(const char *name)
{
    for (const method *entry = methods; entry->name; entry++)
        if (strcmp(entry->name, name) == 0) return entry;
    return NULL;
}

const char *methods_name(const void *among, size_t k)
{
    (void)among;
    return k < sizeof methods / sizeof *methods ? methods[k].name : NULL;
}
