/* firsthit_rankpool.c: firsthit_openmp.c with a pool: blocks are searched in order, as far ahead as the window, until one has a hit. */
#include <rankpool/rankpool.h>

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
RP_TASK(search, int64_t, int64_t)

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    int64_t hit = -1;
    rp_iter *hits = NULL;
    rp_error error;
    rp_status status = rp_imap(pool, search_task, RP_ITEMS(100000, RP_RANGE(0, BLOCK)), NULL, &hits, &error);
    while (status == RP_OK && hit < 0) status = rp_iter_next(hits, &hit, -1, &error);
    rp_iter_free(hits);
    if (status != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    printf("%lld\n", (long long)hit);
    return 0;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
