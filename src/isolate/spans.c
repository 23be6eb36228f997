/* spans.c: see spans.h. */
#include "isolate/spans.h"

#include "isolate/exchange.h"
#include "task/pack.h"

static const size_t most_bytes = 4 << 20; /* of arguments, and of results, in a span of more than one item */
static const double long_item_s = 2e-3;

void rpi_spans_begin(rpi_spans *self, const rpi_batch *batch) { *self = (rpi_spans){.batch = batch}; }

void rpi_spans_keep_left(rpi_spans *self, rpi_span left)
{
    if (left.begin < left.end) self->left[self->n_left++] = left;
}

static bool has_items(const rpi_spans *self, rpi_span span)
{
    return span.begin < span.end && !rpi_work_stopped(self->batch->work, self->batch->first + span.begin);
}

bool rpi_spans_have(rpi_spans *self)
{
    while (self->n_left > 0 && !has_items(self, self->left[self->n_left - 1])) self->n_left--;
    if (self->n_left == 0 && !has_items(self, self->grain)) self->grain = (rpi_span){0, 0};
    return self->n_left > 0 || self->grain.begin < self->grain.end;
}

void rpi_spans_add_grain(rpi_spans *self, rpi_span grain) { self->grain = grain; }

/* Emitted results are packed when a request ends, so one that dies has none: items go one by one. */
static uint64_t count(const rpi_spans *self, rpi_span from, uint64_t most_items)
{
    const rp_task *task = self->batch->work->task;
    uint64_t n = task->result_type == RP_TYPE_BYTES ? 1 : rpi_span_length(from);
    bool may_cut = self->n_left < RPI_MOST_LEFT - RPI_REQUESTS; /* what is cut off takes a place among those left */
    if (n > most_items && may_cut) n = most_items;
    while (n > 1 && (n > most_bytes / task->result_size || rpi_pack_items_size(self->batch, from.begin, n) > most_bytes)) n /= 2;
    return n;
}

rpi_span rpi_spans_take(rpi_spans *self, uint64_t most_items)
{
    rpi_span *from = self->n_left > 0 ? &self->left[self->n_left - 1] : &self->grain;
    rpi_span next = {from->begin, from->begin + count(self, *from, most_items)};
    from->begin = next.end;
    if (self->n_left > 0 && from->begin == from->end) self->n_left--;
    return next;
}

bool rpi_spans_may_wait(const rpi_spans *self)
{
    double item_s = rpi_work_item_s(self->batch->work);
    return item_s > 0 && item_s < long_item_s;
}
