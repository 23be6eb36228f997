/*
 * shared.c: arrays that all ranks of a host see, and a table that each host gets once.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>

enum { N = 100000, POINTS = 1001 };
typedef double table[POINTS]; /* of 1 / (1 + x), from 0 to 1 */

static void step(double *next, const double *x, const table *values) { *next = (*values)[(int)(*x * (POINTS - 1))]; }
RP_TASK_POINTER(step, double, double, table)

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    rp_error error;
    table values;
    for (int i = 0; i < POINTS; i++) values[i] = 1 / (1 + i / (POINTS - 1.0));
    double *x = rp_alloc(pool, N * sizeof *x, &error);                   /* its items and results are copied nowhere */
    const table *shared = rp_share(pool, values, sizeof values, &error); /* sent once, an argument of each call */
    int failed = !x || !shared;
    for (int i = 0; i < N && !failed; i++) x[i] = i / (double)N;
    for (int k = 0; k < 20 && !failed; k++)
        failed = rp_starmap(pool, step_task, x, N, RP_COLUMNS(RP_COLUMN(x), RP_CONSTANT_AT(shared)), NULL, &error) != RP_OK;
    if (failed) fprintf(stderr, "%s\n", rp_error_text(&error));
    else printf("%.3f %.3f\n", x[0], x[N - 1]);
    rp_free(x);
    rp_free(shared);
    return failed;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
