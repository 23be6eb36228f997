/*
 * sample.c: a Feistel network permutes the numbers of an even number of bits, fewer than four times as many as there are. A number beyond
 * the size is permuted again until one is within it ("cycle walking"; Black and Rogaway, Ciphers with Arbitrary Finite Domains, 2002).
 */
#include "sample.h"

enum { ROUNDS = 8 };

/* The finaliser of splitmix64 (Steele, Lea and Flood, 2014): each bit of the result depends on all bits. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

sample sample_of(uint64_t size, uint64_t seed)
{
    unsigned half_bits = 1;
    while (half_bits < 32 && size > (uint64_t)1 << 2 * half_bits) half_bits++;
    return (sample){size, seed, half_bits};
}

static uint64_t permute(const sample *drawn, uint64_t x)
{
    uint64_t mask = ((uint64_t)1 << drawn->half_bits) - 1, left = x >> drawn->half_bits, right = x & mask;
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        uint64_t next = left ^ (mix(right + mix(drawn->seed + round * 0x9E3779B97F4A7C15u)) & mask);
        left = right;
        right = next;
    }
    return left << drawn->half_bits | right;
}

uint64_t sample_at(const sample *drawn, uint64_t index)
{
    uint64_t x = index;
    do x = permute(drawn, x);
    while (x >= drawn->size);
    return x;
}
