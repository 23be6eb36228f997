/* montecarlo_rankpool.c: montecarlo_openmp.c with a pool. */
#include <rankpool/rankpool.h>

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
RP_TASK(hits, int64_t, int64_t)

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    int64_t total;
    rp_error error;
    if (rp_reduce(pool, hits_task, rp_sum_int64, &total, BLOCKS, RP_COLUMNS(RP_RANGE(0, 1)), NULL, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    printf("pi is about %.5f\n", 4.0 * (double)total / BLOCKS / POINTS);
    return 0;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
