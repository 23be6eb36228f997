/*
 * async.c: two calls at once. A callback hears of the end of one, the client waits for the other.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>

/* The area below height * x * x between 0 and 1, in so many steps. */
static double area(double height, int64_t steps)
{
    double sum = 0;
    for (int64_t i = 0; i < steps; i++) {
        double x = ((double)i + 0.5) / (double)steps;
        sum += height * x * x / (double)steps;
    }
    return sum;
}
RP_TASK(area, double, double, int64_t)

static int say_done(rp_result *result, const rp_error *error, void *sum)
{
    (void)result, (void)error; /* error is NULL: this isn't the error_callback */
    printf("the callback sees %.3f\n", *(double *)sum);
    return 0;
}

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    double heights[] = {3, 6, 9}, areas[3], one_area;
    rp_result *many = NULL, *one = NULL;
    rp_error error;
    rp_columns columns = RP_COLUMNS(RP_COLUMN(heights), RP_CONSTANT((int64_t)1000000));
    rp_call_options options = {.callback = say_done, .callback_argument = &one_area};
    rp_status status = rp_starmap_async(pool, area_task, areas, 3, columns, NULL, &many, &error);
    columns = RP_COLUMNS(RP_CONSTANT(12.0), RP_CONSTANT((int64_t)1000));
    if (status == RP_OK) status = rp_apply_async(pool, area_task, &one_area, columns, &options, &one, &error);
    if (status == RP_OK) status = rp_result_get(many, 60, &error); /* after a minute: RP_TIMEOUT, and the call goes on */
    rp_pool_close(pool);
    rp_pool_join(pool, NULL); /* all calls and callbacks are finished */
    if (status == RP_OK) printf("the client sees %.3f %.3f %.3f\n", areas[0], areas[1], areas[2]);
    else fprintf(stderr, "%s\n", rp_error_text(&error));
    rp_result_free(many);
    rp_result_free(one);
    return status != RP_OK;
}

int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
