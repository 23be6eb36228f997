/* worker_overlap.c: see worker_overlap.h. */
#include "worker/worker_overlap.h"

#include "base/clock.h"
#include "task/claims.h"
#include "task/not_begun.h"
#include "task/overlap.h"

static rpi_worker *worker_of(rpi_context *context) { return (rpi_worker *)(void *)context; }

static bool is_idle(const rpi_held_batch *held) { return held->n_open == 0 && held->begin == held->end; }

/* Adds what ran to the batch and its work. */
static void settle(rpi_worker *worker, rpi_held_batch *held)
{
    rpi_batch *batch = held->batch;
    atomic_fetch_add(&batch->n_run, held->n_run);
    atomic_fetch_add(&batch->busy_ns, held->busy_ns);
    atomic_fetch_sub_explicit(&worker->n_done, held->n_run, memory_order_relaxed);
    atomic_fetch_add(&batch->work->n_finished, held->n_run);
    held->n_run = held->busy_ns = 0;
}

static void leave(rpi_worker *worker, rpi_held_batch *held)
{
    rpi_batch *batch = held->batch;
    settle(worker, held);
    rpi_overlap_let_go(worker->context.overlap, held);
    worker->queue->leave(worker->team, batch);
}

/* Claims of the newest batch. What may not begin any more is claimed to say so. */
static bool claim(rpi_worker *worker)
{
    rpi_held_batch *held = rpi_overlap_newest(worker->context.overlap);
    uint64_t begin, end;
    do
        if (rpi_worker_gives_way(worker, held->batch) || !rpi_claims_take(held->batch, worker->context.index, &begin, &end)) return false;
    while (rpi_work_begins_none(held->batch->work) && (rpi_not_begun(held->batch, begin, end), true));
    held->begin = begin;
    held->end = end;
    return true;
}

/* Enters another batch of the same call. */
static bool enter(rpi_worker *worker)
{
    rpi_overlap *overlap = worker->context.overlap;
    rpi_held_batch *before = rpi_overlap_newest(overlap);
    if (!worker->queue) return false;
    rpi_batch *batch = worker->queue->enter(worker->team, worker->context.index, before->batch->work);
    if (!batch) return false;
    if (!rpi_overlap_hold(overlap, batch)) {
        overlap->no_memory = true;
        worker->queue->leave(worker->team, batch);
        return false;
    }
    if (is_idle(before)) leave(worker, before);
    return true;
}

static bool more(rpi_context *context)
{
    rpi_worker *worker = worker_of(context);
    bool there = claim(worker);
    while (!there && enter(worker)) there = claim(worker);
    return there;
}

/* A trace shows the items of a worker one behind the other: each from when the one before it ended. */
static void trace(rpi_worker *worker, const rpi_held_batch *held, uint64_t offset, uint64_t began_ns, uint64_t now)
{
    rpi_overlap *overlap = worker->context.overlap;
    uint64_t begin = overlap->ended_ns > began_ns ? overlap->ended_ns : began_ns;
    overlap->ended_ns = now;
    if (worker->recorder) rpi_recorder_add(worker->recorder, &(rpi_timed_grain){held->batch, offset, 1, begin, now});
}

static void ended(rpi_context *context, rpi_held_batch *held, uint64_t offset, uint64_t began_ns)
{
    rpi_worker *worker = worker_of(context);
    rpi_batch *batch = held->batch;
    uint64_t now = rpi_now_ns();
    held->busy_ns += now - began_ns;
    atomic_fetch_add_explicit(&worker->n_done, 1, memory_order_release);
    rpi_work_measure(batch->work, 1, now - began_ns);
    if (worker->config->options.time_limit_s > 0) rpi_work_note_longest(batch->work, now - began_ns);
    rpi_claims_learn(batch, context->index, 1, now - began_ns);
    trace(worker, held, offset, began_ns, now);
    if (batch->items_failed && atomic_load(&batch->failures)) batch->items_failed(batch);
    if (is_idle(held) && held != rpi_overlap_newest(context->overlap)) leave(worker, held);
}

static const rpi_overlap_ops ops = {more, ended};

bool rpi_worker_overlaps(const rpi_worker *worker) { return worker->context.overlap && !rpi_list_is_empty(&worker->context.overlap->held); }

rpi_batch *rpi_worker_run_overlapping(rpi_worker *worker, rpi_batch *batch)
{
    rpi_context *context = &worker->context;
    if (!rpi_overlap_have(context, &ops)) return NULL;
    if (!rpi_worker_overlaps(worker) && !rpi_overlap_hold(context->overlap, batch)) return NULL;
    while (rpi_overlap_has_untaken(context->overlap) || claim(worker)) rpi_overlap_call(context);
    rpi_held_batch *last = rpi_overlap_newest(context->overlap);
    batch = last->batch;
    settle(worker, last);
    rpi_overlap_let_go(context->overlap, last);
    return batch;
}

rpi_batch *rpi_worker_overlap_take_exit(rpi_worker *worker)
{
    rpi_overlap_take_exit(&worker->context);
    return rpi_overlap_newest(worker->context.overlap)->batch;
}
