/* montecarlo_openmp.c: pi by random points: how many of them are within the circle. Each block has random numbers of its own. */
#include <stdint.h>
#include <stdio.h>

enum { BLOCKS = 400, POINTS = 5000 };

static double random_number(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

static int64_t hits(int64_t block)
{
    uint64_t state = (uint64_t)block << 32;
    int64_t count = 0;
    for (int i = 0; i < POINTS; i++) {
        double x = random_number(&state), y = random_number(&state);
        count += x * x + y * y < 1;
    }
    return count;
}

int main(void)
{
    int64_t total = 0;
#pragma omp parallel for schedule(dynamic) reduction(+ : total)
    for (int64_t block = 0; block < BLOCKS; block++) total += hits(block);
    printf("pi is about %.5f\n", 4.0 * (double)total / BLOCKS / POINTS);
    return 0;
}
