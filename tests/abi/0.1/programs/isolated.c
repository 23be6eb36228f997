/*
 * isolated.c: a function that crashes, exits and hangs. Each is the failure of one item, and the other items have their results.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int64_t fragile(int64_t x)
{
    if (x == 3) abort();
    if (x == 5) exit(7);
    while (x == 8) sleep(1);
    return x * x;
}
RP_TASK(fragile, int64_t, int64_t)

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    int64_t sum = 0, result;
    rp_iter *iterator;
    rp_error error;
    rp_status status = rp_imap(pool, fragile_task, RP_ITEMS(10, RP_RANGE(0, 1)), NULL, &iterator, &error);
    if (status != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    while ((status = rp_iter_next(iterator, &result, -1, &error)) == RP_OK || status == RP_FAILED) {
        if (status == RP_OK) sum += result;
        else printf("item %d: %s %d\n", (int)error.item, rp_cause_text(error.cause), error.code);
    }
    rp_iter_free(iterator);
    printf("the others add up to %d\n", (int)sum);
    return status != RP_END;
}

int main(int argc, char **argv)
{
    rp_pool_options options = {.isolation = RP_ISOLATION_PROCESS, .timeout_s = 0.5, .on_error = RP_ON_ERROR_COLLECT};
    return rp_main(argc, argv, client, &options);
}
