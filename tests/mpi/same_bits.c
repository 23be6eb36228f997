/*
 * same_bits.c: sums whose bits any other order of the items, or any other grouping of them, would change; with all schedules. Prints the
 * bits, the same lines on any number of ranks and threads: same_bits.sh compares them. The argument: threads of each rank.
 */
#include <rankpool/rankpool.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_OF(array) (sizeof(array) / sizeof(array)[0])

/* Blocks of the tree have 1, 2 and 64 items. */
static const uint64_t counts[] = {3001, 140003, 64 * 65536 + 12345};
enum { MOST = 64 * 65536 + 12345, LARGE = 1000000 };

/* Of either sign, and of very different sizes. */
static double rough(double x)
{
    uint64_t mixed = ((uint64_t)x + 1) * UINT64_C(0x9e3779b97f4a7c15);
    double value = (double)(mixed >> 32) / 3.0;
    return (mixed & 0x10000 ? -value : value) * (mixed & 0x20000 ? 1e-7 : 1);
}
RP_TASK(rough, double, double)

static void rough_all(size_t n, double *result, const double *x)
{
    for (size_t i = 0; i < n; i++) result[i] = rough(x[i]);
}
RP_TASK_RANGE(rough_all, double, double)

static double unlike(double a, double b) { return 0.75 * a + b; } /* not even associative */
RP_COMBINE(unlike, double)

typedef struct sum {
    uint64_t n;
    const rp_fold *fold;
    const rp_task *task;
    rp_column items;
} sum;

typedef union bits {
    unsigned char bytes[sizeof(rp_moments)];
    double value;
    rp_moments moments;
} bits;

static bool reduce(rp_pool *pool, const sum *what, const rp_call_options *options, bits *value)
{
    rp_error error = {0};
    memset(value, 0, sizeof *value);
    if ((rp_reduce)(pool, what->task, what->fold, value, what->n, ((rp_columns){1, &what->items}), options, &error) == RP_OK) return true;
    printf("%s: %s\n", what->fold->name, rp_error_text(&error));
    return false;
}

/* Whether the call has a chunk of that size with the schedule; 0: as it likes. Single items of large calls would be too many messages. */
static bool has_chunk(const sum *what, rp_schedule schedule, uint64_t chunk)
{
    if (schedule != RP_SCHEDULE_FIXED) return chunk == 0;
    return what->n / (chunk ? chunk : 1) <= 5000;
}

/* With the schedule, and with chunks that end where no block does. */
static bool reduce_alike(rp_pool *pool, const sum *what, rp_schedule schedule, const bits *expected)
{
    static const uint64_t chunks[] = {0, 37, 4099};
    for (size_t c = 0; c < N_OF(chunks); c++) {
        rp_call_options options = {.schedule = schedule, .chunk = chunks[c]};
        bits value;
        if (!has_chunk(what, schedule, chunks[c])) continue;
        if (!reduce(pool, what, &options, &value)) return false;
        if (memcmp(&value, expected, sizeof value) == 0) continue;
        printf("%s of %llu, %s, chunk %llu: %a, not %a\n", what->fold->name, (unsigned long long)what->n, rp_schedule_name(schedule),
               (unsigned long long)chunks[c], value.value, expected->value);
        return false;
    }
    return true;
}

static bool all_schedules_are_alike(rp_pool *pool, const sum *what, const bits *expected)
{
    rp_name name;
    for (size_t row = 0; rp_enumeration("rp_schedule", row, &name); row++)
        if (!reduce_alike(pool, what, (rp_schedule)name.value, expected)) return false;
    return true;
}

static void show(const rp_fold *fold, uint64_t n, const bits *value)
{
    printf("%s of %llu:", fold->name, (unsigned long long)n);
    for (size_t k = 0; k < fold->size; k++) printf(" %02x", value->bytes[k]);
    printf("\n");
}

/* Of the item form and the range form, of an array and of a range: all have the same bits. The largest call has one of them. */
static bool show_sum(rp_pool *pool, uint64_t n, const rp_fold *fold, const double *numbers)
{
    bits value;
    if (!reduce(pool, &(sum){n, fold, rough_all_task, RP_COLUMN(numbers)}, NULL, &value)) return false;
    for (int k = n > LARGE ? 3 : 0; k < 4; k++) {
        sum what = {n, fold, k & 2 ? rough_all_task : rough_task, k & 1 ? RP_RANGE(0, 1) : RP_COLUMN(numbers)};
        if (!all_schedules_are_alike(pool, &what, &value)) return false;
    }
    show(fold, n, &value);
    return true;
}

static int client(rp_pool *pool, int argc, char **argv)
{
    static double numbers[MOST];
    const rp_fold *const folds[] = {rp_sum_double, unlike_fold, rp_moments_double};
    (void)argc, (void)argv;
    for (size_t i = 0; i < MOST; i++) numbers[i] = (double)i;
    for (size_t c = 0; c < N_OF(counts); c++)
        for (size_t f = 0; f < (counts[c] > LARGE ? 2 : N_OF(folds)); f++)
            if (!show_sum(pool, counts[c], folds[f], numbers)) return 1;
    return 0;
}

int main(int argc, char **argv)
{
    rp_pool_options options = {.executor = RP_EXECUTOR_HYBRID, .threads = argc > 1 ? atoi(argv[1]) : 1};
    return rp_main(argc, argv, client, &options);
}
