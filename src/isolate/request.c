/* request.c: see request.h. A sandbox is not trusted with sizes, as a task may have written anywhere. */
#include "isolate/request.h"

#include "task/pack.h"

#include <string.h>

bool rpi_request_write(rpi_mailbox *mailbox, unsigned turn, const rpi_batch *batch, rpi_grain grain, bool with_call)
{
    rpi_request *request = &mailbox->control->requests[turn];
    rpi_segment *segment = &mailbox->requests[turn];
    size_t call_size = with_call ? rpi_pack_call_size(batch->work) : 0, at = rpi_pack_align(call_size);
    size_t size = rpi_pack_items_size(batch, grain.begin, rpi_grain_length(grain));
    if (!rpi_segment_reserve(segment, at + size + 1)) return false;
    if (with_call) rpi_pack_call(segment->base, batch->work);
    rpi_pack_items(segment->base + at, batch, grain.begin, rpi_grain_length(grain));
    request->call_size = call_size;
    request->items_at = at;
    request->items_size = size;
    request->first = batch->first + grain.begin;
    request->count = rpi_grain_length(grain);
    request->attempt = batch->attempt;
    return true;
}

bool rpi_request_take_results(rpi_mailbox *mailbox, unsigned turn, rpi_batch *batch, rpi_grain finished, size_t size)
{
    rpi_segment *response = &mailbox->responses[turn];
    uint64_t count = rpi_grain_length(finished);
    if (count == 0) return true;
    return rpi_segment_reserve(response, size) && rpi_unpack_results(response->base, size, count, batch, finished.begin);
}

bool rpi_request_take_failures(rpi_mailbox *mailbox, unsigned turn, rpi_batch *batch, rpi_grain grain, rpi_context *context)
{
    const rpi_request *request = &mailbox->control->requests[turn];
    rpi_segment *response = &mailbox->responses[turn];
    uint64_t at = request->failures_at, size = request->failures_size;
    if (request->n_failures == 0) return true;
    if (at > RPI_SEGMENT_ROOM || size > RPI_SEGMENT_ROOM - at || !rpi_segment_reserve(response, (size_t)(at + size))) return false;
    rpi_batch *told = rpi_batch_create();
    if (!told) return false;
    told->work = batch->work;
    told->first = batch->first + grain.begin;
    told->count = rpi_grain_length(grain);
    bool ok = rpi_unpack_failures(response->base + at, (size_t)size, request->n_failures, told);
    for (const rpi_failure *failure = atomic_load(&told->failures); ok && failure; failure = failure->next)
        rpi_context_fail_item(context, batch, &failure->facts, failure->message);
    rpi_batch_destroy(told);
    return ok;
}

void rpi_request_refusal(rpi_mailbox *mailbox, unsigned turn, rp_error *error)
{
    rpi_segment *response = &mailbox->responses[turn];
    bool refused = mailbox->control->requests[turn].status != RP_OK;
    memset(error, 0, sizeof *error);
    if (refused && rpi_segment_reserve(response, sizeof *error)) memcpy(error, response->base, sizeof *error);
    error->text[sizeof error->text - 1] = '\0';
    if (!error->text[0]) rp_error_set(error, RP_SYSTEM, 0, "there was no memory for its results, or they didn't come back whole");
}

void rpi_request_release(rpi_mailbox *mailbox, unsigned turn)
{
    rpi_segment_trim(&mailbox->requests[turn]);
    rpi_segment_trim(&mailbox->responses[turn]);
    atomic_store(&mailbox->control->requests[turn].state, RPI_REQUEST_FREE);
}
