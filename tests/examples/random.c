/*
 * random.c: pi by darts, with random numbers that are the same on any number of ranks and threads: each item has a generator of its own,
 * xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), which begins with the seed of its item.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>

typedef struct generator {
    uint64_t word[4];
} generator;

static uint64_t turn(uint64_t x, int k) { return x << k | x >> (64 - k); }

/* One seed makes four words by SplitMix64, as the authors advise. */
static generator begin(uint64_t seed)
{
    generator made;
    for (int k = 0; k < 4; k++) {
        uint64_t x = seed += UINT64_C(0x9e3779b97f4a7c15);
        x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
        made.word[k] = x ^ x >> 31;
    }
    return made;
}

static uint64_t next(generator *g)
{
    uint64_t *s = g->word, result = turn(s[0] + s[3], 23) + s[0], shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = turn(s[3], 45);
    return result;
}

/* From 0 to below 1, in steps of 2 to the power of -53. */
static double uniform(generator *g) { return (double)(next(g) >> 11) * 0x1p-53; }

/* How many of n darts at a square hit the quarter of a circle in it. */
static int64_t hits(int64_t n)
{
    generator g = begin(rp_item_seed());
    int64_t inside = 0;
    for (int64_t k = 0; k < n; k++) {
        double x = uniform(&g), y = uniform(&g);
        inside += x * x + y * y < 1;
    }
    return inside;
}
RP_TASK(hits, int64_t, int64_t)

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    const int64_t darts = 10000, items = 400;
    int64_t inside;
    rp_error error;
    rp_call_options options = {.seed = 2021};
    if (rp_reduce(pool, hits_task, rp_sum_int64, &inside, (uint64_t)items, RP_COLUMNS(RP_CONSTANT(darts)), &options, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    printf("%lld of %lld darts: pi is about %.3f\n", (long long)inside, (long long)(darts * items),
           4 * (double)inside / (double)(darts * items));
    return 0;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
