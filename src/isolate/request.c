/* request.c: see request.h. */
#include "isolate/request.h"

#include "base/names.h"
#include "isolate/answer.h"
#include "task/pack_call.h"
#include "task/places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool rpi_request_write(rpi_mailbox *mailbox, uint64_t number, const rpi_batch *batch, rpi_grain grain, bool with_call)
{
    unsigned place = rpi_request_place(number);
    rpi_order *order = &mailbox->orders->requests[place];
    rpi_segment *segment = &mailbox->requests[place];
    const rpi_namer *namer = mailbox->attaches ? &rpi_namer_here : NULL;
    rpi_places places;
    rpi_call_places call_places;
    rpi_places_find(batch, grain.begin, rpi_grain_length(grain), namer, false, &places);
    if (with_call) rpi_call_places_find(batch->work, namer, &call_places);
    size_t call_size = with_call ? rpi_pack_call_size(batch->work, &call_places) : 0, at = rpi_pack_align(call_size);
    size_t size = rpi_places_packed_size(&places, batch, grain.begin, rpi_grain_length(grain));
    if (!rpi_segment_reserve(segment, at + size + 1)) return false;
    if (with_call) rpi_pack_call(segment->base, batch->work, &call_places);
    rpi_places_pack(segment->base + at, &places, batch, grain.begin, rpi_grain_length(grain));
    order->placed = places.mask;
    order->n_gone = rpi_regions_n_gone();
    order->call_size = call_size;
    order->items_at = at;
    order->items_size = size;
    order->first = batch->first + grain.begin;
    order->count = rpi_grain_length(grain);
    order->attempt = batch->attempt;
    order->earlier = batch->earlier;
    return true;
}

/* ---- taking ---- */

/* A request of which something is taken. */
typedef struct source {
    const rpi_mailbox *mailbox;
    rpi_segment *segment; /* its response */
    uint64_t number;
    rpi_batch *batch;
    rpi_grain grain;
    size_t result_size, stride;
    char *results;     /* where they go, `stride` apart; NULL: there is no memory for them */
    rpi_answer answer; /* a copy */
} source;

static source source_of(rpi_mailbox *mailbox, uint64_t number, rpi_batch *batch, rpi_grain grain, rpi_context *context)
{
    rpi_segment *segment = &mailbox->responses[rpi_request_place(number)];
    size_t size = batch->work->task->result_size;
    char *results = batch->partials ? rpi_folder_room(&context->folder, batch->work->task, rpi_grain_length(grain))
                                    : rpi_batch_result(batch, grain.begin);
    size_t stride = batch->partials ? size : batch->result_stride;
    return (source){mailbox, segment, number, batch, grain, .result_size = size, .stride = stride, .results = results};
}

static uint64_t count_of(const source *from) { return rpi_grain_length(from->grain); }
static bool emits(const source *from) { return from->batch->work->task->result_type == RP_TYPE_BYTES; }
static char *place_of(const source *from, uint64_t i) { return from->results + i * from->stride; }
static const char *results_of(const source *from) { return from->segment->base + rpi_answer_results_at(count_of(from)); }

/* Whether the i-th receipt is that of the result. */
static bool fits(const char *receipts, uint64_t number, uint64_t i, const void *result, size_t size)
{
    uint64_t receipt;
    rpi_copy_out(&receipt, receipts + i * sizeof receipt, sizeof receipt);
    return receipt == rpi_receipt(number, i, result, size);
}

static bool is_receipt(const source *from, uint64_t i, const void *result, size_t size)
{
    return fits(from->segment->base, from->number, i, result, size);
}

static rpi_taken refuse_for_memory(rp_error *why)
{
    rp_error_set(why, RP_NO_MEMORY, ENOMEM, "out of memory for its results");
    return RPI_TAKEN_REFUSED;
}

/* ---- results of fixed size ---- */

/* The same where there are gaps between them. */
static uint64_t copy_each(const source *from, uint64_t n)
{
    uint64_t i = 0;
    for (bool right = true; i < n && right; i += right) {
        rpi_copy_out(place_of(from, i), results_of(from) + i * from->result_size, from->result_size);
        right = is_receipt(from, i, place_of(from, i), from->result_size);
    }
    return i;
}

/* Returns how many of the first n results are right. */
static uint64_t copy_results(const source *from, uint64_t n)
{
    if (from->stride != from->result_size) return copy_each(from, n);
    uint64_t i = 0, number = from->number;
    size_t size = from->result_size;
    const char *results = place_of(from, 0), *receipts = from->segment->base; /* kept here, as each copy out makes the rest be read anew */
    rpi_copy_out(place_of(from, 0), results_of(from), (size_t)n * size);
    while (i < n && fits(receipts, number, i, results + i * size, size)) i++;
    return i;
}

static bool reserve_results(const source *from, uint64_t n)
{
    return rpi_segment_reserve(from->segment, rpi_answer_results_at(count_of(from)) + (size_t)n * from->result_size);
}

static uint64_t take_finished(const source *from, uint64_t most)
{
    if (most == 0 || emits(from) || !from->results || !reserve_results(from, most)) return 0;
    uint64_t n = 0; /* only what may be right is copied, as items that didn't run mustn't have a result */
    while (n < most && is_receipt(from, n, results_of(from) + n * from->result_size, from->result_size)) n++;
    return n > 0 ? copy_results(from, n) : 0;
}

uint64_t rpi_request_take_finished(rpi_mailbox *mailbox, uint64_t number, rpi_batch *batch, rpi_grain grain, rpi_context *context,
                                   uint64_t most)
{
    source from = source_of(mailbox, number, batch, grain, context);
    uint64_t n = take_finished(&from, most);
    if (batch->partials) rpi_context_fold(context, batch, grain.begin, n);
    return n;
}

/* ---- results that were emitted: the {size} of each, then their bytes ---- */

static rpi_taken copy_emitted(const source *from, uint64_t *n)
{
    uint64_t count = from->answer.n_done;
    size_t size = (size_t)from->answer.emitted_size, at = (size_t)count * sizeof(rp_bytes);
    const char *table = results_of(from);
    for (*n = 0; *n < count; ++*n) {
        rp_bytes item;
        rpi_copy_out(&item, table + *n * sizeof item, sizeof item);
        if (at > size || item.size > size - at) return RPI_TAKEN_DAMAGED;
        char *copy = item.size ? malloc(item.size) : NULL;
        if (item.size && !copy) return RPI_TAKEN_REFUSED;
        if (copy) rpi_copy_out(copy, table + at, item.size);
        if (!is_receipt(from, *n, copy, item.size)) {
            free(copy);
            return RPI_TAKEN_DAMAGED;
        }
        *(rp_bytes *)(void *)place_of(from, *n) = (rp_bytes){copy, item.size};
        at += item.size;
    }
    return RPI_TAKEN_WHOLE;
}

/* Takes the results of the items that are done; `*n` says how many. `*end` is where the failure's record begins. */
static rpi_taken take_results(const source *from, uint64_t *n, size_t *end, rp_error *why)
{
    uint64_t n_done = from->answer.n_done;
    size_t at = rpi_answer_results_at(count_of(from));
    size_t size = emits(from) ? (size_t)from->answer.emitted_size : (size_t)n_done * from->result_size;
    *n = 0;
    *end = rpi_pack_align(at + size);
    if (!from->results || !rpi_segment_reserve(from->segment, at + size + 1)) return refuse_for_memory(why);
    if (n_done == 0) return RPI_TAKEN_WHOLE;
    if (!emits(from)) {
        *n = copy_results(from, n_done);
        return *n == n_done ? RPI_TAKEN_WHOLE : RPI_TAKEN_DAMAGED;
    }
    rpi_taken taken = copy_emitted(from, n);
    return taken == RPI_TAKEN_REFUSED ? refuse_for_memory(why) : taken;
}

/* ---- the failure ---- */

/* Whether it is the failure of the item that ran last. */
static bool is_plausible(const source *from, const rpi_failure *failure)
{
    uint64_t last = from->batch->first + from->grain.begin + from->answer.n_done - 1;
    return failure && !failure->next && failure->facts.item == last && failure->facts.cause != RP_CAUSE_NONE &&
           failure->facts.cause != RP_CAUSE_NOT_BEGUN && rpi_names_of_value(&rpi_cause_names, (int)failure->facts.cause);
}

/* Records the failure whose record is in `record`. */
static rpi_taken unpack_failure(const source *from, const char *record, rpi_context *context)
{
    rpi_batch *told = rpi_batch_create();
    if (!told) return RPI_TAKEN_REFUSED;
    told->work = from->batch->work;
    told->first = from->batch->first + from->grain.begin;
    told->count = count_of(from);
    rp_status status = rpi_unpack_failures(record, (size_t)from->answer.failures_size, from->answer.n_failures, told);
    const rpi_failure *failure = atomic_load(&told->failures);
    bool ok = status == RP_OK && is_plausible(from, failure);
    if (ok) rpi_context_fail_item(context, from->batch, &failure->facts, failure->message);
    rpi_batch_destroy(told);
    return ok ? RPI_TAKEN_WHOLE : status == RP_NO_MEMORY ? RPI_TAKEN_REFUSED : RPI_TAKEN_DAMAGED;
}

static rpi_taken take_failure(const source *from, size_t at, rpi_context *context, rp_error *why)
{
    if (from->answer.n_failures == 0) return RPI_TAKEN_WHOLE;
    size_t size = (size_t)from->answer.failures_size;
    char *record = rpi_segment_reserve(from->segment, at + size + 1) ? malloc(size + 1) : NULL;
    if (!record) return refuse_for_memory(why);
    rpi_copy_out(record, from->segment->base + at, size);
    bool right = rpi_checksum(record, size, from->number) == from->answer.text_sum;
    rpi_taken taken = right ? unpack_failure(from, record, context) : RPI_TAKEN_DAMAGED;
    free(record);
    return taken == RPI_TAKEN_REFUSED ? refuse_for_memory(why) : taken;
}

/* The sandbox couldn't run the items, and says why. */
static rpi_taken take_reason(const source *from, rp_error *why)
{
    bool is_given = from->answer.text_sum != 0; /* else the sandbox had no memory for it */
    if (!is_given || !rpi_segment_reserve(from->segment, sizeof *why)) return refuse_for_memory(why);
    rpi_copy_out(why, from->segment->base, sizeof *why);
    if (rpi_checksum(why, sizeof *why, from->number) != from->answer.text_sum) return RPI_TAKEN_DAMAGED;
    why->text[sizeof why->text - 1] = '\0';
    return RPI_TAKEN_REFUSED;
}

/* ---- all of it ---- */

static rpi_taken take_whole(const source *from, rpi_context *context, uint64_t *n, rp_error *why)
{
    size_t end;
    rpi_taken taken = take_results(from, n, &end, why);
    if (taken != RPI_TAKEN_WHOLE) return taken;
    taken = take_failure(from, end, context, why);
    if (taken == RPI_TAKEN_WHOLE) return taken;
    --*n; /* the item that failed */
    if (emits(from)) rp_bytes_free((rp_bytes *)(void *)place_of(from, *n), 1);
    return taken;
}

rpi_taken rpi_request_take(rpi_mailbox *mailbox, uint64_t number, rpi_batch *batch, rpi_grain grain, rpi_context *context,
                           rpi_taking *taking, rp_error *why)
{
    source from = source_of(mailbox, number, batch, grain, context);
    *taking = (rpi_taking){0};
    if (!rpi_answer_read(mailbox, number, count_of(&from), &from.answer)) {
        taking->n = rpi_request_take_finished(mailbox, number, batch, grain, context, count_of(&from));
        return RPI_TAKEN_DAMAGED;
    }
    if (from.answer.status != RP_OK) return take_reason(&from, why);
    taking->busy_ns = from.answer.busy_ns;
    taking->ended_ns = from.answer.ended_ns;
    rpi_taken taken = take_whole(&from, context, &taking->n, why);
    if (batch->partials) rpi_context_fold(context, batch, grain.begin, taking->n);
    return taken;
}

void rpi_request_release(rpi_mailbox *mailbox, uint64_t number)
{
    rpi_segment_trim(&mailbox->requests[rpi_request_place(number)]);
    rpi_segment_trim(&mailbox->responses[rpi_request_place(number)]);
}
