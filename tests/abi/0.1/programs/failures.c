/*
 * failures.c: items that fail, some of them only once: retries, a list of what failed, and the results of the others.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>

static double reciprocal(int x)
{
    if (x == 0) return rp_fail(33, "no reciprocal of 0");
    if (x % 4 == 3 && rp_attempt() == 1) return rp_fail(11, "%d is shy", x); /* as a server that is busy for a moment */
    return 1.0 / x;
}
RP_TASK(reciprocal, double, int)

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    int x[] = {1, 2, 3, 0, 4, 5, 0, 7};
    double results[8];
    rp_status statuses[8];
    rp_result *handle;
    rp_error error;
    rp_call_options options = {.on_error = RP_ON_ERROR_COLLECT, .retries = 2, .statuses = statuses};
    if (rp_map_async(pool, reciprocal_task, results, 8, RP_COLUMN(x), &options, &handle, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    rp_result_wait(handle, -1);
    for (uint64_t k = 0; rp_result_failure(handle, k, &error) == RP_OK; k++) {
        printf("item %d: %s, code %d, attempt %d: %s\n", (int)error.item, rp_cause_text(error.cause), error.code, error.attempt,
               error.message);
    }
    for (int i = 0; i < 8; i++) {
        if (statuses[i] == RP_OK) printf("1/%d = %.3f\n", x[i], results[i]);
    }
    rp_result_free(handle);
    return 0;
}

int main(int argc, char **argv)
{
    rp_pool_options options = {.retry_pause_s = 0.01};
    return rp_main(argc, argv, client, &options);
}
