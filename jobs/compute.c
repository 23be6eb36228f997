/*
 * compute.c: the job `compute`, work for a processor: the sum of cos(i x) over 0 <= i < iterations, one cosine and one addition a step.
 * Tests compare it with the closed form, the Dirichlet kernel: sin(n x / 2) / sin(x / 2) * cos((n - 1) x / 2), or n for x = 0.
 */
#include "jobs.h"

#include <math.h>
#include <stdlib.h>

static double compute(int64_t iterations, double x)
{
    double sum = 0.0;
    for (int64_t i = 0; i < iterations; i++) sum += cos((double)i * x);
    return sum;
}
RP_TASK(compute, double, int64_t, double)

/* The bound argument and the column that points to it. */
typedef struct compute_bound {
    int64_t iterations;
    rp_column column;
} compute_bound;

static rp_status compute_bind(const rp_job_request *request, rp_columns *bound, void **state, rp_error *error)
{
    compute_bound *made = malloc(sizeof(*made));
    if (!made) return rp_error_set(error, RP_NO_MEMORY, 0, "out of memory");
    made->iterations = request->values[0].integer;
    made->column = RP_CONSTANT_AT(&made->iterations);
    *bound = (rp_columns){1, &made->column};
    *state = made;
    return RP_OK;
}

/* Up to 2^53 each i is exact as a double. */
static const rp_param compute_params[] = {
    {"iterations", RP_PARAM_INTEGER, "10000000", "cosines to add for each item", 0, 9007199254740992.0},
    {NULL, RP_PARAM_TEXT, NULL, NULL, 0, 0},
};

static const rp_field compute_fields[] = {
    {"value", RP_TYPE_DOUBLE, 0},
    {NULL, RP_TYPE_RECORD, 0},
};

const rp_job rp_job_compute = {
    .name = "compute",
    .help = "work for a processor: the sum of cos(i x) over 0 <= i < iterations",
    .item_help = "a number x",
    .task = compute_task,
    .params = compute_params,
    .fields = compute_fields,
    .bind = compute_bind,
    .unbind = free,
};
