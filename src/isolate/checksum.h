/*
 * checksum.h: sums by which a worker sees whether what it copied out of shared memory is what its sandbox wrote. They are made against
 * chance, a task that writes where it shouldn't, and are no signature.
 */
#ifndef RPI_ISOLATE_CHECKSUM_H
#define RPI_ISOLATE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Adds a word to a sum. Another word always gives another sum. */
static inline uint64_t rpi_checksum_add(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * UINT64_C(0x9fb21c651e98df25);
    return sum ^ (sum >> 32);
}

/* The sum of `size` bytes; `seed` says what they are. */
uint64_t rpi_checksum(const void *data, size_t size, uint64_t seed);

#endif
