/*
 * completions.c: calls as they finish, with more made meanwhile: the steps of the Collatz sequences of some numbers. Each call goes 100
 * steps; a sequence that isn't over gets another call.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>

typedef struct sequence {
    int64_t start, now, steps;
} sequence;

static sequence go_on(sequence at)
{
    for (int i = 0; i < 100 && at.now != 1; i++, at.steps++) at.now = at.now % 2 ? 3 * at.now + 1 : at.now / 2;
    return at;
}
RP_TASK(go_on, sequence, sequence)

static rp_status call(rp_pool *pool, rp_completions *calls, sequence *of, rp_error *error)
{
    rp_result *result;
    rp_status status = rp_apply_async(pool, go_on_task, of, RP_COLUMNS(RP_CONSTANT(*of)), NULL, &result, error);
    if (status == RP_OK) status = rp_completions_add(calls, result, of);
    return status;
}

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    sequence all[] = {{27, 27, 0}, {97, 97, 0}, {871, 871, 0}, {6171, 6171, 0}};
    rp_completions *calls;
    rp_result *result;
    void *tag;
    rp_error error;
    rp_status status = rp_completions_open(&calls, &error);
    if (status != RP_OK) return 1;
    for (int i = 0; i < 4 && status == RP_OK; i++) status = call(pool, calls, &all[i], &error);
    while (status == RP_OK && (status = rp_completions_next(calls, -1, &result, &tag)) == RP_OK) {
        sequence *done = tag;
        status = rp_result_get(result, -1, &error);
        rp_result_free(result);
        if (status == RP_OK && done->now != 1) status = call(pool, calls, done, &error);
    }
    rp_completions_free(calls);
    if (status != RP_END) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    for (int i = 0; i < 4; i++) printf("%lld takes %lld steps\n", (long long)all[i].start, (long long)all[i].steps);
    return 0;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
