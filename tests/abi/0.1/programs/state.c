/*
 * state.c: a table that each worker makes once, out of what the client says, and that its items use.
 */
#include <rankpool/rankpool.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIZE = 1024 };

/* Runs in each worker of each rank. A failure would make the opening of the pool fail. */
static int make_table(rp_bytes argument, void **state)
{
    double exponent = *(const double *)argument.data;
    double *table = malloc(SIZE * sizeof(double));
    if (!table) return rp_fail(ENOMEM, "no memory for the table");
    for (int i = 0; i < SIZE; i++) table[i] = pow(i, exponent);
    *state = table;
    return 0;
}
RP_INITIALIZER(table, make_table, free)

static double look_up(int64_t i) { return ((const double *)rp_worker_state())[i % SIZE]; }
RP_TASK(look_up, double, int64_t)

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    double roots[2000];
    rp_error error;
    if (rp_map(pool, look_up_task, roots, 2000, RP_RANGE(0, 1), NULL, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    printf("%g %g %.4f\n", roots[16], roots[1024 + 81], roots[1023]);
    return 0;
}

int main(int argc, char **argv)
{
    double exponent = 0.5;
    rp_pool_options options = {.initializer = table_initializer, .initializer_argument = {&exponent, sizeof exponent}};
    return rp_main(argc, argv, client, &options);
}
