/*
 * sample.h: numbers drawn at random without repetition, one by one and in constant memory: a permutation of 0 to size - 1 that depends on
 * the seed alone. The first n of it are a sample of n. The same on any machine. Pure functions.
 */
#ifndef RANKPOOL_CLI_SAMPLE_H
#define RANKPOOL_CLI_SAMPLE_H

#include <stdint.h>

typedef struct sample {
    uint64_t size, seed;
    unsigned half_bits; /* of each half of a number */
} sample;

/* `size`: 1 to 2^63. */
sample sample_of(uint64_t size, uint64_t seed);

/* The number at place `index` of the permutation; `index` is below the size. */
uint64_t sample_at(const sample *drawn, uint64_t index);

#endif
