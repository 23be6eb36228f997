/* overlap.c: see overlap.h. */
#include "task/overlap.h"

#include "base/c_locale.h"
#include "base/clock.h"
#include "task/columns.h"
#include "task/computed.h"
#include "task/item_text.h"
#include "task/not_begun.h"
#include "task/running.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct open_item {
    rp_item item; /* first: what the task sees */
    rpi_list_link link;
    rpi_held_batch *held;
    uint64_t offset; /* in its batch */
    uint64_t began_ns;
    int64_t numbers[RP_MAX_ARGUMENTS]; /* arguments that are computed */
} open_item;

static open_item *open_at(rpi_list_link *link) { return RPI_ENTRY(link, open_item, link); }
static rpi_held_batch *held_at(rpi_list_link *link) { return RPI_ENTRY(link, rpi_held_batch, link); }

static void destroy(rpi_overlap *overlap);

bool rpi_overlap_have(rpi_context *context, const rpi_overlap_ops *ops)
{
    if (context->overlap) return true;
    rpi_overlap *overlap = calloc(1, sizeof *overlap);
    if (!overlap) return false;
    overlap->ops = ops;
    rpi_list_init(&overlap->held);
    rpi_list_init(&overlap->open);
    rpi_list_init(&overlap->spare_batches);
    rpi_list_init(&overlap->spare_items);
    context->overlap = overlap;
    context->destroy_overlap = destroy;
    return true;
}

static void forget_all(rpi_overlap *overlap)
{
    rpi_list_take_all(&overlap->spare_items, &overlap->open);
    rpi_list_take_all(&overlap->spare_batches, &overlap->held);
}

static void destroy(rpi_overlap *overlap)
{
    forget_all(overlap);
    for (rpi_list_link *link; (link = rpi_list_take_first(&overlap->spare_items));) free(open_at(link));
    for (rpi_list_link *link; (link = rpi_list_take_first(&overlap->spare_batches));) free(held_at(link));
    free(overlap);
}

/* ---- batches ---- */

rpi_held_batch *rpi_overlap_hold(rpi_overlap *overlap, rpi_batch *batch)
{
    rpi_held_batch *held = held_at(rpi_list_take_first(&overlap->spare_batches));
    if (!held) held = malloc(sizeof *held);
    if (!held) return NULL;
    *held = (rpi_held_batch){.batch = batch};
    rpi_list_add_last(&overlap->held, &held->link);
    return held;
}

void rpi_overlap_let_go(rpi_overlap *overlap, rpi_held_batch *held)
{
    rpi_list_remove(&held->link);
    rpi_list_add_first(&overlap->spare_batches, &held->link);
}

/* ---- items ---- */

/* The overlap of this thread, while a task's function runs in it; else NULL. */
static rpi_overlap *running(void)
{
    const rpi_context *context = rpi_context_current();
    return context && context->overlap && context->overlap->runs ? context->overlap : NULL;
}

/* Whether items that were claimed may still begin. If not, they are dropped. */
static bool may_begin(const rpi_overlap *overlap, rpi_held_batch *held)
{
    if (held->begin == held->end) return false;
    if (!overlap->ops || rpi_work_may_begin(held->batch->work, held->batch->first + held->begin)) return true;
    rpi_not_begun(held->batch, held->begin, held->end);
    held->begin = held->end;
    return false;
}

/* The newest batch, with an item that may begin; NULL: there is none now. */
static rpi_held_batch *find_item(rpi_overlap *overlap)
{
    rpi_held_batch *held = rpi_overlap_newest(overlap);
    if (may_begin(overlap, held)) return held;
    return overlap->ops && overlap->ops->more(rpi_context_current()) ? rpi_overlap_newest(overlap) : NULL;
}

static open_item *new_item(rpi_overlap *overlap)
{
    open_item *item = open_at(rpi_list_take_first(&overlap->spare_items));
    if (!item) item = malloc(sizeof *item);
    if (!item) overlap->no_memory = true;
    return item;
}

static void find_arguments(open_item *item)
{
    const rpi_batch *batch = item->held->batch;
    const rpi_work *work = batch->work;
    for (int k = 0; k < work->task->n_arguments; k++) {
        const rp_view *view = &batch->views[k];
        if (view->base) item->item.arguments[k] = view->base + item->offset * view->stride_bytes;
        else item->item.arguments[k] = rpi_computed_value(&work->arguments[k], batch->first + item->offset, &item->numbers[k]);
    }
}

static rp_bytes *emitted_of(const rpi_batch *batch, uint64_t offset)
{
    return batch->work->task->result_type == RP_TYPE_BYTES ? (rp_bytes *)(void *)rpi_batch_result(batch, offset) : NULL;
}

rp_item *rp_item_take(void)
{
    rpi_overlap *overlap = running();
    rpi_held_batch *held = overlap ? find_item(overlap) : NULL;
    open_item *item = held ? new_item(overlap) : NULL;
    if (!item) return NULL;
    rpi_context *context = rpi_context_current();
    rpi_batch *batch = held->batch;
    item->held = held;
    item->offset = held->begin++;
    item->began_ns = rpi_now_ns();
    item->item = (rp_item){.index = (int64_t)(batch->first + item->offset),
                           .attempt = (int)rpi_batch_try(batch),
                           .result = rpi_batch_result(batch, item->offset)};
    find_arguments(item);
    rp_bytes *emitted = emitted_of(batch, item->offset);
    if (emitted) *emitted = (rp_bytes){NULL, 0};
    held->n_open++;
    overlap->n_taken++;
    rpi_list_add_last(&overlap->open, &item->link);
    context->batch = batch;
    context->first = batch->first + item->offset;
    context->run.item = 0;
    return &item->item;
}

static void end_item(rpi_context *context, open_item *item)
{
    rpi_overlap *overlap = context->overlap;
    rpi_held_batch *held = item->held;
    uint64_t offset = item->offset, began_ns = item->began_ns;
    item->held = NULL;
    rpi_list_remove(&item->link);
    rpi_list_add_first(&overlap->spare_items, &item->link);
    held->n_open--;
    held->n_run++;
    if (overlap->ops) overlap->ops->ended(context, held, offset, began_ns);
}

/* An item that the task has, or NULL: it has ended, or isn't one. */
static open_item *is_open(const rpi_overlap *overlap, rp_item *item)
{
    if (!overlap || !item) return NULL;
    open_item *mine = (open_item *)(void *)item;
    return mine->held ? mine : NULL;
}

void rp_item_end(rp_item *item)
{
    open_item *mine = is_open(running(), item);
    if (mine) end_item(rpi_context_current(), mine);
}

static void record(rpi_context *context, rpi_held_batch *held, rpi_failure_facts facts, const char *message)
{
    rpi_batch *batch = held->batch;
    rpi_item_text_of_batch(batch, facts.item - batch->first, facts.item_text, sizeof facts.item_text);
    rpi_context_fail_item(context, batch, &facts, message ? message : "it failed (out of memory for the message)");
}

static void drop_emitted(const rpi_batch *batch, uint64_t offset)
{
    rp_bytes *emitted = emitted_of(batch, offset);
    if (emitted) rp_bytes_free(emitted, 1);
}

int rp_item_emit(rp_item *item, const void *data, size_t size)
{
    const open_item *mine = is_open(running(), item);
    rp_bytes *emitted = mine ? emitted_of(mine->held->batch, mine->offset) : NULL;
    if (!emitted || (!data && size)) return 0;
    if (size == 0) return 1;
    char *grown = realloc((void *)(uintptr_t)emitted->data, emitted->size + size);
    if (!grown) return 0;
    memcpy(grown + emitted->size, data, size);
    *emitted = (rp_bytes){grown, emitted->size + size};
    return 1;
}

int rp_item_is_dropped(const rp_item *item)
{
    const open_item *mine = is_open(running(), (rp_item *)(uintptr_t)item);
    return !mine || rpi_work_stopped(mine->held->batch->work, (uint64_t)item->index);
}

static void fail_item(rpi_context *context, open_item *item, rp_cause cause, int code, const char *message)
{
    rpi_failure_facts facts = {
        .item = (uint64_t)item->item.index, .cause = cause, .code = code, .seconds = rpi_seconds(rpi_now_ns() - item->began_ns)};
    drop_emitted(item->held->batch, item->offset);
    record(context, item->held, facts, message);
    end_item(context, item);
}

static void fail_with(rp_item *item, rp_cause cause, int code, const char *format, va_list arguments)
{
    open_item *mine = is_open(running(), item);
    if (!mine) return;
    char *message;
    if (rpi_vasprintf(&message, format ? format : "it failed", arguments) < 0) message = NULL;
    fail_item(rpi_context_current(), mine, cause, code, message);
    free(message);
}

int rp_item_fail(rp_item *item, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_with(item, RP_CAUSE_TASK, code, format, arguments);
    va_end(arguments);
    return 0;
}

int rp_item_fail_as(rp_item *item, rp_cause cause, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_with(item, rpi_running_cause(cause), code, format, arguments);
    va_end(arguments);
    return 0;
}

/* ---- calls ---- */

typedef struct reason {
    rp_cause cause;
    int code;
    const char *message;
} reason;

/* Items of the newest batch that were claimed for the function, and that it never took. */
static void fail_untaken(rpi_context *context, const reason *why)
{
    rpi_overlap *overlap = context->overlap;
    rpi_held_batch *held = rpi_overlap_newest(overlap);
    while (may_begin(overlap, held)) {
        uint64_t offset = held->begin++, now = rpi_now_ns();
        rp_bytes *emitted = emitted_of(held->batch, offset);
        if (emitted) *emitted = (rp_bytes){NULL, 0};
        record(context, held, (rpi_failure_facts){.item = held->batch->first + offset, .cause = why->cause, .code = why->code},
               why->message);
        held->n_run++;
        if (overlap->ops) overlap->ops->ended(context, held, offset, now);
    }
}

static void fail_open(rpi_context *context, const reason *why)
{
    for (rpi_list_link *link; (link = rpi_list_first(&context->overlap->open));)
        fail_item(context, open_at(link), why->cause, why->code, why->message);
}

static reason why_left(const rpi_context *context)
{
    static const char of_itself[] = "the task returned without ending it", no_memory[] = "out of memory for an item";
    if (context->failing)
        return (reason){context->fail_cause, context->fail_code, context->fail_message ? context->fail_message : "it failed"};
    if (context->overlap->no_memory) return (reason){RP_CAUSE_SYSTEM, ENOMEM, no_memory};
    return (reason){RP_CAUSE_TASK, 0, of_itself};
}

/* A function that took nothing will not take it the next time either. */
static void end_call(rpi_context *context)
{
    rpi_overlap *overlap = context->overlap;
    reason why = why_left(context);
    overlap->runs = false;
    fail_open(context, &why);
    if (overlap->n_taken == 0) fail_untaken(context, &why);
    free(context->fail_message);
    context->fail_message = NULL;
    context->failing = overlap->no_memory = false;
    __atomic_store_n(&context->run.attention, 0, __ATOMIC_RELAXED);
}

static void call_once(rpi_context *context)
{
    rpi_overlap *overlap = context->overlap;
    const rpi_held_batch *newest = rpi_overlap_newest(overlap);
    context->batch = newest->batch;
    context->first = newest->batch->first + newest->begin;
    overlap->runs = true;
    overlap->n_taken = 0;
    newest->batch->work->task->kernel(&context->run, NULL, NULL, 0);
    end_call(context);
}

bool rpi_overlap_has_untaken(const rpi_overlap *overlap)
{
    const rpi_held_batch *newest = rpi_overlap_newest(overlap);
    return newest->begin < newest->end;
}

void rpi_overlap_call(rpi_context *context)
{
    do call_once(context);
    while (rpi_overlap_has_untaken(context->overlap));
}

void rpi_overlap_take_exit(rpi_context *context)
{
    if (!context->failing) {
        rp_fail(0, "it ended its thread, with pthread_exit or a cancellation");
        context->fail_cause = RP_CAUSE_EXIT;
    }
    end_call(context);
}

/* Fails the items that the function was called for, when there is no memory for them. */
static void fail_for_memory(rpi_context *context, size_t n)
{
    for (; n > 0; n--, context->run.item++) {
        (void)rp_fail(ENOMEM, "out of memory for an item");
        context->fail_cause = RP_CAUSE_SYSTEM;
        if (n > 1) (void)rp_run_next(&context->run);
    }
}

/* What a sandbox calls: these n items, and no more. Those of a call that ended its thread may still be there; they have failed. */
static void run_given(rpi_context *context, size_t n)
{
    rpi_held_batch *held = NULL;
    if (rpi_overlap_have(context, NULL)) {
        forget_all(context->overlap);
        held = rpi_overlap_hold(context->overlap, context->batch);
    }
    if (!held) {
        fail_for_memory(context, n);
        return;
    }
    held->begin = context->first - context->batch->first;
    held->end = held->begin + n;
    rpi_overlap_call(context);
    rpi_overlap_let_go(context->overlap, held);
}

void rp_run_overlap(rp_run *run, size_t n, void (*function)(void))
{
    if (!run || !function) return;
    if (n > 0) run_given((rpi_context *)(void *)run, n);
    else function();
}
