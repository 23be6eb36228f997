/*
 * primes.c: counts the primes below a million: imap_unordered over a range of blocks, whose counts are summed as they come.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>

enum { BLOCK = 1000, BLOCKS = 1000 };

static int is_prime(int64_t n)
{
    if (n < 4) return n > 1;
    if (n % 2 == 0) return 0;
    for (int64_t divisor = 3; divisor * divisor <= n; divisor += 2) {
        if (n % divisor == 0) return 0;
    }
    return 1;
}

/* How many primes there are in start <= n < start + BLOCK. */
static int count_primes(int64_t start)
{
    int count = 0;
    for (int64_t n = start; n < start + BLOCK; n++) count += is_prime(n);
    return count;
}
RP_TASK(count_primes, int, int64_t)

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    rp_iter *counts;
    rp_error error;
    int count, total = 0;
    rp_status status = rp_imap_unordered(pool, count_primes_task, RP_ITEMS(BLOCKS, RP_RANGE(0, BLOCK)), NULL, &counts, &error);
    if (status == RP_OK) {
        while ((status = rp_iter_next(counts, &count, -1, &error)) == RP_OK) total += count;
        rp_iter_free(counts);
    }
    if (status != RP_END) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    printf("%d primes below %d\n", total, BLOCK * BLOCKS);
    return 0;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
