/* context.c: see context.h. */
#include "task/context.h"

#include "base/clock.h"
#include "task/context_views.h"
#include "task/item_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* ---- failures ---- */

/* Counts an item as failed, and applies the policy of its call. One that was ended counts as not run. */
static void count_failure(rpi_context *context, rpi_work *work, const rpi_failure_facts *facts)
{
    uint64_t item = facts->item;
    if (facts->cause == RP_CAUSE_ENDED) {
        atomic_store(&work->drained, true);
        return;
    }
    if (work->on_error == RP_ON_ERROR_STOP) {
        rpi_work_lower_cutoff(work, item);
        if (context->ops) context->ops->cutoff_lowered(context, work);
    }
    atomic_fetch_add(&work->n_failed, 1);
    rpi_work_tell_of_failure(work);
}

/* What can't be recorded, as there is no memory, would look like a result, or be left out of one. So no item of the call counts as a result
 * then. Several workers may call this at once. */
static void give_up(rpi_context *context, rpi_batch *batch)
{
    rpi_work_lower_cutoff(batch->work, 0);
    if (context->ops) context->ops->cutoff_lowered(context, batch->work);
    __atomic_store_n(&batch->status, RP_NO_MEMORY, __ATOMIC_RELAXED);
}

/* Whether the result of an item that failed must not be taken from the room: its next try may have its own already. */
static bool is_left_out(const rpi_context *context, const rpi_batch *batch)
{
    return batch->partials || (context->scatters && batch->attempt < batch->work->max_attempts);
}

void rpi_context_fail_item(rpi_context *context, rpi_batch *batch, const rpi_failure_facts *facts, const char *message)
{
    rpi_failure *failure = rpi_failure_create(message, strlen(message));
    if (context->ops) context->ops->item_failed(context);
    bool is_last = batch->attempt >= batch->work->max_attempts || facts->cause == RP_CAUSE_ENDED;
    if (!failure || is_last) count_failure(context, batch->work, facts);
    else atomic_fetch_add(&batch->work->n_repeated, 1);
    bool is_out = !is_left_out(context, batch) || rpi_folder_leave_out(&context->folder, facts->item);
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
    if (rpi_work_may_begin(context->batch->work, context->first + run->item + 1)) return 1;
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

static void fail_items(rpi_context *context, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        rp_fail(ENOMEM, "out of memory for the arguments");
        add_failure(context, RP_CAUSE_SYSTEM, context->first + i, 0);
    }
    context->failing = false;
}

/* Takes the results of the n items from offset `begin` on out of the room, if they are there. */
static void take_results(rpi_context *context, uint64_t begin, uint64_t n)
{
    rpi_batch *batch = context->batch;
    if (batch->partials) rpi_context_fold(context, batch, begin, n);
    if (!context->scatters) return;
    rpi_folder_scatter(&context->folder, batch->work->task->result_size, batch->first + begin, n, rpi_batch_result(batch, begin),
                       batch->result_stride);
    context->scatters = false;
}

uint64_t rpi_context_call_kernel(rpi_context *context, uint64_t begin, uint64_t end)
{
    rpi_batch *batch = context->batch;
    const rp_task *task = batch->work->task;
    size_t n = (size_t)(end - begin);
    context->first = batch->first + begin;
    context->n = n;
    bool is_one = n == 1 && !(task->flags & RP_TASK_CONTIGUOUS);
    context->scatters = !batch->partials && n > 1 && rpi_batch_has_gaps(batch);
    bool in_room = batch->partials || context->scatters;
    char *results = in_room ? rpi_folder_room(&context->folder, task, n) : rpi_batch_result(batch, begin);
    if (!results || !(is_one ? rpi_context_find_views_of_one(context, begin) : rpi_context_find_views(context, begin, n))) {
        fail_items(context, n);
        return n;
    }
    context->run.item = 0;
    context->views = context->own_views;
    task->kernel(&context->run, results, context->own_views, n);
    context->views = NULL;
    size_t n_run = context->stopped ? context->run.item + (task->flags & RP_TASK_CONTIGUOUS ? n : 1) : n;
    take_results(context, begin, n_run);
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
    take_results(context, begin, n_run);
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
