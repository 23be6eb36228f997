/*
 * estimate.h: how long an item takes, learnt from what runs: the time over the items of about the last thirty grains or chunks,
 * so that longer ones count for more. A single grain says little where items are uneven. Chunks that are sized by it would be
 * long or short at random.
 */
#ifndef RPI_SCHEDULE_ESTIMATE_H
#define RPI_SCHEDULE_ESTIMATE_H

#include <stdatomic.h>
#include <stdint.h>

typedef struct rpi_estimate {
    _Atomic double items, seconds; /* each new grain makes the older ones count a little less; 0: nothing is known */
} rpi_estimate;

/* Any thread. Threads may overwrite each other's grain; the estimate tolerates that. */
static inline void rpi_estimate_add(rpi_estimate *self, uint64_t n_items, double seconds)
{
    static const double keep = 31.0 / 32, least_s = 1e-12; /* 0 means not known, so an item takes at least this */
    if (n_items == 0) return;
    double items = atomic_load_explicit(&self->items, memory_order_relaxed) * keep + (double)n_items;
    double sum_s = atomic_load_explicit(&self->seconds, memory_order_relaxed) * keep + seconds + least_s * (double)n_items;
    atomic_store_explicit(&self->items, items, memory_order_relaxed);
    atomic_store_explicit(&self->seconds, sum_s, memory_order_relaxed);
}

/* Seconds; 0: not known yet. */
static inline double rpi_estimate_item_s(const rpi_estimate *self)
{
    double items = atomic_load_explicit(&self->items, memory_order_relaxed);
    return items > 0 ? atomic_load_explicit(&self->seconds, memory_order_relaxed) / items : 0;
}

/* How many items it rests on; 0: nothing is known. */
static inline double rpi_estimate_n_items(const rpi_estimate *self) { return atomic_load_explicit(&self->items, memory_order_relaxed); }

#endif
