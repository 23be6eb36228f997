/* batch.c: see batch.h. */
#include "task/batch.h"

#include "base/lines.h"
#include "task/columns.h"

#include <stdlib.h>
#include <string.h>

rpi_batch *rpi_batch_create(void) { return rpi_lines_alloc(sizeof(rpi_batch)); }

void rpi_batch_forget_taken(rpi_batch *batch)
{
    rpi_claims *claims = &batch->claims;
    if (claims->taken != claims->few_taken) free(claims->taken);
    claims->taken = NULL;
}

void rpi_batch_free_claims(rpi_batch *batch)
{
    rpi_batch_forget_taken(batch);
    rpi_rates_destroy(batch->claims.rates);
    batch->claims.rates = NULL;
}

void rpi_batch_fini(rpi_batch *batch)
{
    rpi_failure_free_list(atomic_load(&batch->failures));
    rpi_batch_free_claims(batch);
}

void rpi_batch_destroy(rpi_batch *batch)
{
    if (!batch) return;
    rpi_batch_fini(batch);
    rpi_lines_free(batch);
}

/* Keeps the memory of the rates for the next use. */
static void reset_claims(rpi_claims *claims)
{
    claims->rated = claims->queued = false;
    atomic_store(&claims->next, 0);
    atomic_store(&claims->n_given_back, 0);
    atomic_store(&claims->users, 0);
}

void rpi_batch_reset(rpi_batch *batch, rpi_work *work, uint64_t first, uint64_t count)
{
    batch->work = work;
    batch->first = first;
    batch->count = count;
    batch->whole = batch->urgent = false;
    batch->avoid_rank = -1;
    batch->attempt = 1;
    batch->ran_on = 0;
    batch->earlier = 0;
    batch->n_died = 0;
    batch->status = RP_OK;
    batch->partials = NULL;
    batch->result_stride = work->task->result_size;
    batch->waiter = NULL;
    rpi_batch_forget_taken(batch);
    reset_claims(&batch->claims);
    atomic_store(&batch->n_run, 0);
    atomic_store(&batch->busy_ns, 0);
    rpi_failure_free_list(atomic_exchange(&batch->failures, NULL));
    for (int k = 0; k < work->task->n_arguments; k++) batch->views[k] = rpi_column_view(&work->arguments[k], first);
}

void rpi_batch_reset_part(rpi_batch *part, const rpi_batch *whole, uint64_t offset, uint64_t count)
{
    rpi_batch_reset(part, whole->work, whole->first + offset, count);
    for (int k = 0; k < whole->work->task->n_arguments; k++) {
        part->views[k] = whole->views[k];
        if (part->views[k].base) part->views[k].base += offset * part->views[k].stride_bytes;
    }
    part->results = rpi_batch_result(whole, offset);
    part->result_stride = whole->result_stride;
    part->partials = whole->partials;
    part->attempt = whole->attempt;
    part->earlier = whole->earlier;
    part->n_died = whole->n_died;
    part->urgent = whole->urgent;
}

void rpi_batch_put_results(const rpi_batch *batch, uint64_t offset, const char *from, uint64_t count)
{
    size_t size = batch->work->task->result_size;
    if (!rpi_batch_has_gaps(batch)) memcpy(rpi_batch_result(batch, offset), from, (size_t)count * size);
    else
        for (uint64_t i = 0; i < count; i++) memcpy(rpi_batch_result(batch, offset + i), from + i * size, size);
}

void rpi_batch_end(rpi_batch *batch)
{
    if (batch->waiter) rpi_waiter_tell(batch->waiter);
    else batch->done(batch);
}

void rpi_batch_add_failure(rpi_batch *batch, rpi_failure *failure) { rpi_failure_push(&batch->failures, failure); }
