/*
 * seed.h: numbers that look random, made of a seed and a counter: the mixing function of SplitMix64 (Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", 2014), with the constants of Stafford's variant 13. It is a bijection: different counters
 * under one seed give different numbers, and so do different seeds for one counter.
 */
#ifndef RPI_BASE_SEED_H
#define RPI_BASE_SEED_H

#include <stdint.h>

static inline uint64_t rpi_seed_mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* The number of that counter under a seed. Counters may follow each other, and so may seeds. */
static inline uint64_t rpi_seed_at(uint64_t seed, uint64_t counter)
{
    return rpi_seed_mix(rpi_seed_mix(seed) + (counter + 1) * UINT64_C(0x9e3779b97f4a7c15));
}

#endif
