/* accumulator.h: accumulators of bytes of any length, and how any accumulator is freed. */
#ifndef RPI_TASK_ACCUMULATOR_H
#define RPI_TASK_ACCUMULATOR_H

#include <rankpool/fold.h>

#include <stdbool.h>

struct rp_accumulator {
    char *data;
    size_t size, capacity;
    bool failed; /* there was no memory for a resize */
};

/* Bytes of memory that an accumulator of the fold takes; it begins as zeros. */
size_t rpi_accumulator_size(const rp_fold *fold);

/* Frees what it points to. */
void rpi_accumulator_fini(const rp_fold *fold, void *accumulator);

/* Whether memory ran out in one of its resizes. */
bool rpi_accumulator_failed(const rp_fold *fold, const void *accumulator);
/* The same happened to another one of bytes, which it has taken in. */
static inline void rpi_accumulator_fail(void *accumulator) { ((rp_accumulator *)accumulator)->failed = true; }

/* What it has, as bytes to be sent; and fills one, all zero at first, with such bytes. False: no memory, or they are another's. */
rp_bytes rpi_accumulator_bytes(const rp_fold *fold, const void *accumulator);
bool rpi_accumulator_fill(const rp_fold *fold, void *accumulator, rp_bytes bytes);

#endif
