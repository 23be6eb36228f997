/*
 * tasks.c: the tasks and the initializer of the conformance suite. They run on any rank, so they report by their results. Only the
 * initializer counts in its own process.
 */
#include "tasks.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void sleep_for(double seconds)
{
    struct timespec left = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - floor(seconds)) * 1e9)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {}
}

/* ---- values ---- */

double energy(double mass, double speed) { return 0.5 * mass * speed * speed; }
RP_TASK(energy, double, double, double)

double wave(double x) { return sin(x) * exp(-x / 1000.0); }
RP_TASK(wave, double, double)

int64_t square(int64_t x) { return x * x; }
RP_TASK(square, int64_t, int64_t)

double blend(double scale, int32_t shift, int64_t x, float weight, uint8_t flags)
{
    return scale * (double)(x + shift) + (double)weight * flags;
}
RP_TASK(blend, double, double, int32_t, int64_t, float, uint8_t)

point mirror(point from, double axis) { return (point){2 * axis - from.x, from.y, -from.label}; }
RP_TASK(mirror, point, point, double)

uint64_t checksum(rp_bytes bytes)
{
    uint64_t sum = 14695981039346656037u + bytes.size;
    const unsigned char *byte = bytes.data;
    for (size_t i = 0; i < bytes.size; i++) sum = (sum ^ byte[i]) * 1099511628211u;
    return sum;
}
RP_TASK(checksum, uint64_t, rp_bytes)

static int64_t nap(double seconds, int64_t x)
{
    sleep_for(seconds);
    return x;
}
RP_TASK(nap, int64_t, double, int64_t)

static int64_t stumble(double seconds, int32_t code, int64_t x)
{
    sleep_for(seconds);
    if (code != 0) return rp_fail(code, STUMBLE_TEXT " %lld", (long long)x);
    return x;
}
RP_TASK(stumble, int64_t, double, int32_t, int64_t)

/* Fails with a text of so many bytes, more than an error object holds. */
static int64_t long_complaint(int64_t size)
{
    char *text = malloc((size_t)size + 1);
    if (text == NULL) return rp_fail(ENOMEM, "no memory for the text");
    memset(text, 'x', (size_t)size);
    text[size] = '\0';
    rp_fail(1, "%s", text);
    free(text);
    return 0;
}
RP_TASK(long_complaint, int64_t, int64_t)

/* ---- pointers ---- */

void turn(matrix *result, const matrix *from, const double *factor)
{
    for (int row = 0; row < 3; row++) {
        for (int column = 0; column < 3; column++) (*result)[3 * column + row] = *factor * (*from)[3 * row + column];
    }
}
RP_TASK_POINTER(turn, matrix, matrix, double)

static atomic_int starts[MAX_START_POOLS];
static atomic_int finishes[MAX_START_POOLS];

typedef struct start_state {
    int pool_number;
    int number;
} start_state;

static void where_am_i(whereabouts *result, const double *seconds)
{
    const start_state *state = rp_worker_state();
    sleep_for(*seconds);
    *result = (whereabouts){rp_item_index(), rp_rank(), rp_worker(), state != NULL ? state->number : 0,
                            state != NULL ? atomic_load(&starts[state->pool_number]) : 0};
}
RP_TASK_POINTER(where_am_i, whereabouts, double)

/* ---- ranges ---- */

static void scale_all(size_t n, double *result, const double *factor, const double *x)
{
    for (size_t i = 0; i < n; i++) result[i] = factor[i] * x[i];
}
RP_TASK_RANGE(scale_all, double, double, double)

static void add_all(size_t n, int64_t *result, const int64_t *a, const int32_t *b)
{
    for (size_t i = 0; i < n; i++) result[i] = a[i] + b[i];
}
RP_TASK_RANGE(add_all, int64_t, int64_t, int32_t)

static void stumble_all(size_t n, int64_t *result, const int32_t *code, const int64_t *x)
{
    memcpy(result, x, n * sizeof(*x));
    for (size_t i = 0; i < n; i++) {
        if (code[i] != 0) rp_fail(code[i], STUMBLE_TEXT " %lld", (long long)x[i]);
    }
}
RP_TASK_RANGE(stumble_all, int64_t, int32_t, int64_t)

/* ---- emitted ---- */

static void repeat(rp_bytes word, int64_t times)
{
    for (int64_t i = 0; i < times; i++) rp_emit(word.data, word.size);
}
RP_TASK_EMIT(repeat, rp_bytes, int64_t)

static void describe(int64_t x)
{
    char text[64];
    int length = snprintf(text, sizeof(text), "%0*lld", 1 + (int)(x % 40), (long long)x);
    rp_emit(text, (size_t)length);
}
RP_TASK_EMIT(describe, int64_t)

static void stumble_emit(int32_t code, int64_t x)
{
    rp_emit(&x, sizeof(x));
    if (code != 0) rp_fail(code, STUMBLE_TEXT " %lld", (long long)x);
}
RP_TASK_EMIT(stumble_emit, int32_t, int64_t)

/* ---- the initializer ---- */

static int launch_rank(void)
{
    rp_launch_info launch;
    rp_main_launch(&launch);
    return launch.rank;
}

static int count_start(rp_bytes argument, void **state)
{
    start_order order;
    if (argument.size != sizeof(order)) return rp_fail(EINVAL, "the initializer's argument has %zu bytes", argument.size);
    memcpy(&order, argument.data, sizeof(order));
    int number = 1 + atomic_fetch_add(&starts[order.pool_number], 1);
    if (order.failing_rank == launch_rank() || order.failing_start == number) {
        rp_fail(42, "the workshop is locked");
        return 1;
    }
    start_state *mine = malloc(sizeof(*mine));
    if (mine == NULL) return ENOMEM;
    *mine = (start_state){order.pool_number, number};
    *state = mine;
    return 0;
}

static void count_finish(void *state)
{
    start_state *mine = state;
    atomic_fetch_add(&finishes[mine->pool_number], 1);
    free(mine);
}
RP_INITIALIZER(count, count_start, count_finish)

int tasks_starts(int pool_number) { return atomic_load(&starts[pool_number]); }
int tasks_finishes(int pool_number) { return atomic_load(&finishes[pool_number]); }

const suite_tasks tasks = {
    .energy = energy_task,
    .wave = wave_task,
    .square = square_task,
    .blend = blend_task,
    .mirror = mirror_task,
    .checksum = checksum_task,
    .turn = turn_task,
    .where_am_i = where_am_i_task,
    .scale_all = scale_all_task,
    .add_all = add_all_task,
    .stumble_all = stumble_all_task,
    .repeat = repeat_task,
    .describe = describe_task,
    .stumble_emit = stumble_emit_task,
    .nap = nap_task,
    .stumble = stumble_task,
    .long_complaint = long_complaint_task,
    .initializer = count_initializer,
};
