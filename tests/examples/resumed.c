/*
 * resumed.c: a long run that may be killed at any time. Started again with the same arguments, it goes on where it was.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>
#include <time.h>

/* Something that takes its time. */
static double flight_time(double speed, double angle)
{
    struct timespec pause = {.tv_nsec = 5000000};
    nanosleep(&pause, NULL);
    return 2 * speed * angle / 9.81; /* of small angles */
}
RP_TASK(flight_time, double, double, double)

static int client(rp_pool *pool, int argc, char **argv)
{
    static double times[400];
    double sum = 0;
    rp_error error;
    rp_call_options options = {.key = "flight times"};
    (void)argc, (void)argv;
    rp_columns items = RP_COLUMNS(RP_LINSPACE(10, 50, 400), RP_CONSTANT(0.05));
    if (rp_starmap(pool, flight_time_task, times, 400, items, &options, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 1;
    }
    for (int i = 0; i < 400; i++) sum += times[i];
    printf("400 flights, %.2f s together\n", sum);
    return 0;
}

int main(int argc, char **argv)
{
    rp_pool_options options = {.journal = argc > 1 ? argv[1] : NULL}; /* a folder */
    return rp_main(argc, argv, client, &options);
}
