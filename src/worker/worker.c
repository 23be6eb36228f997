/* worker.c: running grains: preparing the kernel's views, calling it, and keeping what the task says. See worker.h. */
#include "worker/worker.h"

#include "base/clock.h"
#include "isolate/runner.h"
#include "task/item_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCRATCH_BYTES = 32 * 1024 };

static _Thread_local rpi_worker *current_worker;

static const rpi_worker_config plain;

void rpi_worker_init(rpi_worker *worker, void *team, int rank, unsigned index, const char *host)
{
    memset(worker, 0, sizeof *worker);
    worker->team = team;
    worker->rank = rank;
    worker->index = index;
    worker->host = host;
    worker->on_client = true;
    worker->config = &plain;
}

void rpi_worker_fini(rpi_worker *worker)
{
    rpi_recorder_destroy(worker->recorder);
    for (int k = 0; k < RP_MAX_ARGUMENTS; k++) free(worker->scratch[k]);
    free(worker->emitted);
    free(worker->fail_message);
}

void rpi_worker_enter(rpi_worker *worker) { current_worker = worker; }
rpi_worker *rpi_worker_current(void) { return current_worker; }

/* ---- what tasks call ---- */

int rp_fail(int code, const char *format, ...)
{
    rpi_worker *worker = current_worker;
    if (!worker) return 0;
    va_list arguments;
    va_start(arguments, format);
    char *message;
    if (vasprintf(&message, format, arguments) < 0) message = NULL;
    va_end(arguments);
    free(worker->fail_message);
    worker->fail_message = message;
    worker->fail_cause = RP_CAUSE_TASK;
    worker->fail_code = code;
    worker->failing = true;
    __atomic_store_n(&worker->run.attention, 1, __ATOMIC_RELAXED);
    return 0;
}

/* It isn't the task's fault. */
static void fail_for_memory(rpi_worker *worker, size_t size)
{
    rp_fail(ENOMEM, "out of memory for a result of %zu bytes", size);
    worker->fail_cause = RP_CAUSE_SYSTEM;
}

void rp_emit(const void *data, size_t size)
{
    rpi_worker *worker = current_worker;
    if (!worker || !worker->batch || worker->batch->work->task->result_type != RP_TYPE_BYTES || size == 0) return;
    size_t needed = worker->emitted_size + size;
    if (needed > worker->emitted_capacity) {
        size_t capacity = needed < 2 * worker->emitted_capacity ? 2 * worker->emitted_capacity : needed;
        char *grown = realloc(worker->emitted, capacity);
        if (!grown) {
            fail_for_memory(worker, needed);
            return;
        }
        worker->emitted = grown;
        worker->emitted_capacity = capacity;
    }
    memcpy(worker->emitted + worker->emitted_size, data, size);
    worker->emitted_size = needed;
}

void rp_run_take(rp_run *run, rp_bytes *result)
{
    rpi_worker *worker = (rpi_worker *)(void *)run;
    size_t size = worker->emitted_size;
    worker->emitted_size = 0;
    *result = (rp_bytes){NULL, 0};
    if (worker->failing || size == 0) return;
    void *copy = malloc(size);
    if (!copy) {
        fail_for_memory(worker, size);
        return;
    }
    memcpy(copy, worker->emitted, size);
    *result = (rp_bytes){copy, size};
}

int64_t rp_item_index(void)
{
    return current_worker && current_worker->batch ? (int64_t)(current_worker->first + current_worker->run.item) : -1;
}

int rp_rank(void) { return current_worker ? current_worker->rank : -1; }
int rp_attempt(void) { return current_worker && current_worker->batch ? (int)current_worker->batch->attempt : 0; }
int rp_worker(void) { return current_worker ? (int)current_worker->index : -1; }
void *rp_worker_state(void) { return current_worker ? current_worker->state : NULL; }

/* ---- failures ---- */

/* The item counts as failed, and the policy takes effect. */
static void count_failure(rpi_worker *worker, rpi_work *work, uint64_t item)
{
    atomic_fetch_add(&work->n_failed, 1);
    if (work->on_error == RP_ON_ERROR_STOP) {
        rpi_work_lower_cutoff(work, item);
        if (worker->interrupt_team) worker->interrupt_team(worker->team, work);
        else rpi_worker_interrupt(worker, work);
    }
    if (work->item_failed) work->item_failed(work);
}

/* A failure that can't be recorded would pass for a result: nothing of the call does then. Several workers may come here at once. */
static void give_up(rpi_worker *worker, rpi_batch *batch)
{
    rpi_work_lower_cutoff(batch->work, 0);
    if (worker->interrupt_team) worker->interrupt_team(worker->team, batch->work);
    __atomic_store_n(&batch->status, RP_NO_MEMORY, __ATOMIC_RELAXED);
}

void rpi_worker_fail_item(rpi_worker *worker, rpi_batch *batch, const rpi_failure_facts *facts, const char *message)
{
    rpi_failure *failure = rpi_failure_create(message, strlen(message));
    if (worker->recorder) rpi_recorder_count(worker->recorder, RPI_TOTAL_FAILED, 1);
    if (!failure || batch->attempt >= batch->work->max_attempts) count_failure(worker, batch->work, facts->item);
    if (!failure) {
        give_up(worker, batch);
        return;
    }
    failure->facts = *facts;
    failure->facts.rank = worker->rank;
    failure->facts.worker = (int)worker->index;
    failure->facts.attempt = (int)batch->attempt;
    snprintf(failure->facts.host, sizeof failure->facts.host, "%s", worker->host);
    rpi_batch_add_failure(batch, failure);
}

static void add_failure(rpi_worker *worker, rp_cause cause, uint64_t item, double seconds)
{
    rpi_failure_facts facts = {.item = item, .cause = cause, .code = worker->fail_code, .seconds = seconds};
    if (worker->views) rpi_item_text(worker->batch->work, worker->views, item - worker->first, facts.item_text, sizeof facts.item_text);
    rpi_worker_fail_item(worker, worker->batch, &facts,
                         worker->fail_message ? worker->fail_message : "it failed (out of memory for the message)");
}

/* The item's time: that since the last mark, shared evenly among the items since then (one, when chunks are of one item). */
static void record_failure(rpi_worker *worker, const rp_run *run)
{
    bool whole = worker->batch->work->task->flags & RP_TASK_CONTIGUOUS;
    uint64_t now = rpi_now_ns();
    size_t begin = whole ? 0 : run->item, end = whole ? worker->n : run->item + 1;
    double seconds = rpi_seconds(now - worker->mark_ns) / (double)(whole ? worker->n : worker->first + run->item + 1 - worker->mark_item);
    for (size_t i = begin; i < end; i++) add_failure(worker, worker->fail_cause, worker->first + i, seconds);
    worker->mark_ns = now;
    worker->mark_item = worker->first + end;
    worker->failing = false;
    free(worker->fail_message);
    worker->fail_message = NULL;
}

int rp_run_next(rp_run *run)
{
    rpi_worker *worker = (rpi_worker *)(void *)run;
    __atomic_exchange_n(&run->attention, 0, __ATOMIC_SEQ_CST);
    if (worker->failing) record_failure(worker, run);
    if (!rpi_work_stopped(worker->batch->work, worker->first + run->item + 1)) return 1;
    worker->stopped = true;
    return 0;
}

void rpi_worker_interrupt(rpi_worker *worker, const rpi_work *work)
{
    if (atomic_load(&worker->current) != work) return;
    __atomic_store_n(&worker->run.attention, 1, __ATOMIC_SEQ_CST);
    rpi_runner *runner = atomic_load(&worker->runner);
    if (runner) rpi_runner_interrupt(runner, work);
}

/* ---- running ---- */

static bool needs_scratch(const rpi_work *work, const rpi_batch *batch, int k)
{
    const rp_task *task = work->task;
    if (!batch->views[k].base) return true;
    return (task->flags & RP_TASK_CONTIGUOUS) && batch->views[k].stride_bytes != task->argument_sizes[k];
}

/* Items that fit the scratch at once; SIZE_MAX when no argument needs it. */
static size_t most_kernel_items(const rpi_work *work, const rpi_batch *batch)
{
    size_t limit = SIZE_MAX;
    for (int k = 0; k < work->task->n_arguments; k++) {
        if (!needs_scratch(work, batch, k)) continue;
        size_t fit = SCRATCH_BYTES / work->task->argument_sizes[k];
        if (fit < 1) fit = 1;
        if (fit < limit) limit = fit;
    }
    return limit;
}

static bool grow_scratch(rpi_worker *worker, int k, size_t size)
{
    if (size <= worker->scratch_size[k]) return true;
    char *grown = realloc(worker->scratch[k], size);
    if (!grown) return false;
    worker->scratch[k] = grown;
    worker->scratch_size[k] = size;
    worker->scratch_filled[k] = 0;
    return true;
}

/* Spreads argument k of n items from offset `begin` of the batch into the worker's scratch. */
static bool fill_scratch(rpi_worker *worker, const rpi_batch *batch, int k, uint64_t begin, size_t n)
{
    const rp_column *column = &batch->work->arguments[k];
    size_t size = batch->work->task->argument_sizes[k];
    if (!grow_scratch(worker, k, n * size)) return false;
    if (!batch->views[k].base) {
        int64_t *out = (int64_t *)(void *)worker->scratch[k];
        uint64_t index = batch->first + begin;
        for (size_t i = 0; i < n; i++) out[i] = (int64_t)((uint64_t)column->start + (index + i) * (uint64_t)column->step);
        return true;
    }
    size_t stride = batch->views[k].stride_bytes;
    const char *from = batch->views[k].base + begin * stride;
    for (size_t i = stride ? 0 : worker->scratch_filled[k]; i < n; i++) memcpy(worker->scratch[k] + i * size, from + i * stride, size);
    if (!stride && n > worker->scratch_filled[k]) worker->scratch_filled[k] = n;
    return true;
}

static void fail_items(rpi_worker *worker, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        rp_fail(ENOMEM, "out of memory for the arguments");
        add_failure(worker, RP_CAUSE_SYSTEM, worker->first + i, 0);
    }
    worker->failing = false;
}

/* Runs items begin … end - 1 of the batch; returns how many were run. */
static uint64_t run_kernel(rpi_worker *worker, rpi_batch *batch, uint64_t begin, uint64_t end)
{
    const rpi_work *work = batch->work;
    rp_view views[RP_MAX_ARGUMENTS];
    size_t n = (size_t)(end - begin);
    worker->first = batch->first + begin;
    worker->n = n;
    for (int k = 0; k < work->task->n_arguments; k++) {
        if (!needs_scratch(work, batch, k)) {
            views[k] = batch->views[k];
            views[k].base += begin * views[k].stride_bytes;
        } else if (fill_scratch(worker, batch, k, begin, n)) {
            views[k] = (rp_view){worker->scratch[k], work->task->argument_sizes[k]};
        } else {
            fail_items(worker, n);
            return n;
        }
    }
    worker->run.item = 0;
    worker->views = views;
    work->task->kernel(&worker->run, batch->results + begin * work->task->result_size, views, n);
    worker->views = NULL;
    return worker->stopped ? worker->run.item + (work->task->flags & RP_TASK_CONTIGUOUS ? n : 1) : n;
}

static uint64_t run_grain(rpi_worker *worker, rpi_batch *batch, uint64_t begin, uint64_t end, size_t most_items)
{
    uint64_t n_run = 0;
    while (begin < end && !worker->stopped) {
        if (rpi_work_stopped(batch->work, batch->first + begin)) break;
        uint64_t stop = end - begin > most_items ? begin + most_items : end;
        n_run += run_kernel(worker, batch, begin, stop);
        begin = stop;
    }
    return n_run;
}

void rpi_worker_enter_batch(rpi_worker *worker, rpi_batch *batch)
{
    worker->batch = batch;
    worker->stopped = false;
    memset(worker->scratch_filled, 0, sizeof worker->scratch_filled);
}

void rpi_worker_run_item(rpi_worker *worker, uint64_t offset, uint64_t now_ns)
{
    worker->mark_ns = now_ns;
    worker->mark_item = worker->batch->first + offset;
    (void)run_kernel(worker, worker->batch, offset, offset + 1);
}

/* The time per item is measured where a schedule wants to know it, where a grain is long enough not to notice, or when it is recorded. */
static uint64_t run_grains(rpi_worker *worker, rpi_batch *batch, uint64_t *busy_ns)
{
    rpi_work *work = batch->work;
    rpi_recorder *recorder = worker->recorder;
    bool each = batch->schedule.kind != RP_SCHEDULE_FIXED || recorder;
    size_t most_items = most_kernel_items(work, batch);
    uint64_t begin, end, n_run = 0, started = rpi_now_ns(), before = started;
    while (!rpi_worker_gives_way(worker, batch) && rpi_batch_claim(batch, worker->index, &begin, &end)) {
        worker->mark_ns = before;
        worker->mark_item = batch->first + begin;
        uint64_t n = run_grain(worker, batch, begin, end, most_items);
        n_run += n;
        worker->stopped = false;
        atomic_store_explicit(&worker->n_done, n_run, memory_order_relaxed);
        if (batch->items_failed && atomic_load(&batch->failures)) batch->items_failed(batch);
        if (!each) continue;
        uint64_t now = rpi_now_ns();
        rpi_work_measure(work, n, now - before);
        rpi_batch_learn(batch, worker->index, n, now - before);
        if (recorder) rpi_recorder_add(recorder, &(rpi_timed_grain){batch, begin, n, before, now});
        before = now;
    }
    *busy_ns = rpi_now_ns() - started;
    if (!each) rpi_work_measure(work, n_run, *busy_ns);
    return n_run;
}

/* Without memory for a runner, or without the state that tasks rely on, no item may run. */
static uint64_t refuse(rpi_worker *worker, rpi_batch *batch, const rp_error *error)
{
    uint64_t begin, end, n = 0;
    int code = error->status == RP_NO_MEMORY ? ENOMEM : error->code;
    while (rpi_batch_claim(batch, worker->index, &begin, &end)) {
        uint64_t began = rpi_now_ns();
        for (uint64_t at = begin; at < end; at++) {
            rpi_failure_facts facts = {.item = batch->first + at, .cause = RP_CAUSE_SYSTEM, .code = code};
            rpi_worker_fail_item(worker, batch, &facts, rp_error_text(error));
        }
        n += end - begin;
        if (worker->recorder) rpi_recorder_add(worker->recorder, &(rpi_timed_grain){batch, begin, end - begin, began, rpi_now_ns()});
    }
    return n;
}

static uint64_t run_here(rpi_worker *worker, rpi_batch *batch, uint64_t *busy_ns)
{
    rp_error error;
    if (rpi_worker_have_state(worker, &error) != RP_OK) return refuse(worker, batch, &error);
    rpi_worker_enter_batch(worker, batch);
    return run_grains(worker, batch, busy_ns);
}

static uint64_t run_apart(rpi_worker *worker, rpi_batch *batch, uint64_t *busy_ns)
{
    rpi_runner *runner = atomic_load(&worker->runner);
    rp_error error;
    if (!runner && rpi_runner_create(worker, &runner, &error) != RP_OK) return refuse(worker, batch, &error);
    atomic_store(&worker->runner, runner);
    return rpi_runner_run_batch(runner, batch, busy_ns);
}

void rpi_worker_run_batch(rpi_worker *worker, rpi_batch *batch)
{
    rpi_work *work = batch->work;
    uint64_t busy_ns = 0;
    bool apart = worker->config->options.isolation || work->timeout_ns;
    atomic_store(&worker->current, work);
    uint64_t n_run = apart ? run_apart(worker, batch, &busy_ns) : run_here(worker, batch, &busy_ns);
    atomic_fetch_add(&batch->n_run, n_run);
    atomic_fetch_add(&batch->busy_ns, busy_ns);
    atomic_store(&worker->current, NULL);
    atomic_store_explicit(&worker->n_done, 0, memory_order_relaxed);
    atomic_fetch_add(&work->n_finished, n_run);
    worker->batch = NULL;
}
