/*
 * myjob.c: a job of one's own for the program, in a shared library: how many steps the Collatz sequence takes from each item to 1.
 *
 *     cc -shared -fPIC myjob.c -o myjob.so
 *     rankpool run ./myjob.so 6 27 --format csv
 */
#include <rankpool/job.h>

typedef struct path {
    int64_t steps, highest;
} path;

static path collatz(int64_t most_steps, int64_t n)
{
    path taken = {0, n};
    if (n < 1) rp_fail(1, "%lld isn't positive", (long long)n);
    for (; n > 1 && taken.steps < most_steps; taken.steps++) {
        n = n % 2 ? 3 * n + 1 : n / 2;
        if (n > taken.highest) taken.highest = n;
    }
    if (n > 1) rp_fail(2, "it takes more than %lld steps", (long long)most_steps);
    return taken;
}
RP_TASK(collatz, path, int64_t, int64_t)

/* The parameter is the task's first argument. */
static rp_status bind(const rp_job_request *request, rp_columns *bound, void **state, rp_error *error)
{
    static rp_column steps;
    (void)state, (void)error;
    steps = RP_CONSTANT_AT(&request->values[0].integer);
    *bound = (rp_columns){1, &steps};
    return RP_OK;
}

static const rp_param params[] = {{"steps", RP_PARAM_INTEGER, "1000", "the most that an item may take", 0, 1e9}, {.name = NULL}};
static const rp_field fields[] = {
    {"steps", RP_TYPE_INT64, offsetof(path, steps)}, {"highest", RP_TYPE_INT64, offsetof(path, highest)}, {.name = NULL}};
static const rp_job job = {.name = "collatz",
                           .help = "how many steps the Collatz sequence takes from a number to 1",
                           .item_help = "a positive integer",
                           .task = collatz_task,
                           .params = params,
                           .fields = fields,
                           .bind = bind};
RP_JOB(job)
