/* worker.c: a worker's life, and how it runs grains. See worker.h. */
#include "worker/worker.h"

#include "base/clock.h"
#include "base/pause.h"
#include "task/claims.h"
#include "task/context_start.h"
#include "task/not_begun.h"
#include "worker/worker_overlap.h"

#include <errno.h>
#include <string.h>

static const rpi_worker_config plain;
static const double slice_s = 0.1, most_in_slice = 1e9; /* seconds and items between two looks at the clock, where time has an end */

static rpi_worker *worker_of(rpi_context *context) { return (rpi_worker *)(void *)context; }

static void item_failed(rpi_context *context)
{
    rpi_recorder *recorder = worker_of(context)->recorder;
    if (recorder) rpi_recorder_count(recorder, RPI_TOTAL_FAILED, 1);
}

static void cutoff_lowered(rpi_context *context, const rpi_work *work)
{
    rpi_worker *worker = worker_of(context);
    if (worker->interrupt_team) worker->interrupt_team(worker->team, work);
    else rpi_worker_interrupt(worker, work);
}

static const rpi_context_ops context_ops = {item_failed, cutoff_lowered};

void rpi_worker_init(rpi_worker *worker, void *team, int rank, unsigned index, const char *host)
{
    memset(worker, 0, sizeof *worker);
    rpi_context_init(&worker->context, rank, index, host);
    worker->context.ops = &context_ops;
    worker->team = team;
    worker->config = &plain;
    atomic_store(&worker->core, -1);
    worker->most_ns = UINT64_MAX;
}

void rpi_worker_fini(rpi_worker *worker)
{
    rpi_recorder_destroy(worker->recorder);
    rpi_context_fini(&worker->context);
}

/* ---- beginning and end ---- */

rp_status rpi_worker_have_state(rpi_worker *worker, rp_error *error)
{
    const rpi_worker_config *config = worker->config;
    if (!config->initializer || worker->context.initializer) return RP_OK;
    return rpi_context_start(&worker->context, config->initializer, config->initializer_argument, error);
}

/* In the worker's thread, so that the memory is near its core. */
static bool have_recorder(rpi_worker *worker)
{
    rpi_recording recording = rpi_worker_config_recording(worker->config);
    if (recording.level != RP_RECORD_NONE && !worker->recorder) worker->recorder = rpi_recorder_create(&recording);
    return recording.level == RP_RECORD_NONE || worker->recorder;
}

/* Makes a runner, which is kept for later batches. */
static rp_status have_runner(rpi_worker *worker, rp_error *error)
{
    if (atomic_load(&worker->runner)) return RP_OK;
    const rpi_runner_ops *ops = worker->config->runner;
    if (!ops) return rp_error_set(error, RP_UNSUPPORTED, 0, "these workers can't isolate items, nor end those that take too long");
    rpi_runner *runner;
    rp_status status = ops->create(worker, &runner, error);
    if (status == RP_OK) atomic_store(&worker->runner, runner);
    return status;
}

rp_status rpi_worker_open(rpi_worker *worker, rp_error *error)
{
    if (!have_recorder(worker)) return rpi_error_no_memory(error);
    if (!worker->config->options.isolation) return rpi_worker_have_state(worker, error);
    return have_runner(worker, error);
}

void rpi_worker_close(rpi_worker *worker)
{
    rpi_runner *runner = atomic_exchange(&worker->runner, NULL);
    if (runner) worker->config->runner->destroy(runner);
    rpi_context_finish(&worker->context);
}

/* ---- running ---- */

void rpi_worker_interrupt(rpi_worker *worker, const rpi_work *work)
{
    if (atomic_load(&worker->current) != work) return;
    rpi_context_call_attention(&worker->context);
    rpi_runner *runner = atomic_load(&worker->runner);
    if (runner) worker->config->runner->interrupt(runner, work);
}

/* The pool's time has an end, so the longest item matters. */
static bool has_limit(const rpi_worker *worker) { return worker->config->options.time_limit_s > 0; }

/* The time of items is measured when a schedule needs it, when a grain is long enough that the measuring doesn't show, when it is
 * recorded, or when time has an end. */
static bool measures_grains(const rpi_worker *worker, const rpi_batch *batch)
{
    return batch->schedule.kind != RP_SCHEDULE_FIXED || worker->recorder || has_limit(worker);
}

/* `n` items from `begin` on have run since `before`. Returns the time. */
static uint64_t measure(rpi_worker *worker, rpi_batch *batch, uint64_t begin, uint64_t n, uint64_t before)
{
    uint64_t now = rpi_now_ns();
    rpi_work_measure(batch->work, n, now - before);
    rpi_claims_learn(batch, worker->context.index, n, now - before);
    if (worker->recorder) rpi_recorder_add(worker->recorder, &(rpi_timed_grain){batch, begin, n, before, now});
    return now;
}

static void enter(rpi_worker *worker, rpi_batch *batch)
{
    uint64_t now = rpi_now_ns();
    worker->at = (rpi_worker_place){.batch = batch, .started_ns = now, .before_ns = now};
}

/* `n` items of the present grain have run. Those after them are left. */
static void leave_items(rpi_worker *worker, uint64_t n)
{
    rpi_worker_place *at = &worker->at;
    rpi_batch *batch = at->batch;
    at->n_run += n;
    atomic_store_explicit(&worker->n_done, at->n_run, memory_order_release);
    if (batch->items_failed && atomic_load(&batch->failures)) batch->items_failed(batch);
    if (measures_grains(worker, batch)) at->before_ns = measure(worker, batch, at->begin, n, at->before_ns);
    at->begin += n;
}

/* How many items to run before the next look at the clock, where n took ns; at first of items that take item_s (0: not known). */
static uint64_t slice_at_first(double item_s)
{
    double n = item_s > 0 ? slice_s / item_s : 1;
    return n < 1 ? 1 : n < most_in_slice ? (uint64_t)n : (uint64_t)most_in_slice;
}

static uint64_t next_slice(uint64_t n, uint64_t ns)
{
    if (rpi_seconds(ns) > 2 * slice_s) return n > 1 ? n / 2 : 1;
    return rpi_seconds(ns) < slice_s / 2 && (double)n < most_in_slice ? 2 * n : n;
}

/* As rpi_context_run, for the present grain. No slice of several items is much longer than slice_s, so that the longest item is known. */
static uint64_t run_slices(rpi_worker *worker, size_t most_items, uint64_t now)
{
    const rpi_worker_place *at = &worker->at;
    rpi_work *work = at->batch->work;
    uint64_t count = at->end - at->begin, n_run = 0, n = slice_at_first(rpi_work_item_s(work)), paused = rpi_pause_look(), ran;
    do {
        uint64_t from = at->begin + n_run, begun = now, some = n < count - n_run ? n : count - n_run, paused_before = paused;
        n_run += ran = rpi_context_run(&worker->context, from, from + some, most_items, now);
        now = rpi_now_ns();
        paused = rpi_pause_look();
        uint64_t took = now - begun, stood = paused - paused_before;
        took = took > stood ? took - stood : 0;
        if (ran > 0) rpi_work_note_longest(work, took);
        n = next_slice(n, took);
        if (ran < some) break;
    } while (n_run < count);
    return n_run;
}

/* Runs the present grain, or what is left of it, and records what of it may not begin any more. Returns how many items have run. */
static inline uint64_t run_grain(rpi_worker *worker, size_t most_items, uint64_t now)
{
    const rpi_worker_place *at = &worker->at;
    uint64_t n =
        has_limit(worker) ? run_slices(worker, most_items, now) : rpi_context_run(&worker->context, at->begin, at->end, most_items, now);
    if (n < at->end - at->begin) rpi_not_begun(at->batch, at->begin + n, at->end);
    return n;
}

/* For a task that ended the thread. */
static void run_rest(rpi_worker *worker, size_t most_items)
{
    const rpi_worker_place *at = &worker->at;
    if (at->begin < at->end) leave_items(worker, run_grain(worker, most_items, at->before_ns));
}

rpi_batch *rpi_worker_take_exit(rpi_worker *worker)
{
    if (rpi_worker_overlaps(worker)) return rpi_worker_overlap_take_exit(worker);
    rpi_worker_place *at = &worker->at;
    at->n_run = atomic_load_explicit(&worker->n_done, memory_order_relaxed);
    leave_items(worker, rpi_context_take_exit(&worker->context) - at->begin);
    return at->batch;
}

/* What changes with each grain stays in registers, but for what rpi_worker_take_exit needs. */
static uint64_t run_grains(rpi_worker *worker, rpi_batch *batch, uint64_t *busy_ns)
{
    rpi_worker_place *at = &worker->at;
    rpi_context *context = &worker->context;
    bool each = measures_grains(worker, batch);
    size_t most_items = rpi_context_most_items(batch);
    if (at->batch) run_rest(worker, most_items);
    else enter(worker, batch);
    uint64_t n_run = at->n_run, before = at->before_ns;
    while (before - at->started_ns < worker->most_ns && !rpi_worker_gives_way(worker, batch) &&
           rpi_claims_take(batch, context->index, &at->begin, &at->end)) {
        uint64_t n = run_grain(worker, most_items, before);
        n_run += n;
        atomic_store_explicit(&worker->n_done, n_run, memory_order_release);
        if (batch->items_failed && atomic_load(&batch->failures)) batch->items_failed(batch);
        if (each) at->before_ns = before = measure(worker, batch, at->begin, n, before);
    }
    *busy_ns = rpi_now_ns() - at->started_ns;
    if (!each) rpi_work_measure(batch->work, n_run, *busy_ns);
    at->batch = NULL;
    return n_run;
}

/* Without a runner, or without the state that tasks rely on, no item may run. */
static uint64_t refuse(rpi_worker *worker, rpi_batch *batch, const rp_error *error)
{
    uint64_t begin, end, n = 0;
    int code = error->status == RP_NO_MEMORY ? ENOMEM : error->code;
    while (rpi_claims_take(batch, worker->context.index, &begin, &end)) {
        uint64_t began = rpi_now_ns();
        for (uint64_t at = begin; at < end; at++) {
            rpi_failure_facts facts = {.item = batch->first + at, .cause = RP_CAUSE_SYSTEM, .code = code};
            rpi_context_fail_item(&worker->context, batch, &facts, rp_error_text(error));
        }
        n += end - begin;
        if (worker->recorder) rpi_recorder_add(worker->recorder, &(rpi_timed_grain){batch, begin, end - begin, began, rpi_now_ns()});
    }
    return n;
}

/* `*batch` becomes the last one that the worker is in, and what ran is added to it already. */
static uint64_t run_overlapping(rpi_worker *worker, rpi_batch **batch)
{
    rpi_batch *last = rpi_worker_run_overlapping(worker, *batch);
    if (last) {
        *batch = last;
        return 0;
    }
    rp_error error;
    (void)rpi_error_no_memory(&error);
    return refuse(worker, *batch, &error);
}

static uint64_t run_here(rpi_worker *worker, rpi_batch **batch, uint64_t *busy_ns)
{
    rp_error error;
    if (rpi_worker_have_state(worker, &error) != RP_OK) return refuse(worker, *batch, &error);
    rpi_context_enter_batch(&worker->context, *batch);
    if ((*batch)->work->task->flags & RP_TASK_OVERLAPS) return run_overlapping(worker, batch);
    return run_grains(worker, *batch, busy_ns);
}

static uint64_t run_by_runner(rpi_worker *worker, rpi_batch *batch, uint64_t *busy_ns)
{
    rp_error error;
    if (have_runner(worker, &error) != RP_OK) return refuse(worker, batch, &error);
    return worker->config->runner->run_batch(atomic_load(&worker->runner), batch, busy_ns);
}

rpi_batch *rpi_worker_run_batch(rpi_worker *worker, rpi_batch *batch)
{
    rpi_work *work = batch->work;
    uint64_t busy_ns = 0;
    bool outside = worker->config->options.isolation || work->timeout_ns;
    atomic_store(&worker->current, work);
    rpi_work_begin(work);
    uint64_t n_run = outside ? run_by_runner(worker, batch, &busy_ns) : run_here(worker, &batch, &busy_ns);
    if (batch->partials) rpi_context_end_folding(&worker->context, batch);
    atomic_fetch_add(&batch->n_run, n_run);
    atomic_fetch_add(&batch->busy_ns, busy_ns);
    atomic_store(&worker->current, NULL);
    atomic_store_explicit(&worker->n_done, 0, memory_order_relaxed);
    atomic_fetch_add(&work->n_finished, n_run);
    worker->context.batch = NULL;
    return batch;
}
