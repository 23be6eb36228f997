/*
 * lazy.c: an endless source. Items are made as results are taken, at most a window of 32 ahead, and the reader stops when it has enough.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>

/* How many steps the Collatz sequence takes from `start` to 1. */
static int steps(uint64_t start)
{
    int count = 0;
    for (uint64_t n = start; n != 1; n = n % 2 ? 3 * n + 1 : n / 2) count++;
    return count;
}
RP_TASK(steps, int, uint64_t)

/* The odd numbers from *state on. A source that ends returns RP_END. */
static rp_status next_odd(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    (void)may_wait, (void)error; /* a source that reads a socket would look at both */
    uint64_t *number = state;
    *(uint64_t *)arguments[0] = *number;
    *number += 2;
    return RP_OK;
}

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    uint64_t number = 1;
    int count = 0;
    rp_iter *iterator;
    rp_error error;
    rp_call_options options = {.window = 32};
    rp_status status = rp_imap(pool, steps_task, RP_GENERATOR(next_odd, &number), &options, &iterator, &error);
    if (status == RP_OK) {
        while (count < 300 && (status = rp_iter_next(iterator, &count, -1, &error)) == RP_OK) continue;
        if (status == RP_OK) printf("%d takes %d steps\n", (int)(2 * rp_iter_index(iterator) + 1), count);
        printf("%s ahead\n", rp_iter_pulled(iterator) - (uint64_t)rp_iter_index(iterator) <= 33 ? "not far" : "too far");
        rp_iter_free(iterator); /* what hasn't started won't */
    }
    if (status != RP_OK) fprintf(stderr, "%s\n", rp_error_text(&error));
    return status != RP_OK;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
