/* work_messages.c: see work_messages.h. */
#include "cluster/work_messages.h"

#include "base/huge_pages.h"
#include "base/size.h"
#include "task/columns.h"
#include "task/pack_call.h"
#include "task/pack_partials.h"

#include <stdlib.h>

/* ---- WORK, CALL ---- */

/* The items, if they are one array without gaps, so that packing would only copy them. NULL otherwise. */
static const char *one_array(const rpi_batch *batch, uint64_t first)
{
    const rp_task *task = batch->work->task;
    const char *found = NULL;
    for (int k = 0; k < task->n_arguments; k++) {
        if (batch->work->arguments[k].kind != RP_COLUMN_ARRAY) continue;
        if (found || rpi_type_points(task->argument_types[k]) || batch->views[k].stride_bytes != task->argument_sizes[k]) return NULL;
        found = batch->views[k].base + first * task->argument_sizes[k];
    }
    return found;
}

rpi_message *rpi_work_message_pack(uint64_t pool, const rpi_batch *batch, uint64_t first, uint64_t count, const rpi_namer *namer)
{
    rpi_places places;
    rpi_places_find(batch, first, count, namer, !batch->partials, &places);
    size_t size = rpi_places_packed_size(&places, batch, first, count);
    const char *items = size > RPI_LARGE_DATA && places.n == 0 ? one_array(batch, first) : NULL;
    rpi_message *message = rpi_message_create(RPI_WORK, pool, items ? 0 : size);
    if (!message) return NULL;
    message->outside = items;
    message->header.size = size;
    message->header.work.first = batch->first + first;
    message->header.work.count = count;
    message->header.work.attempt = batch->attempt;
    message->header.work.earlier = batch->earlier;
    message->header.work.placed = places.mask;
    if (!items) rpi_places_pack(message->data, &places, batch, first, count);
    return message;
}

rp_status rpi_work_message_unpack(rpi_message *message, rpi_batch *batch, rpi_held *held)
{
    char *from = (char *)(uintptr_t)rpi_message_bytes(message); /* borrowed items hold no pointers, so unpacking doesn't change them */
    const rpi_work_sent *work = &message->header.work;
    return rpi_places_unpack(from, (size_t)message->header.size, (unsigned)work->placed, work->count, batch, NULL, true, held);
}

rpi_message *rpi_call_message_pack(uint64_t pool, const rpi_work *work, const rpi_namer *namer)
{
    rpi_call_places places;
    rpi_call_places_find(work, namer, &places);
    rpi_message *message = rpi_message_create(RPI_CALL, pool, rpi_pack_call_size(work, &places));
    if (!message) return NULL;
    message->header.call.call = work->id;
    rpi_pack_call(message->data, work, &places);
    return message;
}

rp_status rpi_call_message_unpack(const rpi_message *message, rpi_work *work, rp_error *error)
{
    return rpi_unpack_call(message->data, (size_t)message->header.size, work, error);
}

/* ---- DONE ---- */

rpi_message *rpi_done_message_create(uint64_t pool, const rpi_work *work, uint64_t count, bool placed, char **results)
{
    bool emitted = work->task->result_type == RP_TYPE_BYTES;
    size_t size = rpi_size_product(count, work->task->result_size);
    bool kept_elsewhere = placed || work->reduction;
    rpi_message *message = rpi_message_create(RPI_DONE, pool, emitted || kept_elsewhere ? 0 : size);
    if (!message || kept_elsewhere) return message;
    *results = emitted ? calloc(count ? (size_t)count : 1, sizeof(rp_bytes)) : message->data;
    if (*results) return message;
    rpi_message_free(message);
    return NULL;
}

void rpi_done_message_drop_results(rpi_batch *batch)
{
    if (batch->partials) rpi_partials_fini(batch->partials);
    free(batch->partials);
    batch->partials = NULL;
    if (batch->work->task->result_type != RP_TYPE_BYTES || !batch->results) return;
    rp_bytes_free((rp_bytes *)(void *)batch->results, (size_t)batch->count);
    free(batch->results);
}

/* Takes what is folded out of the batch; NULL: nothing is, or its results are kept. */
static rpi_partial *take_folded(rpi_batch *batch)
{
    rpi_partial *folded = batch->partials ? rpi_partials_take_all(batch->partials) : NULL;
    for (const rpi_partial *at = folded; at; at = at->next)
        if (rpi_partial_has_failed(batch->work->reduction, at)) atomic_store(&batch->partials->failed, true);
    if (batch->partials && atomic_load(&batch->partials->failed)) batch->status = RP_NO_MEMORY;
    return folded;
}

/* Bytes of the results, which go before the failures. */
static size_t results_size(const rpi_message *message, const rpi_batch *batch, const rpi_partial *folded)
{
    if (batch->partials) return rpi_partials_packed_size(batch->work->reduction, folded);
    if (batch->work->task->result_type == RP_TYPE_BYTES) return rpi_pack_emitted_size(batch);
    return message->header.size > 0 ? (size_t)batch->count * batch->work->task->result_size : 0; /* 0: they have places */
}

static rpi_message *grow(rpi_message *message, size_t size)
{
    if (size <= message->capacity) return message;
    rpi_message *grown = size < SIZE_MAX / 2 ? realloc(message, sizeof *message + size + 1) : NULL;
    (void)rpi_huge_pages_for(grown, size);
    if (grown) grown->capacity = size;
    else rpi_message_free(message);
    return grown;
}

static void drop_folded(const rpi_batch *batch, rpi_partial *folded)
{
    for (rpi_partial *next; folded; folded = next) {
        next = folded->next;
        rpi_partial_destroy(batch->work->reduction, folded);
    }
}

/* The message grows only by what isn't known when the chunk starts: what is emitted or folded, and failures. */
rpi_message *rpi_done_message_finish(rpi_message *message, rpi_batch *batch)
{
    bool emitted = batch->work->task->result_type == RP_TYPE_BYTES && !batch->partials;
    const rpi_failure *failures = atomic_load(&batch->failures);
    uint64_t n_failures;
    rpi_partial *folded = take_folded(batch);
    size_t size = results_size(message, batch, folded);
    size_t failures_at = rpi_pack_align(size), total = failures_at + rpi_pack_failures_size(failures, &n_failures);
    if (n_failures == 0) total = size;
    message = grow(message, total);
    if (message && emitted) rpi_pack_emitted(message->data, batch);
    if (message && folded) rpi_partials_pack(message->data, batch->work->reduction, folded);
    drop_folded(batch, folded);
    if (!message) return NULL;
    rpi_pack_failures(message->data + failures_at, failures);
    message->header.size = total;
    message->header.done.n_failures = n_failures;
    message->header.done.failures_at = failures_at;
    message->header.done.count = batch->count;
    return message;
}

char *rpi_done_message_destination(const rpi_header *header, const rpi_batch *batch, uint64_t first, uint64_t count)
{
    const rp_task *task = batch->work->task;
    bool alone = header->done.status == RP_OK && header->done.n_failures == 0 && task->result_type != RP_TYPE_BYTES;
    if (!alone || batch->partials || header->done.count != count || task->result_size == 0 || rpi_batch_has_gaps(batch)) return NULL;
    if (header->size != rpi_size_product(count, task->result_size)) return NULL;
    return rpi_batch_result(batch, first);
}

bool rpi_done_message_unpack(const rpi_message *message, rpi_batch *batch, uint64_t first, bool placed)
{
    const rpi_done *done = &message->header.done;
    const char *from = rpi_message_bytes(message);
    bool is_there = message->outside && message->outside == rpi_batch_result(batch, first);
    if (is_there) return done->n_failures == 0;
    if (done->n_failures > 0 && done->failures_at > message->header.size) return false;
    size_t size = (size_t)message->header.size, end = done->n_failures > 0 ? (size_t)done->failures_at : size;
    if (batch->partials && !rpi_partials_unpack(from, end, batch->partials, batch->first + first, done->count)) return false;
    if (!batch->partials && !placed && !rpi_unpack_results(from, size, done->count, batch, first)) return false;
    if (done->n_failures == 0) return true;
    return rpi_unpack_failures(from + done->failures_at, size - (size_t)done->failures_at, done->n_failures, batch) == RP_OK;
}
