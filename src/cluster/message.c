/* message.c: see message.h. */
#include "cluster/message.h"

#include "task/pack.h"

#include <stdlib.h>
#include <string.h>

rpi_message *rpi_message_create(rpi_message_kind kind, size_t payload_size)
{
    rpi_message *message = malloc(sizeof *message + payload_size + 1);
    if (!message) return NULL;
    memset(message, 0, sizeof *message);
    message->capacity = payload_size;
    message->header.kind = kind;
    message->header.payload_size = payload_size;
    message->payload[payload_size] = '\0';
    return message;
}

void rpi_message_free(rpi_message *message) { free(message); }

void rpi_message_free_list(rpi_message *list)
{
    while (list) {
        rpi_message *next = list->next;
        rpi_message_free(list);
        list = next;
    }
}

const char *rpi_message_text(rpi_message *message, size_t at)
{
    message->payload[message->capacity] = '\0';
    return at < message->header.payload_size ? message->payload + at : "";
}

/* ---- WORK, CALL ---- */

/* The items, if packing them would be no more than a copy; NULL otherwise. */
static const char *one_array(const rpi_batch *batch, uint64_t first)
{
    const rp_task *task = batch->work->task;
    const char *found = NULL;
    for (int k = 0; k < task->n_arguments; k++) {
        if (batch->work->arguments[k].kind != RP_COLUMN_ARRAY) continue;
        if (found || task->argument_types[k] == RP_TYPE_BYTES || batch->views[k].stride_bytes != task->argument_sizes[k]) return NULL;
        found = batch->views[k].base + first * task->argument_sizes[k];
    }
    return found;
}

rpi_message *rpi_message_pack_work(const rpi_batch *batch, uint64_t first, uint64_t count)
{
    size_t size = rpi_pack_items_size(batch, first, count);
    const char *items = size > RPI_LARGE_PAYLOAD ? one_array(batch, first) : NULL;
    rpi_message *message = rpi_message_create(RPI_WORK, items ? 0 : size);
    if (!message) return NULL;
    message->outside = items;
    message->header.payload_size = size;
    message->header.first = batch->first + first;
    message->header.count = count;
    message->header.number = batch->attempt;
    if (!items) rpi_pack_items(message->payload, batch, first, count);
    return message;
}

bool rpi_message_unpack_work(rpi_message *message, rpi_batch *batch)
{
    char *from = (char *)(uintptr_t)rpi_message_bytes(message); /* lent items are bytes alone, which unpacking leaves as they are */
    return rpi_unpack_items(from, message->header.payload_size, message->header.count, batch);
}

rpi_message *rpi_message_pack_call(const rpi_work *work)
{
    rpi_message *message = rpi_message_create(RPI_CALL, rpi_pack_call_size(work));
    if (!message) return NULL;
    message->header.call = work->id;
    rpi_pack_call(message->payload, work);
    return message;
}

rp_status rpi_message_unpack_call(const rpi_message *message, rpi_work *work, rp_error *error)
{
    return rpi_unpack_call(message->payload, message->header.payload_size, work, error);
}

/* ---- DONE ---- */

rpi_message *rpi_message_create_done(const rpi_work *work, uint64_t count, char **results)
{
    bool emitted = work->task->result_type == RP_TYPE_BYTES;
    size_t size = (size_t)count * work->task->result_size;
    rpi_message *message = rpi_message_create(RPI_DONE, emitted ? 0 : size);
    if (!message) return NULL;
    *results = emitted ? calloc(count ? count : 1, sizeof(rp_bytes)) : message->payload;
    if (*results) return message;
    rpi_message_free(message);
    return NULL;
}

void rpi_message_drop_results(const rpi_batch *batch)
{
    if (batch->work->task->result_type != RP_TYPE_BYTES || !batch->results) return;
    rp_bytes_free((rp_bytes *)(void *)batch->results, (size_t)batch->count);
    free(batch->results);
}

/* The message grows only by what isn't known when the chunk starts: emitted results, and failures. */
rpi_message *rpi_message_finish_done(rpi_message *message, rpi_batch *batch)
{
    bool emitted = batch->work->task->result_type == RP_TYPE_BYTES;
    const rpi_failure *failures = atomic_load(&batch->failures);
    uint64_t n_failures;
    size_t size = emitted ? rpi_pack_emitted_size(batch) : message->header.payload_size;
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
    if (emitted) rpi_pack_emitted(message->payload, batch);
    rpi_pack_failures(message->payload + failures_at, failures);
    message->header.payload_size = total;
    message->header.n_failures = n_failures;
    message->header.failures_at = failures_at;
    message->header.count = batch->count;
    return message;
}

char *rpi_message_done_destination(const rpi_header *header, const rpi_batch *batch, uint64_t first, uint64_t count)
{
    const rp_task *task = batch->work->task;
    bool alone = header->status == RP_OK && header->n_failures == 0 && task->result_type != RP_TYPE_BYTES;
    if (!alone || header->count != count || header->payload_size != count * task->result_size) return NULL;
    return batch->results + first * task->result_size;
}

bool rpi_message_unpack_done(const rpi_message *message, rpi_batch *batch, uint64_t first)
{
    const rpi_header *header = &message->header;
    const char *from = rpi_message_bytes(message);
    bool is_there = message->outside && message->outside == batch->results + first * batch->work->task->result_size;
    if (is_there) return header->n_failures == 0;
    if (!rpi_unpack_results(from, header->payload_size, header->count, batch, first)) return false;
    if (header->n_failures == 0) return true;
    if (header->failures_at > header->payload_size) return false;
    return rpi_unpack_failures(from + header->failures_at, header->payload_size - header->failures_at, header->n_failures, batch);
}
