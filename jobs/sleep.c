/*
 * sleep.c: the job `sleep`, which uses no processor: an item waits for its number of seconds, times `scale`. It shows what a schedule, or a
 * number of ranks, does with items of such durations, even on a machine with fewer cores than workers.
 */
#include "jobs.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

static const double longest_s = 1e6;

typedef struct slept {
    double asked_s;
    double seconds; /* that it took; the name is the one that `rankpool simulate` reads */
} slept;

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static slept sleep_for(double scale, double seconds)
{
    double wanted_s = scale * seconds, begun_s = now_s();
    if (!(wanted_s >= 0 && wanted_s <= longest_s)) {
        rp_fail(EINVAL, "can't sleep for %g s; 0 to %g s can be slept", wanted_s, longest_s);
        return (slept){0};
    }
    struct timespec left = {.tv_sec = (time_t)wanted_s, .tv_nsec = (long)((wanted_s - (double)(time_t)wanted_s) * 1e9)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) continue; /* no other error is possible with such a time */
    return (slept){wanted_s, now_s() - begun_s};
}
RP_TASK(sleep_for, slept, double, double)

/* The bound argument and the column that points to it. */
typedef struct sleep_bound {
    double scale;
    rp_column column;
} sleep_bound;

static rp_status sleep_bind(const rp_job_request *request, rp_columns *bound, void **state, rp_error *error)
{
    sleep_bound *made = malloc(sizeof(*made));
    if (!made) return rp_error_set(error, RP_NO_MEMORY, 0, "out of memory");
    made->scale = request->values[0].number;
    made->column = RP_CONSTANT_AT(&made->scale);
    *bound = (rp_columns){1, &made->column};
    *state = made;
    return RP_OK;
}

static const rp_param sleep_params[] = {
    {"scale", RP_PARAM_NUMBER, "1", "what the seconds are multiplied with", 0, 1e6},
    {NULL, RP_PARAM_TEXT, NULL, NULL, 0, 0},
};

static const rp_field sleep_fields[] = {
    {"asked_s", RP_TYPE_DOUBLE, offsetof(slept, asked_s)},
    {"seconds", RP_TYPE_DOUBLE, offsetof(slept, seconds)},
    {NULL, RP_TYPE_RECORD, 0},
};

const rp_job rp_job_sleep = {
    .name = "sleep",
    .help = "waits for a time, to try schedules and numbers of ranks",
    .item_help = "a number of seconds",
    .task = sleep_for_task,
    .params = sleep_params,
    .fields = sleep_fields,
    .bind = sleep_bind,
    .unbind = free,
    .defaults = {.mostly_waits = 1},
};
