/* message.c: see message.h. */
#include "message.h"

#include "pack.h"

#include <stdlib.h>
#include <string.h>

rpi_message *rpi_message_create(rpi_message_kind kind, size_t body_size)
{
    rpi_message *message = malloc(sizeof *message + body_size + 1);
    if (!message) return NULL;
    memset(message, 0, sizeof *message);
    message->capacity = body_size;
    message->header.kind = kind;
    message->header.body_size = body_size;
    message->body[body_size] = '\0';
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
    message->body[message->capacity] = '\0';
    return at < message->header.body_size ? message->body + at : "";
}

/* ---- WORK, CALL ---- */

rpi_message *rpi_message_pack_work(const rpi_batch *batch, uint64_t first, uint64_t count)
{
    rpi_message *message = rpi_message_create(RPI_WORK, rpi_pack_items_size(batch, first, count));
    if (!message) return NULL;
    message->header.first = batch->first + first;
    message->header.count = count;
    message->header.number = batch->attempt;
    rpi_pack_items(message->body, batch, first, count);
    return message;
}

bool rpi_message_unpack_work(rpi_message *message, rpi_batch *batch)
{
    return rpi_unpack_items(message->body, message->header.body_size, message->header.count, batch);
}

rpi_message *rpi_message_pack_call(const rpi_work *work)
{
    rpi_message *message = rpi_message_create(RPI_CALL, rpi_pack_call_size(work));
    if (!message) return NULL;
    message->header.call = work->id;
    rpi_pack_call(message->body, work);
    return message;
}

rp_status rpi_message_unpack_call(const rpi_message *message, rpi_work *work, rp_error *error)
{
    return rpi_unpack_call(message->body, message->header.body_size, work, error);
}

/* ---- DONE ---- */

rpi_message *rpi_message_create_done(const rpi_work *work, uint64_t count, char **results)
{
    bool emitted = work->task->result_type == RP_TYPE_BYTES;
    size_t size = (size_t)count * work->task->result_size;
    rpi_message *message = rpi_message_create(RPI_DONE, emitted ? 0 : size);
    if (!message) return NULL;
    *results = emitted ? calloc(count ? count : 1, sizeof(rp_bytes)) : message->body;
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

/* The message grows only by what isn't known when the parcel starts: emitted results, and failures. */
rpi_message *rpi_message_finish_done(rpi_message *message, rpi_batch *batch)
{
    bool emitted = batch->work->task->result_type == RP_TYPE_BYTES;
    const rpi_failure *failures = atomic_load(&batch->failures);
    uint64_t n_failures;
    size_t size = emitted ? rpi_pack_emitted_size(batch) : message->header.body_size;
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
    if (emitted) rpi_pack_emitted(message->body, batch);
    rpi_pack_failures(message->body + failures_at, failures);
    message->header.body_size = total;
    message->header.n_failures = n_failures;
    message->header.failures_at = failures_at;
    message->header.count = batch->count;
    return message;
}

bool rpi_message_unpack_done(const rpi_message *message, rpi_batch *batch, uint64_t first)
{
    const rpi_header *header = &message->header;
    if (!rpi_unpack_results(message->body, header->body_size, header->count, batch, first)) return false;
    if (header->n_failures == 0) return true;
    if (header->failures_at > header->body_size) return false;
    return rpi_unpack_failures(message->body + header->failures_at, header->body_size - header->failures_at, header->n_failures, batch);
}
