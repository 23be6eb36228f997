/* size.h: sums and products of sizes that don't wrap: what is too large is SIZE_MAX, which no allocation gives. */
#ifndef RPI_BASE_SIZE_H
#define RPI_BASE_SIZE_H

#include <stddef.h>
#include <stdint.h>

static inline size_t rpi_size_sum(size_t a, size_t b)
{
    size_t sum;
    return __builtin_add_overflow(a, b, &sum) ? SIZE_MAX : sum;
}

static inline size_t rpi_size_product(uint64_t n, size_t each)
{
    size_t product;
    return __builtin_mul_overflow(n, each, &product) ? SIZE_MAX : product;
}

#endif
