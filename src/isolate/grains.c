/* grains.c: see grains.h. */
#include "isolate/grains.h"

#include "base/size.h"
#include "isolate/mailbox.h"
#include "isolate/progress.h"
#include "task/pack.h"

static const size_t most_bytes = 4 << 20; /* of arguments, and of results, in a grain of more than one item */
static const double long_item_s = 2e-3;

void rpi_grains_begin(rpi_grains *self, const rpi_batch *batch) { *self = (rpi_grains){.batch = batch}; }

void rpi_grains_keep_left(rpi_grains *self, rpi_grain left)
{
    if (left.begin < left.end) self->left[self->n_left++] = left;
}

static bool has_items(const rpi_grains *self, rpi_grain grain)
{
    return grain.begin < grain.end && !rpi_work_stopped(self->batch->work, self->batch->first + grain.begin);
}

bool rpi_grains_have(rpi_grains *self)
{
    while (self->n_left > 0 && !has_items(self, self->left[self->n_left - 1])) self->n_left--;
    if (self->n_left == 0 && !has_items(self, self->grain)) self->grain = (rpi_grain){0};
    return self->n_left > 0 || self->grain.begin < self->grain.end;
}

void rpi_grains_add_claimed(rpi_grains *self, rpi_grain grain) { self->grain = (rpi_grain){grain.begin, grain.end, false}; }

/* Emitted results are packed when a request ends, so a sandbox that dies loses them all. Therefore items that emit go one by one. */
static uint64_t count(const rpi_grains *self, rpi_grain from, uint64_t most_items)
{
    const rp_task *task = self->batch->work->task;
    uint64_t n = task->result_type == RP_TYPE_BYTES ? 1 : rpi_grain_length(from);
    if (from.careful) return 1;
    bool may_cut = self->n_left < RPI_MOST_LEFT - 2 * RPI_REQUESTS; /* what is cut off is one more grain that is left */
    if (n > most_items && may_cut) n = most_items;
    if (n > RPI_MOST_IN_REQUEST) n = RPI_MOST_IN_REQUEST;
    while (n > 1 &&
           (rpi_size_product(n, task->result_size) > most_bytes || rpi_pack_items_size(self->batch, from.begin, n, 0) > most_bytes))
        n /= 2;
    return n;
}

rpi_grain rpi_grains_take(rpi_grains *self, uint64_t most_items)
{
    rpi_grain *from = self->n_left > 0 ? &self->left[self->n_left - 1] : &self->grain;
    rpi_grain next = {from->begin, from->begin + count(self, *from, most_items), from->careful};
    from->begin = next.end;
    if (self->n_left > 0 && from->begin == from->end) self->n_left--;
    return next;
}

bool rpi_grains_are_careful(const rpi_grains *self) { return self->n_left > 0 && self->left[self->n_left - 1].careful; }

bool rpi_grains_may_wait(const rpi_grains *self)
{
    double item_s = rpi_work_item_s(self->batch->work);
    return item_s > 0 && item_s < long_item_s;
}
