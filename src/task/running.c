/* running.c: see running.h. */
#include "task/running.h"

#include "base/affinity.h"
#include "base/c_locale.h"
#include "base/huge_pages.h"
#include "base/seed.h"
#include "task/context.h"
#include "task/log_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void fail(rp_cause cause, int code, const char *format, va_list arguments)
{
    rpi_context *context = rpi_context_current();
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

rp_cause rpi_running_cause(rp_cause cause)
{
    bool is_own = cause == RP_CAUSE_TIMEOUT || cause == RP_CAUSE_SIGNAL || cause == RP_CAUSE_EXIT || cause == RP_CAUSE_SYSTEM ||
                  cause == RP_CAUSE_ENDED;
    return is_own ? cause : RP_CAUSE_TASK;
}

int rp_fail_as(rp_cause cause, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(rpi_running_cause(cause), code, format, arguments);
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
    rpi_context *context = rpi_context_current();
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
        context->emitted = rpi_huge_pages_for(grown, capacity);
        context->emitted_capacity = capacity;
    }
    memcpy(context->emitted + context->emitted_size, data, size);
    context->emitted_size = needed;
}

/* A try that is repeated leaves nothing: the next one has the same place for its result. */
static bool keeps_emitted(const rpi_context *context)
{
    const rpi_work *work = context->batch->work;
    bool is_last = context->batch->attempt >= work->max_attempts || context->fail_cause == RP_CAUSE_ENDED;
    return !context->failing || ((work->task->flags & RP_TASK_KEEPS_EMITTED) && is_last);
}

void rp_run_take(rp_run *run, rp_bytes *result)
{
    if (!run || !result) return;
    rpi_context *context = (rpi_context *)(void *)run;
    size_t size = context->emitted_size;
    context->emitted_size = 0;
    *result = (rp_bytes){NULL, 0};
    if (size == 0 || !keeps_emitted(context)) return;
    void *copy = rpi_huge_pages_for(malloc(size), size);
    if (!copy) {
        fail_for_memory(context, size);
        return;
    }
    memcpy(copy, context->emitted, size);
    *result = (rp_bytes){copy, size};
}

void rp_log(const char *format, ...)
{
    const rpi_context *context = rpi_context_current();
    if (!context || !context->log || !context->log->put) return;
    char text[RPI_LONGEST_LINE], line[RPI_LONGEST_LINE];
    struct timespec now;
    va_list arguments;
    va_start(arguments, format);
    (void)rpi_vsnprintf(text, sizeof text, format ? format : "", arguments);
    va_end(arguments);
    clock_gettime(CLOCK_REALTIME, &now);
    size_t size = rpi_log_line(line, sizeof line, &now, context->rank, rp_item_index(), text);
    context->log->put(context->log->argument, line, size, 0);
}

int64_t rp_item_index(void)
{
    const rpi_context *context = rpi_context_current();
    return context && context->batch ? (int64_t)(context->first + context->run.item) : -1;
}

int rp_cancelled(void)
{
    const rpi_context *context = rpi_context_current();
    if (!context || !context->batch) return 0;
    const rpi_work *work = context->batch->work;
    const _Atomic uint64_t *cutoff = context->cutoff ? context->cutoff : &work->cutoff;
    if (context->first + context->run.item >= atomic_load_explicit(cutoff, memory_order_relaxed)) return 1;
    const atomic_int *ends = context->ends_running ? context->ends_running : &work->ends_running;
    return work->task->flags & RP_TASK_ENDS_ITEMS ? atomic_load_explicit(ends, memory_order_relaxed) : 0;
}

int rp_attempt(void)
{
    const rpi_context *context = rpi_context_current();
    return context && context->batch ? (int)rpi_batch_try(context->batch) : 0;
}

uint64_t rp_item_seed_of(int64_t index)
{
    const rpi_context *context = rpi_context_current();
    return context && context->batch ? rpi_seed_at(context->batch->work->seed, (uint64_t)index) : 0;
}

uint64_t rp_item_seed(void) { return rp_item_seed_of(rp_item_index()); }

int rp_local_ranks(void) { return rpi_context_current() ? rpi_affinity_local_ranks() : 0; }
int rp_local_rank(void) { return rpi_context_current() ? rpi_affinity_local_rank() : -1; }
int rp_rank(void) { return rpi_context_current() ? rpi_context_current()->rank : -1; }
int rp_worker(void) { return rpi_context_current() ? (int)rpi_context_current()->index : -1; }
void *rp_worker_state(void) { return rpi_context_current() ? rpi_context_current()->state : NULL; }
