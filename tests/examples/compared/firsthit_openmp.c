/* firsthit_openmp.c: the first number whose mixed bits end in 20 zeros. Numbers after the first hit need no look. */
#include <stdint.h>
#include <stdio.h>

enum { BLOCK = 4096 };

static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* The first hit among start, …, start + BLOCK - 1; -1: there is none. */
static int64_t search(int64_t start)
{
    for (int64_t n = start; n < start + BLOCK; n++) {
        if (n > 0 && mix((uint64_t)n) % (1 << 20) == 0) return n;
    }
    return -1;
}

int main(void)
{
    int64_t first = INT64_MAX;
#pragma omp parallel for schedule(monotonic : dynamic)
    for (int64_t block = 0; block < 100000; block++) {
        int64_t known;
#pragma omp atomic read
        known = first;
        int64_t hit = block * BLOCK < known ? search(block * BLOCK) : -1;
#pragma omp critical
        if (hit >= 0 && hit < first) first = hit;
    }
    printf("%lld\n", (long long)first);
    return 0;
}
