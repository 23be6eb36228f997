/* halves.c: prints the sum of 0, 0.5, … 49.5. */
#include <rankpool/rankpool.h>
#include <stdio.h>

static double half(int64_t x) { return (double)x / 2; }
RP_TASK(half, double, int64_t)

static int client(rp_pool *pool, int argc, char **argv)
{
    double sum;
    rp_error error;
    (void)argc, (void)argv;
    if (rp_reduce(pool, half_task, rp_sum_double, &sum, 100, RP_COLUMNS(RP_RANGE(0, 1)), NULL, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    printf("%g\n", sum);
    return 0;
}

int main(int argc, char **argv)
{
    const rp_pool_options options = {.threads = 2};
    return rp_main(argc, argv, client, &options);
}
