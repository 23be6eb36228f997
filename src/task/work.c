/* work.c: the arguments of a call, checked and copied; claiming grains from a batch. See work.h. */
#include "task/work.h"

#include <stdlib.h>
#include <string.h>

static rp_status check_type(const rp_task *task, int k, const rp_column *column, rp_error *error)
{
    rp_type wanted = task->argument_types[k];
    if ((unsigned)column->kind > RP_COLUMN_RANGE || (column->kind == RP_COLUMN_RANGE && column->type != RP_TYPE_INT64))
        return rp_error_set(error, RP_USAGE, 0, "the column of argument %d of task %s is neither array, constant nor range of int64", k + 1,
                            task->name);
    if (column->type == wanted && column->size == task->argument_sizes[k] && column->size > 0) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "argument %d of task %s is %s (%zu bytes), its column holds %s (%zu bytes)", k + 1, task->name,
                        rp_type_name(wanted), task->argument_sizes[k], rp_type_name(column->type), column->size);
}

/* A constant's value, and the bytes that an rp_bytes points to, in one allocation of ours. */
static rp_status copy_constant(rp_column *column, rp_error *error)
{
    const rp_bytes *bytes = column->type == RP_TYPE_BYTES ? column->data : NULL;
    size_t padded = (column->size + 15) / 16 * 16, tail = bytes ? bytes->size : 0;
    char *copy = malloc(padded + tail + 1);
    if (!copy) return rpi_error_no_memory(error);
    memcpy(copy, column->data, column->size);
    if (bytes) {
        if (tail) memcpy(copy + padded, bytes->data, tail);
        *(rp_bytes *)(void *)copy = (rp_bytes){copy + padded, tail};
    }
    column->data = copy;
    column->stride_bytes = 0;
    return RP_OK;
}

rp_status rpi_work_init(rpi_work *work, const rp_task *task, rp_columns bound, rp_columns items, rp_error *error)
{
    memset(work, 0, sizeof *work);
    if (bound.n + items.n != (size_t)task->n_arguments)
        return rp_error_set(error, RP_USAGE, 0, "task %s has %d argument%s, the call gives %zu bound and %zu by column", task->name,
                            task->n_arguments, task->n_arguments == 1 ? "" : "s", bound.n, items.n);
    if (task->result_size == 0) return rp_error_set(error, RP_USAGE, 0, "the result of task %s has no size", task->name);
    work->task = task;
    work->n_bound = (int)bound.n;
    work->max_attempts = 1;
    atomic_init(&work->cutoff, RPI_NO_CUTOFF);
    rp_status status = RP_OK;
    for (int k = 0; k < task->n_arguments && status == RP_OK; k++) {
        bool is_bound = (size_t)k < bound.n;
        rp_column column = is_bound ? bound.columns[k] : items.columns[(size_t)k - bound.n];
        status = check_type(task, k, &column, error);
        if (status == RP_OK && is_bound && column.kind != RP_COLUMN_CONSTANT)
            status = rp_error_set(error, RP_USAGE, 0, "bound argument %d of task %s isn't a constant", k + 1, task->name);
        if (status == RP_OK && column.kind == RP_COLUMN_CONSTANT && !column.data)
            status = rp_error_set(error, RP_USAGE, 0, "the constant for argument %d of task %s is NULL", k + 1, task->name);
        if (status == RP_OK && column.kind == RP_COLUMN_CONSTANT) status = copy_constant(&column, error);
        if (status == RP_OK) work->arguments[k] = column;
    }
    if (status != RP_OK) rpi_work_fini(work);
    return status;
}

void rpi_work_fini(rpi_work *work)
{
    for (int k = 0; k < RP_MAX_ARGUMENTS; k++) {
        if (work->arguments[k].kind == RP_COLUMN_CONSTANT) free((void *)(uintptr_t)work->arguments[k].data);
        work->arguments[k] = (rp_column){0};
    }
    rpi_failure_free_list(atomic_exchange(&work->losses, NULL));
}

void rpi_work_lower_cutoff(rpi_work *work, uint64_t item)
{
    uint64_t limit = atomic_load(&work->cutoff);
    while (item < limit && !atomic_compare_exchange_weak(&work->cutoff, &limit, item)) continue;
}

/* Read in that order, it never counts an item twice. */
uint64_t rpi_work_n_finished(const rpi_work *work)
{
    uint64_t n_finished = atomic_load(&work->n_finished), n_repeated = atomic_load(&work->n_repeated);
    return n_finished > n_repeated ? n_finished - n_repeated : 0;
}

static void push(_Atomic(rpi_failure *) *list, rpi_failure *failure)
{
    failure->next = atomic_load(list);
    while (!atomic_compare_exchange_weak(list, &failure->next, failure)) continue;
}

/* Without memory the call still ends as lost, but for the reason. */
void rpi_work_add_loss(rpi_work *work, const rp_error *loss)
{
    rpi_failure *line = rpi_failure_create(loss->message, strlen(loss->message));
    if (!line) return;
    line->facts.cause = RP_CAUSE_LOST;
    line->facts.rank = loss->rank;
    memcpy(line->facts.host, loss->host, sizeof line->facts.host);
    push(&work->losses, line);
}

rpi_batch *rpi_batch_create(void)
{
    size_t size = (sizeof(rpi_batch) + RPI_CACHE_LINE - 1) / RPI_CACHE_LINE * RPI_CACHE_LINE;
    rpi_batch *batch = aligned_alloc(RPI_CACHE_LINE, size);
    if (batch) memset(batch, 0, size);
    return batch;
}

void rpi_batch_destroy(rpi_batch *batch)
{
    if (!batch) return;
    rpi_failure_free_list(atomic_load(&batch->failures));
    free(batch->taken);
    rpi_rates_destroy(batch->rates);
    free(batch);
}

void rpi_batch_reset(rpi_batch *batch, rpi_work *work, uint64_t first, uint64_t count)
{
    batch->work = work;
    batch->first = first;
    batch->count = count;
    batch->queued = batch->whole = batch->urgent = batch->rated = false;
    batch->avoid_rank = -1;
    batch->attempt = 1;
    batch->status = RP_OK;
    free(batch->taken);
    batch->taken = NULL;
    atomic_store(&batch->next, 0);
    atomic_store(&batch->users, 0);
    atomic_store(&batch->n_run, 0);
    atomic_store(&batch->busy_ns, 0);
    rpi_failure_free_list(atomic_exchange(&batch->failures, NULL));
    for (int k = 0; k < work->task->n_arguments; k++) {
        const rp_column *column = &work->arguments[k];
        const char *data = column->data;
        if (column->kind == RP_COLUMN_ARRAY) batch->views[k] = (rp_view){data + first * column->stride_bytes, column->stride_bytes};
        else batch->views[k] = (rp_view){column->kind == RP_COLUMN_CONSTANT ? data : NULL, 0};
    }
}

void rpi_batch_reset_part(rpi_batch *part, const rpi_batch *whole, uint64_t offset, uint64_t count)
{
    rpi_batch_reset(part, whole->work, whole->first + offset, count);
    for (int k = 0; k < whole->work->task->n_arguments; k++) {
        part->views[k] = whole->views[k];
        if (part->views[k].base) part->views[k].base += offset * part->views[k].stride_bytes;
    }
    part->results = whole->results + offset * whole->work->task->result_size;
    part->attempt = whole->attempt;
    part->urgent = whole->urgent;
}

void rpi_batch_add_failure(rpi_batch *batch, rpi_failure *failure) { push(&batch->failures, failure); }

static bool claim_static(rpi_batch *batch, unsigned worker, uint64_t *begin, uint64_t *end)
{
    if (batch->taken[worker]) return false;
    batch->taken[worker] = 1;
    *begin = rpi_schedule_split(batch->count, worker, batch->schedule.n_workers);
    *end = rpi_schedule_split(batch->count, worker + 1, batch->schedule.n_workers);
    atomic_fetch_add(&batch->next, *end - *begin);
    return *end > *begin;
}

/* Items that take about least_s, at least `chunk` of them, for a worker that has the batch to itself: nobody waits for what it takes. */
static uint64_t alone_size(const rpi_batch *batch, uint64_t position, uint64_t chunk, double least_s)
{
    double items = least_s / rpi_work_item_s(batch->work);
    uint64_t left = batch->count - position, size = items < (double)left ? (uint64_t)items : left;
    return size < chunk ? chunk : size / chunk * chunk;
}

static bool is_alone(const rpi_batch *batch, double least_s)
{
    return least_s > 0 && batch->schedule.n_workers == 1 && rpi_work_item_s(batch->work) > 0;
}

/* Chunks of a fixed size that take about least_s together: no more than a quarter of a worker's share of what is left, nor than what was
 * handed out so far supports. */
static uint64_t several_chunks(const rpi_batch *batch, uint64_t chunk, double least_s)
{
    uint64_t position = atomic_load_explicit(&batch->next, memory_order_relaxed);
    double item_s = rpi_work_item_s(batch->work), workers = batch->schedule.n_workers ? batch->schedule.n_workers : 1;
    if (item_s <= 0 || position >= batch->count) return chunk;
    if (is_alone(batch, least_s)) return alone_size(batch, position, chunk, least_s);
    double chunks = least_s / (item_s * (double)chunk), fair = (double)(batch->count - position) / (double)chunk / (4 * workers);
    double reach = (double)position / (double)chunk / workers;
    if (chunks > fair) chunks = fair;
    if (chunks > reach) chunks = reach;
    return chunks < 2 ? chunk : (uint64_t)chunks * chunk;
}

/* Whether the item at that offset mustn't be started any more. */
static bool is_cut_short(const rpi_batch *batch, uint64_t offset)
{
    if (rpi_work_stopped(batch->work, batch->first + offset)) return true;
    return batch->attempt > 1 && atomic_load(&batch->work->draining);
}

static bool nothing_more(rpi_batch *batch)
{
    atomic_store(&batch->next, batch->count);
    return false;
}

/* The position is written without being read before: that would fetch the cache line twice, which the other workers keep taking away. */
static bool claim_fixed(rpi_batch *batch, double least_s, uint64_t *begin, uint64_t *end)
{
    uint64_t count = batch->count, chunk = batch->schedule.chunk < count ? batch->schedule.chunk : count;
    if (least_s > 0) chunk = several_chunks(batch, chunk, least_s);
    *begin = atomic_fetch_add_explicit(&batch->next, chunk, memory_order_relaxed);
    if (*begin >= count) return false;
    if (is_cut_short(batch, *begin)) return nothing_more(batch);
    *end = chunk < count - *begin ? *begin + chunk : count;
    return true;
}

static bool claim_sized(rpi_batch *batch, double least_s, uint64_t *begin, uint64_t *end)
{
    uint64_t position = atomic_load_explicit(&batch->next, memory_order_relaxed), size;
    rpi_schedule schedule = batch->schedule;
    if (schedule.target_s < least_s) schedule.target_s = least_s;
    do {
        if (position >= batch->count) return false;
        if (is_alone(batch, least_s) && schedule.kind == RP_SCHEDULE_AUTO) size = alone_size(batch, position, 1, least_s);
        else size = rpi_schedule_size(&schedule, position, rpi_work_item_s(batch->work));
    } while (!atomic_compare_exchange_weak_explicit(&batch->next, &position, position + size, memory_order_relaxed, memory_order_relaxed));
    *begin = position;
    *end = position + size;
    return true;
}

/* Others may have claimed since the position was read: the size is then that of a moment ago. */
static bool claim_rated(rpi_batch *batch, unsigned worker, uint64_t *begin, uint64_t *end)
{
    uint64_t position = atomic_load_explicit(&batch->next, memory_order_relaxed);
    uint64_t size = rpi_rates_size(batch->rates, worker, &batch->schedule, position), count = batch->count;
    *begin = atomic_fetch_add_explicit(&batch->next, size, memory_order_relaxed);
    if (*begin >= count) return false;
    *end = size < count - *begin ? *begin + size : count;
    return true;
}

bool rpi_batch_claim_for(rpi_batch *batch, unsigned worker, double least_s, uint64_t *begin, uint64_t *end)
{
    if (batch->taken) return claim_static(batch, worker, begin, end);
    if (batch->schedule.kind == RP_SCHEDULE_FIXED) return claim_fixed(batch, least_s, begin, end);
    uint64_t next = atomic_load_explicit(&batch->next, memory_order_relaxed);
    if (next >= batch->count) return false;
    if (is_cut_short(batch, next)) return nothing_more(batch);
    return batch->rated ? claim_rated(batch, worker, begin, end) : claim_sized(batch, least_s, begin, end);
}

bool rpi_batch_claim(rpi_batch *batch, unsigned worker, uint64_t *begin, uint64_t *end)
{
    return rpi_batch_claim_for(batch, worker, 0, begin, end);
}

bool rpi_batch_exhausted(rpi_batch *batch) { return atomic_load(&batch->next) >= batch->count; }
