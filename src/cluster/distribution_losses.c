/* distribution_losses.c: see distribution_losses.h. */
#include "cluster/distribution_losses.h"

#include "cluster/distribution_state.h"
#include "schedule/returned.h"

#include <math.h>

/* As if all had been handed out and were back. Without memory for that they are as any other items. The last loss is still to come. */
void rpi_distribution_suspect(rpi_distribution *self, rpi_distribution_entry *entry, unsigned n_losses)
{
    uint64_t count = entry->dispatch.count;
    rpi_dispatch_range *range = n_losses > 0 && count > 0 ? rpi_distribution_take_range(self) : NULL;
    if (!range) return;
    if (n_losses >= RPI_MOST_LOSSES) n_losses = RPI_MOST_LOSSES - 1;
    *range = (rpi_dispatch_range){.count = count, .piece = n_losses >= RPI_LONE_SUSPECT, .n_losses = n_losses};
    entry->dispatch.position = count;
    rpi_returned_add(&entry->dispatch, range);
}

void rpi_distribution_lose(rpi_distribution *self, int member)
{
    if (self->held && self->held->member == member) self->held = NULL;
    rpi_dispatch_set_workers(&self->dispatch, member, 0);
    RPI_LIST_EACH_SAFE(node, next, &self->out[member]) rpi_distribution_put_back(self, rpi_chunk_of(node));
}

unsigned rpi_distribution_losses(const rpi_distribution *self, const rpi_chunk *chunk)
{
    bool may_be_why = chunk != self->held && (chunk->n_losses == 0 || chunk->is_accepted);
    return chunk->n_losses + may_be_why;
}

/* As many pieces as each has items. A piece that was lost unseen stays as it is. */
static uint64_t piece_of(const rpi_chunk *chunk, unsigned n_losses)
{
    if (n_losses >= RPI_LONE_SUSPECT) return 1;
    return n_losses > chunk->n_losses ? (uint64_t)ceil(sqrt((double)chunk->count)) : 0;
}

/* Has the chunk's items handed out again. Returns how many; 0: there is no memory, or they have seen enough. */
static uint64_t take_over(rpi_distribution *self, rpi_chunk *chunk, unsigned n_losses)
{
    uint64_t count = chunk->count;
    if (count == 0 || n_losses >= RPI_MOST_LOSSES) return 0;
    rpi_dispatch_range *range = chunk->recalled ? chunk->recalled : rpi_distribution_take_range(self);
    if (!range) {
        rpi_distribution_fail_entry(self, chunk->entry);
        return 0;
    }
    *range = (rpi_dispatch_range){.first = chunk->first, .count = count, .piece = piece_of(chunk, n_losses), .n_losses = n_losses};
    chunk->recalled = NULL;
    chunk->count = 0;
    rpi_dispatch_return(&self->dispatch, chunk->member, &chunk->entry->dispatch, range);
    return count;
}

uint64_t rpi_distribution_take_over(rpi_distribution *self, int member)
{
    uint64_t n = 0;
    rpi_dispatch_set_workers(&self->dispatch, member, 0);
    RPI_LIST_EACH_SAFE(node, next, &self->out[member]) {
        rpi_chunk *chunk = rpi_chunk_of(node);
        n += take_over(self, chunk, rpi_distribution_losses(self, chunk));
        if (self->held == chunk) self->held = NULL;
        rpi_distribution_put_back(self, chunk);
    }
    return n;
}
