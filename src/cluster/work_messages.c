/* work_messages.c: see work_messages.h. */
#include "cluster/work_messages.h"

#include "base/size.h"
#include "task/columns.h"
#include "task/pack.h"

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
    rpi_places_find(batch, first, count, namer, true, &places);
    size_t size = rpi_places_packed_size(&places, batch, first, count);
    const char *items = size > RPI_LARGE_DATA && places.n == 0 ? one_array(batch, first) : NULL;
    rpi_message *message = rpi_message_create(RPI_WORK, pool, items ? 0 : size);
    if (!message) return NULL;
    message->outside = items;
    message->header.size = size;
    message->header.work.first = batch->first + first;
    message->header.work.count = count;
    message->header.work.attempt = batch->attempt;
    message->header.work.placed = places.mask;
    if (!items) rpi_places_pack(message->data, &places, batch, first, count);
    return message;
}

rp_status rpi_work_message_unpack(rpi_message *message, rpi_batch *batch, rpi_held *held)
{
    char *from = (char *)(uintptr_t)rpi_message_bytes(message); /* borrowed items hold no pointers, so unpacking doesn't change them */
    const rpi_work_sent *work = &message->header.work;
    return rpi_places_unpack(from, message->header.size, (unsigned)work->placed, work->count, batch, NULL, true, held);
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
    return rpi_unpack_call(message->data, message->header.size, work, error);
}

/* ---- DONE ---- */

rpi_message *rpi_done_message_create(uint64_t pool, const rpi_work *work, uint64_t count, bool placed, char **results)
{
    bool emitted = work->task->result_type == RP_TYPE_BYTES;
    size_t size = rpi_size_product(count, work->task->result_size);
    rpi_message *message = rpi_message_create(RPI_DONE, pool, emitted || placed ? 0 : size);
    if (!message || placed) return message;
    *results = emitted ? calloc(count ? count : 1, sizeof(rp_bytes)) : message->data;
    if (*results) return message;
    rpi_message_free(message);
    return NULL;
}

void rpi_done_message_drop_results(const rpi_batch *batch)
{
    if (batch->work->task->result_type != RP_TYPE_BYTES || !batch->results) return;
    rp_bytes_free((rp_bytes *)(void *)batch->results, (size_t)batch->count);
    free(batch->results);
}

/* The message grows only by emitted results and failures, which aren't known when the chunk starts. */
rpi_message *rpi_done_message_finish(rpi_message *message, rpi_batch *batch)
{
    bool emitted = batch->work->task->result_type == RP_TYPE_BYTES;
    const rpi_failure *failures = atomic_load(&batch->failures);
    uint64_t n_failures;
    size_t size = emitted ? rpi_pack_emitted_size(batch) : 0;
    if (!emitted && message->header.size > 0) size = (size_t)batch->count * batch->work->task->result_size; /* else they have places */
    size_t failures_at = rpi_pack_align(size), total = failures_at + rpi_pack_failures_size(failures, &n_failures);
    if (n_failures == 0) total = size;
    if (total > message->capacity) {
        rpi_message *grown = realloc(message, sizeof *message + total + 1);
        if (!grown) {
            rpi_message_free(message);
            return NULL;
        }
        message = grown;
        message->capacity = total;
    }
    if (emitted) rpi_pack_emitted(message->data, batch);
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
    if (!alone || header->done.count != count || task->result_size == 0) return NULL;
    if (header->size != rpi_size_product(count, task->result_size)) return NULL;
    return batch->results + first * task->result_size;
}

bool rpi_done_message_unpack(const rpi_message *message, rpi_batch *batch, uint64_t first, bool placed)
{
    const rpi_done *done = &message->header.done;
    const char *from = rpi_message_bytes(message);
    bool is_there = message->outside && message->outside == batch->results + first * batch->work->task->result_size;
    if (is_there) return done->n_failures == 0;
    if (!placed && !rpi_unpack_results(from, message->header.size, done->count, batch, first)) return false;
    if (done->n_failures == 0) return true;
    if (done->failures_at > message->header.size) return false;
    return rpi_unpack_failures(from + done->failures_at, message->header.size - done->failures_at, done->n_failures, batch) == RP_OK;
}
