/* context.c: see context.h. */
#include "task/context.h"

#include "base/affinity.h"
#include "base/c_locale.h"
#include "base/clock.h"
#include "task/computed.h"
#include "task/item_text.h"
#include "task/numbers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCRATCH_BYTES = 32 * 1024 };

static _Thread_local rpi_context *current;

void rpi_context_init(rpi_context *context, int rank, unsigned index, const char *host)
{
    memset(context, 0, sizeof *context);
    context->rank = rank;
    context->index = index;
    context->host = host;
}

void rpi_context_fini(rpi_context *context)
{
    for (int k = 0; k < RP_MAX_ARGUMENTS; k++) free(context->scratch[k]);
    free(context->emitted);
    free(context->fail_message);
    if (context->overlap) context->destroy_overlap(context->overlap);
    rpi_folder_fini(&context->folder);
}

void rpi_context_enter(rpi_context *context) { current = context; }
rpi_context *rpi_context_current(void) { return current; }

void rpi_context_nest(rpi_context *context)
{
    context->outer = current;
    current = context;
}

void rpi_context_leave(rpi_context *context)
{
    current = context->outer;
    context->outer = NULL;
}

bool rpi_context_is_in_pool(const void *pool)
{
    const rpi_context *context = current;
    while (context && context->pool != pool) context = context->outer;
    return context && pool;
}

/* ---- what tasks call ---- */

static void fail(rp_cause cause, int code, const char *format, va_list arguments)
{
    rpi_context *context = current;
    char *message;
    if (!context) return;
    if (rpi_vasprintf(&message, format ? format : "it failed", arguments) < 0) message = NULL;
    free(context->fail_message);
    context->fail_message = message;
    context->fail_cause = cause;
    context->fail_code = code;
    context->failing = true;
    __atomic_store_n(&context->run.attention, 1, __ATOMIC_RELAXED);
}

int rp_fail(int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(RP_CAUSE_TASK, code, format, arguments);
    va_end(arguments);
    return 0;
}

rp_cause rpi_context_task_cause(rp_cause cause)
{
    bool is_own = cause == RP_CAUSE_TIMEOUT || cause == RP_CAUSE_SIGNAL || cause == RP_CAUSE_EXIT || cause == RP_CAUSE_SYSTEM;
    return is_own ? cause : RP_CAUSE_TASK;
}

int rp_fail_as(rp_cause cause, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(rpi_context_task_cause(cause), code, format, arguments);
    va_end(arguments);
    return 0;
}

/* Fails the item with the cause system, as the task is not at fault. */
static void fail_for_memory(rpi_context *context, size_t size)
{
    rp_fail(ENOMEM, "out of memory for a result of %zu bytes", size);
    context->fail_cause = RP_CAUSE_SYSTEM;
}

void rp_emit(const void *data, size_t size)
{
    rpi_context *context = current;
    if (!context || !context->batch || context->batch->work->task->result_type != RP_TYPE_BYTES || size == 0) return;
    if (!data) {
        rp_fail(EINVAL, "rp_emit was given %zu bytes at NULL", size);
        return;
    }
    size_t needed = context->emitted_size + size;
    if (needed > context->emitted_capacity) {
        size_t capacity = needed < 2 * context->emitted_capacity ? 2 * context->emitted_capacity : needed;
        char *grown = realloc(context->emitted, capacity);
        if (!grown) {
            fail_for_memory(context, needed);
            return;
        }
        context->emitted = grown;
        context->emitted_capacity = capacity;
    }
    memcpy(context->emitted + context->emitted_size, data, size);
    context->emitted_size = needed;
}

/* A try that is repeated leaves nothing: the next one has the same place for its result. */
static bool keeps_emitted(const rpi_context *context)
{
    const rpi_work *work = context->batch->work;
    return !context->failing || ((work->task->flags & RP_TASK_KEEPS_EMITTED) && context->batch->attempt >= work->max_attempts);
}

void rp_run_take(rp_run *run, rp_bytes *result)
{
    if (!run || !result) return;
    rpi_context *context = (rpi_context *)(void *)run;
    size_t size = context->emitted_size;
    context->emitted_size = 0;
    *result = (rp_bytes){NULL, 0};
    if (size == 0 || !keeps_emitted(context)) return;
    void *copy = malloc(size);
    if (!copy) {
        fail_for_memory(context, size);
        return;
    }
    memcpy(copy, context->emitted, size);
    *result = (rp_bytes){copy, size};
}

int64_t rp_item_index(void) { return current && current->batch ? (int64_t)(current->first + current->run.item) : -1; }

int rp_cancelled(void)
{
    const rpi_context *context = current;
    return context && context->batch && rpi_work_stopped(context->batch->work, context->first + context->run.item);
}

int rp_local_rank(void) { return current ? rpi_affinity_local_rank() : -1; }
int rp_rank(void) { return current ? current->rank : -1; }
int rp_attempt(void) { return current && current->batch ? (int)rpi_batch_try(current->batch) : 0; }
int rp_worker(void) { return current ? (int)current->index : -1; }
void *rp_worker_state(void) { return current ? current->state : NULL; }

/* ---- failures ---- */

/* Counts an item as failed, and applies the policy of its call. */
static void count_failure(rpi_context *context, rpi_work *work, uint64_t item)
{
    if (work->on_error == RP_ON_ERROR_STOP) {
        rpi_work_lower_cutoff(work, item);
        if (context->ops) context->ops->cutoff_lowered(context, work);
    }
    atomic_fetch_add(&work->n_failed, 1);
    if (work->item_failed) work->item_failed(work);
}

/* What can't be recorded, as there is no memory, would look like a result, or be left out of one. So no item of the call counts as a result
 * then. Several workers may call this at once. */
static void give_up(rpi_context *context, rpi_batch *batch)
{
    rpi_work_lower_cutoff(batch->work, 0);
    if (context->ops) context->ops->cutoff_lowered(context, batch->work);
    __atomic_store_n(&batch->status, RP_NO_MEMORY, __ATOMIC_RELAXED);
}

void rpi_context_fail_item(rpi_context *context, rpi_batch *batch, const rpi_failure_facts *facts, const char *message)
{
    rpi_failure *failure = rpi_failure_create(message, strlen(message));
    if (context->ops) context->ops->item_failed(context);
    if (!failure || batch->attempt >= batch->work->max_attempts) count_failure(context, batch->work, facts->item);
    else atomic_fetch_add(&batch->work->n_repeated, 1);
    bool is_out = !batch->partials || rpi_folder_leave_out(&context->folder, facts->item);
    if (!failure || !is_out) {
        rpi_failure_free_list(failure);
        give_up(context, batch);
        return;
    }
    failure->facts = *facts;
    failure->facts.rank = context->rank;
    failure->facts.worker = (int)context->index;
    failure->facts.attempt = (int)rpi_batch_try(batch);
    snprintf(failure->facts.host, sizeof failure->facts.host, "%s", context->host);
    rpi_batch_add_failure(batch, failure);
}

static void add_failure(rpi_context *context, rp_cause cause, uint64_t item, double seconds)
{
    rpi_failure_facts facts = {.item = item, .cause = cause, .code = context->fail_code, .seconds = seconds};
    if (context->views) rpi_item_text(context->batch->work, context->views, item - context->first, facts.item_text, sizeof facts.item_text);
    rpi_context_fail_item(context, context->batch, &facts,
                          context->fail_message ? context->fail_message : "it failed (out of memory for the message)");
}

/* The time of an item: the time since the last mark, shared evenly among the items since then. With chunks of one item that is one item. */
static void record_failure(rpi_context *context, const rp_run *run)
{
    bool whole = context->batch->work->task->flags & RP_TASK_CONTIGUOUS;
    uint64_t now = rpi_now_ns();
    size_t begin = whole ? 0 : run->item, end = whole ? context->n : run->item + 1;
    double seconds =
        rpi_seconds(now - context->mark_ns) / (double)(whole ? context->n : context->first + run->item + 1 - context->mark_item);
    for (size_t i = begin; i < end; i++) add_failure(context, context->fail_cause, context->first + i, seconds);
    context->mark_ns = now;
    context->mark_item = context->first + end;
    context->failing = false;
    free(context->fail_message);
    context->fail_message = NULL;
}

int rp_run_next(rp_run *run)
{
    if (!run) return 0;
    rpi_context *context = (rpi_context *)(void *)run;
    __atomic_exchange_n(&run->attention, 0, __ATOMIC_SEQ_CST);
    if (context->failing) record_failure(context, run);
    if (!rpi_work_stopped(context->batch->work, context->first + run->item + 1)) return 1;
    context->stopped = true;
    return 0;
}

/* ---- folding: functions of folds run outside of any item, so this thread has no context meanwhile ---- */

void rpi_context_fold(rpi_context *context, rpi_batch *batch, uint64_t begin, uint64_t n)
{
    rpi_context *own = current;
    current = NULL;
    rpi_folder_fold(&context->folder, batch->partials, batch->first + begin, n);
    current = own;
}

void rpi_context_end_folding(rpi_context *context, rpi_batch *batch)
{
    rpi_context *own = current;
    current = NULL;
    rpi_folder_flush(&context->folder);
    current = own;
    if (atomic_load(&batch->partials->failed)) give_up(context, batch);
}

/* ---- running ---- */

static bool needs_scratch(const rpi_work *work, const rpi_batch *batch, int k)
{
    const rp_task *task = work->task;
    if (!batch->views[k].base) return true;
    return (task->flags & RP_TASK_CONTIGUOUS) && batch->views[k].stride_bytes != task->argument_sizes[k];
}

size_t rpi_context_most_items(const rpi_batch *batch)
{
    const rpi_work *work = batch->work;
    size_t limit = SIZE_MAX;
    for (int k = 0; k < work->task->n_arguments; k++) {
        if (!needs_scratch(work, batch, k)) continue;
        size_t fit = SCRATCH_BYTES / work->task->argument_sizes[k];
        if (fit < 1) fit = 1;
        if (fit < limit) limit = fit;
    }
    size_t most = batch->partials ? rpi_folder_most_items(&work->reduction) : limit;
    return most < limit ? most : limit;
}

static bool grow_scratch(rpi_context *context, int k, size_t size)
{
    if (size <= context->scratch_size[k]) return true;
    char *grown = realloc(context->scratch[k], size);
    if (!grown) return false;
    context->scratch[k] = grown;
    context->scratch_size[k] = size;
    context->scratch_filled[k] = 0;
    return true;
}

/* Copies argument k of n items from offset `begin` of the batch into the scratch. */
static bool fill_scratch(rpi_context *context, const rpi_batch *batch, int k, uint64_t begin, size_t n)
{
    const rp_column *column = &batch->work->arguments[k];
    size_t size = batch->work->task->argument_sizes[k];
    if (!grow_scratch(context, k, n * size)) return false;
    if (!batch->views[k].base) {
        rpi_computed_fill(column, batch->first + begin, n, context->scratch[k]);
        return true;
    }
    size_t stride = batch->views[k].stride_bytes;
    const char *from = batch->views[k].base + begin * stride;
    for (size_t i = stride ? 0 : context->scratch_filled[k]; i < n; i++) memcpy(context->scratch[k] + i * size, from + i * stride, size);
    if (!stride && n > context->scratch_filled[k]) context->scratch_filled[k] = n;
    return true;
}

static void fail_items(rpi_context *context, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        rp_fail(ENOMEM, "out of memory for the arguments");
        add_failure(context, RP_CAUSE_SYSTEM, context->first + i, 0);
    }
    context->failing = false;
}

/* Finds where the arguments of n items are in memory. False: no memory. */
static bool find_views(rpi_context *context, uint64_t begin, size_t n)
{
    const rpi_batch *batch = context->batch;
    const rp_task *task = batch->work->task;
    rp_view *views = context->own_views;
    for (int k = 0; k < task->n_arguments; k++) {
        if (!needs_scratch(batch->work, batch, k)) {
            views[k] = batch->views[k];
            views[k].base += begin * views[k].stride_bytes;
        } else if (fill_scratch(context, batch, k, begin, n)) {
            views[k] = (rp_view){context->scratch[k], task->argument_sizes[k]};
        } else {
            return false;
        }
    }
    return true;
}

/* The same for one item of a task that isn't contiguous, in fewer steps: isolated items come one by one. */
static inline bool find_views_of_one(rpi_context *context, uint64_t offset)
{
    const rpi_batch *batch = context->batch;
    const rpi_work *work = batch->work;
    for (int k = 0; k < work->task->n_arguments; k++) {
        rp_view view = batch->views[k];
        if (!view.base) {
            if (context->scratch_size[k] < RPI_LARGEST_NUMBER && !grow_scratch(context, k, RPI_LARGEST_NUMBER)) return false;
            view.base = rpi_computed_value(&work->arguments[k], batch->first + offset, context->scratch[k]);
        }
        context->own_views[k] = (rp_view){view.base + offset * view.stride_bytes, view.stride_bytes};
    }
    return true;
}

uint64_t rpi_context_call_kernel(rpi_context *context, uint64_t begin, uint64_t end)
{
    rpi_batch *batch = context->batch;
    const rp_task *task = batch->work->task;
    size_t n = (size_t)(end - begin);
    context->first = batch->first + begin;
    context->n = n;
    bool is_one = n == 1 && !(task->flags & RP_TASK_CONTIGUOUS);
    char *results =
        batch->partials ? rpi_folder_room(&context->folder, &batch->work->reduction, n) : batch->results + begin * task->result_size;
    if (!results || !(is_one ? find_views_of_one(context, begin) : find_views(context, begin, n))) {
        fail_items(context, n);
        return n;
    }
    context->run.item = 0;
    context->views = context->own_views;
    task->kernel(&context->run, results, context->own_views, n);
    context->views = NULL;
    size_t n_run = context->stopped ? context->run.item + (task->flags & RP_TASK_CONTIGUOUS ? n : 1) : n;
    if (batch->partials) rpi_context_fold(context, batch, begin, n_run);
    return n_run;
}

uint64_t rpi_context_take_exit(rpi_context *context)
{
    uint64_t begin = context->first - context->batch->first;
    bool whole = context->batch->work->task->flags & RP_TASK_CONTIGUOUS;
    if (!context->failing) {
        rp_fail(0, "it ended its thread, with pthread_exit or a cancellation");
        context->fail_cause = RP_CAUSE_EXIT;
    }
    record_failure(context, &context->run);
    context->views = NULL;
    context->emitted_size = 0;
    uint64_t n_run = whole ? context->n : context->run.item + 1;
    if (context->batch->partials) rpi_context_fold(context, context->batch, begin, n_run);
    return begin + n_run;
}

void rpi_context_enter_batch(rpi_context *context, rpi_batch *batch)
{
    context->batch = batch;
    memset(context->scratch_filled, 0, sizeof context->scratch_filled);
}

void rpi_context_run_item(rpi_context *context, uint64_t offset, uint64_t now_ns)
{
    context->mark_ns = now_ns;
    context->mark_item = context->batch->first + offset;
    (void)rpi_context_call_kernel(context, offset, offset + 1);
}
