/*
 * test_shared.c: memory that ranks share, rp_alloc and rp_share. On every executor calls over it give what they give over other memory, and
 * nothing of it is left. Where ranks can have each other's memory (those of one host can), nothing of it is sent.
 */
#include "suite.h"

#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 20000, TABLE = 1 << 18 };

typedef double table[TABLE];

static void look_up(double *result, const table *from, const int64_t *at) { *result = (*from)[*at % TABLE]; }
RP_TASK_POINTER(look_up, double, table, int64_t)

static void double_it(double *result, const double *x) { *result = 2 * *x; }
RP_TASK_POINTER(double_it, double, double)

/* Writes over its argument, which is somebody else's too. */
static void write_over(double *result, const double *x)
{
    if (*x < 0) (void)signal(SIGSEGV, SIG_DFL); /* a sanitizer would exit instead */
    if (*x < 0) *(double *)(uintptr_t)x = 1e9;
    *result = *x;
}
RP_TASK_POINTER(write_over, double, double)

/* How many regions the process that runs it has mapped. Those of one page are the library's own, by which ranks wake each other. */
static int64_t count_regions(int64_t x)
{
    char line[512];
    int64_t n = 0;
    unsigned long begin = 0, end = 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    while (maps && fgets(line, sizeof line, maps))
        if (strstr(line, "memfd:rankpool-region") && sscanf(line, "%lx-%lx", &begin, &end) == 2) n += end - begin > 4096;
    if (maps) fclose(maps);
    return x < 0 ? x : n;
}
RP_TASK(count_regions, int64_t, int64_t)

static void *allocate(suite_fixture *fixture, size_t size)
{
    rp_error error = {0};
    void *memory = rp_alloc(fixture->pool, size, &error);
    if (!memory) fail_msg("%s", rp_error_text(&error));
    return memory;
}

static double *allocate_numbers(suite_fixture *fixture, uint64_t n)
{
    double *numbers = allocate(fixture, n * sizeof *numbers);
    for (uint64_t i = 0; i < n; i++) numbers[i] = 1 + (double)i / 3;
    return numbers;
}

static void assert_waves(const double *x, const double *results, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) assert_true(results[i] == wave(x[i]));
}

/* ---- rp_alloc ---- */

static void allocated_memory_is_zeroed_and_aligned(void **state)
{
    suite_fixture *fixture = *state;
    const size_t sizes[] = {0, 1, 4096, 100001};
    for (size_t k = 0; k < N_OF(sizes); k++) {
        char *memory = allocate(fixture, sizes[k]);
        assert_int_equal((uintptr_t)memory % (uintptr_t)sysconf(_SC_PAGESIZE), 0);
        for (size_t i = 0; i < sizes[k]; i++) assert_int_equal(memory[i], 0);
        memset(memory, 1, sizes[k]);
        rp_free(memory);
    }
}

static void what_cannot_be_allocated_is_an_error(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    int here;
    assert_null(rp_alloc(NULL, 1, &error));
    assert_int_equal(error.status, RP_USAGE);
    assert_null(rp_alloc(fixture->pool, SIZE_MAX, &error));
    assert_int_equal(error.status, RP_NO_MEMORY);
    assert_null(rp_alloc(fixture->pool, SIZE_MAX / 4, &error));
    assert_int_equal(error.status, RP_NO_MEMORY);
    assert_text(&error, "out of memory");
    assert_null(rp_alloc(NULL, 1, NULL));
    assert_null(rp_share(fixture->pool, NULL, 1, &error));
    assert_int_equal(error.status, RP_USAGE);
    rp_free(NULL);
    rp_free(&here);
}

static void allocated_arrays_give_what_others_give(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    double *x = allocate_numbers(fixture, N), *results = allocate(fixture, N * sizeof *results);
    double *plain = suite_room(fixture, N, sizeof *plain);
    assert_status(RP_OK, rp_map(fixture->pool, tasks.wave, results, N, RP_COLUMN(x), NULL, &error), &error);
    assert_waves(x, results, N);
    assert_status(RP_OK, rp_map(fixture->pool, tasks.wave, plain, N, RP_COLUMN(x), NULL, &error), &error);
    assert_waves(x, plain, N);
    assert_status(RP_OK, rp_map(fixture->pool, tasks.wave, results + 5, N - 5, RP_COLUMN(plain), NULL, &error), &error);
    assert_waves(plain, results + 5, N - 5);
    assert_status(RP_OK, rp_starmap(fixture->pool, tasks.energy, results, N, RP_COLUMNS(RP_COLUMN(plain), RP_COLUMN(x)), NULL, &error),
                  &error);
    for (int i = 0; i < N; i++) assert_true(results[i] == energy(plain[i], x[i]));
    rp_free(x);
    rp_free(results);
}

static void ranges_and_fields_may_be_allocated(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    particle *all = allocate(fixture, N * sizeof *all);
    double *x = allocate_numbers(fixture, N), *results = allocate(fixture, N * sizeof *results);
    for (int i = 0; i < N; i++) all[i] = (particle){.mass = i, .speed = 2 + i % 7};
    assert_status(RP_OK,
                  rp_starmap(fixture->pool, tasks.energy, results, N, RP_COLUMNS(RP_FIELD(all, mass), RP_FIELD(all, speed)), NULL, &error),
                  &error);
    for (int i = 0; i < N; i++) assert_true(results[i] == energy(all[i].mass, all[i].speed));
    assert_status(RP_OK, rp_starmap(fixture->pool, tasks.scale_all, results, N, RP_COLUMNS(RP_COLUMN(x), RP_CONSTANT(3.0)), NULL, &error),
                  &error);
    double *expected = suite_room(fixture, N, sizeof *expected), *again = suite_room(fixture, N, sizeof *again);
    memcpy(again, x, N * sizeof *x);
    assert_status(RP_OK,
                  rp_starmap(fixture->pool, tasks.scale_all, expected, N, RP_COLUMNS(RP_COLUMN(again), RP_CONSTANT(3.0)), NULL, &error),
                  &error);
    assert_memory_equal(results, expected, N * sizeof *x);
    rp_free(all);
    rp_free(x);
    rp_free(results);
}

static void results_may_replace_their_arguments(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    double *x = allocate_numbers(fixture, N);
    for (int k = 0; k < 3; k++) assert_status(RP_OK, rp_map(fixture->pool, double_it_task, x, N, RP_COLUMN(x), NULL, &error), &error);
    for (int i = 0; i < N; i++) assert_true(x[i] == 8 * (1 + (double)i / 3));
    rp_free(x);
}

static void iterators_read_allocated_memory(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_iter *iterator;
    double *x = allocate_numbers(fixture, 500), result;
    assert_status(RP_OK, rp_imap(fixture->pool, tasks.wave, RP_ITEMS(500, RP_COLUMN(x)), NULL, &iterator, &error), &error);
    for (int i = 0; i < 500; i++) {
        assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
        assert_true(result == wave(x[i]));
    }
    rp_iter_free(iterator);
    rp_free(x);
}

static void failures_in_allocated_memory_are_known(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    int32_t *codes = allocate(fixture, 200 * sizeof *codes);
    int64_t *results = allocate(fixture, 200 * sizeof *results);
    rp_status *statuses = suite_room(fixture, 200, sizeof *statuses);
    codes[17] = codes[180] = 5;
    rp_call_options options = {.on_error = RP_ON_ERROR_COLLECT, .statuses = statuses};
    rp_columns items = RP_COLUMNS(RP_CONSTANT(0.0), RP_COLUMN(codes), RP_RANGE(100, 1));
    assert_status(RP_FAILED, rp_starmap(fixture->pool, tasks.stumble, results, 200, items, &options, &error), &error);
    assert_int_equal(error.item, 17);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(statuses[i], codes[i] ? RP_FAILED : RP_OK);
        if (!codes[i]) assert_int_equal(results[i], 100 + i);
    }
    rp_free(codes);
    rp_free(results);
}

static void allocated_memory_outlives_its_pool(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    double *x = allocate_numbers(fixture, N), *results = allocate(fixture, N * sizeof *results);
    rp_pool_options options = suite_options();
    assert_status(RP_OK, rp_map(fixture->pool, tasks.wave, results, N, RP_COLUMN(x), NULL, &error), &error);
    suite_reopen(fixture, &options);
    assert_status(RP_OK, rp_map(fixture->pool, tasks.wave, results, N, RP_COLUMN(x), NULL, &error), &error);
    suite_finish(fixture);
    assert_waves(x, results, N);
    rp_free(x);
    rp_free(results);
}

/* To ranks that can have rank 0's memory. Those of its host can, unless the environment forbids it. */
static void assert_little_was_sent(suite_fixture *fixture)
{
    const char *wish = getenv("RANKPOOL_SHARED_MEMORY");
    for (int rank = 0; rank < fixture->info.ranks; rank++) {
        rp_error error = {0};
        rp_rank_report *report;
        rp_rank_info rank_info, first;
        assert_int_equal(rp_pool_get_rank_info(fixture->pool, rank, &rank_info), RP_OK);
        assert_int_equal(rp_pool_get_rank_info(fixture->pool, 0, &first), RP_OK);
        bool is_here = strcmp(rank_info.host, first.host) == 0 && (!wish || *wish != '0');
        assert_int_equal(rank_info.shares_memory, is_here || rank == 0);
        if (!rank_info.shares_memory) continue;
        assert_status(RP_OK, rp_pool_report(fixture->pool, rank, &report, &error), &error);
        assert_in_range(report->bytes_sent + report->bytes_received, 0, N);
        rp_rank_report_free(report);
    }
}

static void reopen_recorded(suite_fixture *fixture)
{
    rp_pool_options options = suite_options();
    options.record = RP_RECORD_TOTALS;
    suite_reopen(fixture, &options);
}

static void allocated_memory_is_not_sent(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_call_options by_chunks = {.schedule = RP_SCHEDULE_STATIC};
    reopen_recorded(fixture);
    double *x = allocate_numbers(fixture, N), *results = allocate(fixture, N * sizeof *results);
    assert_status(RP_OK, rp_map(fixture->pool, tasks.wave, results, N, RP_COLUMN(x), &by_chunks, &error), &error);
    assert_waves(x, results, N);
    assert_little_was_sent(fixture);
    rp_free(x);
    rp_free(results);
}

/* ---- rp_share ---- */

static const table *share_table(suite_fixture *fixture)
{
    rp_error error = {0};
    double *values = suite_room(fixture, 1, sizeof(table));
    for (int i = 0; i < TABLE; i++) values[i] = sqrt(i);
    const table *shared = rp_share(fixture->pool, values, sizeof(table), &error);
    if (!shared) fail_msg("%s", rp_error_text(&error));
    memset(values, 0, sizeof(table));
    return shared;
}

static void assert_roots(const double *results, int n)
{
    for (int i = 0; i < n; i++) assert_true(results[i] == sqrt((double)((13 * (int64_t)i) % TABLE)));
}

static void shared_data_is_an_argument_of_many_calls(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    const table *shared = share_table(fixture);
    double *results = suite_room(fixture, N, sizeof *results);
    rp_call_options bound = {.bound = RP_COLUMNS(RP_CONSTANT_AT(shared))};
    for (int k = 0; k < 3; k++) {
        rp_columns items = RP_COLUMNS(RP_CONSTANT_AT(shared), RP_RANGE(0, 13));
        assert_status(RP_OK, rp_starmap(fixture->pool, look_up_task, results, N, items, NULL, &error), &error);
        assert_roots(results, N);
        memset(results, 0, N * sizeof *results);
        assert_status(RP_OK, rp_map(fixture->pool, look_up_task, results, N, RP_RANGE(0, 13), &bound, &error), &error);
        assert_roots(results, N);
    }
    rp_free(shared);
}

static void shared_data_may_be_bytes_or_items(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    const table *shared = share_table(fixture);
    uint64_t sums[20], expected = checksum((rp_bytes){shared, sizeof *shared});
    rp_bytes bytes = {shared, sizeof *shared};
    assert_status(RP_OK, rp_map(fixture->pool, tasks.checksum, sums, N_OF(sums), RP_CONSTANT(bytes), NULL, &error), &error);
    for (size_t i = 0; i < N_OF(sums); i++) assert_true(sums[i] == expected);
    double *results = suite_room(fixture, N, sizeof *results);
    const double *items = *shared;
    assert_status(RP_OK, rp_map(fixture->pool, tasks.wave, results, N, RP_COLUMN(items), NULL, &error), &error);
    assert_waves(items, results, N);
    rp_free(shared);
}

static void shared_data_stays_until_its_last_call_ends(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_result *handles[4];
    double *results = suite_room(fixture, 4 * 1000, sizeof *results);
    const table *shared = share_table(fixture);
    for (int k = 0; k < 4; k++) {
        rp_columns items = RP_COLUMNS(RP_CONSTANT_AT(shared), RP_RANGE(0, 13));
        assert_status(RP_OK, rp_starmap_async(fixture->pool, look_up_task, results + 1000 * k, 1000, items, NULL, &handles[k], &error),
                      &error);
    }
    rp_free(shared);
    for (int k = 0; k < 4; k++) {
        assert_status(RP_OK, rp_result_get(handles[k], SUITE_WAIT_S, &error), &error);
        rp_result_free(handles[k]);
        assert_roots(results + 1000 * k, 1000);
    }
}

/* 2 MiB, and so shared for the time of the call. It is taken when the call is made. */
static void a_large_constant_is_that_of_its_call(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_result *handle;
    table *values = suite_room(fixture, 1, sizeof *values);
    double *results = suite_room(fixture, N, sizeof *results);
    for (int i = 0; i < TABLE; i++) (*values)[i] = sqrt(i);
    rp_columns items = RP_COLUMNS(RP_CONSTANT_AT(values), RP_RANGE(0, 13));
    assert_status(RP_OK, rp_starmap_async(fixture->pool, look_up_task, results, N, items, NULL, &handle, &error), &error);
    memset(values, 0, sizeof *values);
    assert_status(RP_OK, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    rp_result_free(handle);
    assert_roots(results, N);
}

static void shared_data_is_not_sent_with_calls(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_call_options by_chunks = {.schedule = RP_SCHEDULE_STATIC};
    reopen_recorded(fixture);
    const table *shared = share_table(fixture);
    double *results = suite_room(fixture, 100, sizeof *results);
    rp_columns items = RP_COLUMNS(RP_CONSTANT_AT(shared), RP_RANGE(0, 13));
    for (int k = 0; k < 3; k++)
        assert_status(RP_OK, rp_starmap(fixture->pool, look_up_task, results, 100, items, &by_chunks, &error), &error);
    assert_roots(results, 100);
    assert_little_was_sent(fixture);
    rp_free(shared);
}

/* ---- the end ---- */

/* The regions that some worker of some rank has mapped. */
static int64_t most_regions(suite_fixture *fixture)
{
    rp_error error = {0};
    rp_call_options options = {.chunk = 1};
    uint64_t n = 20 * (uint64_t)fixture->info.workers;
    int64_t *counts = suite_room(fixture, n, sizeof *counts), most = 0;
    assert_status(RP_OK, rp_map(fixture->pool, count_regions_task, counts, n, RP_RANGE(0, 1), &options, &error), &error);
    for (uint64_t i = 0; i < n; i++) most = counts[i] > most ? counts[i] : most;
    return most;
}

static void what_is_freed_is_nowhere_any_more(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    double deadline = suite_now() + SUITE_WAIT_S, *results = suite_room(fixture, N, sizeof *results);
    for (int k = 0; k < 10; k++) {
        double *x = allocate_numbers(fixture, N);
        const double *shared = rp_share(fixture->pool, x, N * sizeof *x, &error);
        assert_non_null(shared);
        assert_status(RP_OK, rp_starmap(fixture->pool, tasks.energy, results, N, RP_COLUMNS(RP_COLUMN(x), RP_COLUMN(shared)), NULL, &error),
                      &error);
        rp_free(x);
        rp_free(shared);
    }
    while (most_regions(fixture) > 0 && suite_now() < deadline) suite_sleep(0.01);
    assert_int_equal(most_regions(fixture), 0);
}

/* ---- isolated ---- */

static void a_child_cannot_write_to_allocated_arguments(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_pool_options options = suite_options();
    rp_call_options collect = {.on_error = RP_ON_ERROR_COLLECT};
    if (options.isolation == RP_ISOLATION_NONE) return;
    double *x = allocate_numbers(fixture, 100), *results = allocate(fixture, 100 * sizeof *results);
    x[42] = -1;
    assert_status(RP_FAILED, rp_map(fixture->pool, write_over_task, results, 100, RP_COLUMN(x), &collect, &error), &error);
    assert_int_equal(error.item, 42);
    assert_int_equal(error.cause, RP_CAUSE_SIGNAL);
    assert_true(x[42] == -1);
    for (int i = 0; i < 100; i++) assert_true(i == 42 || results[i] == x[i]);
    rp_free(x);
    rp_free(results);
}

int suite_run_shared(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(allocated_memory_is_zeroed_and_aligned),
        SUITE_CASE(what_cannot_be_allocated_is_an_error),
        SUITE_CASE(allocated_arrays_give_what_others_give),
        SUITE_CASE(ranges_and_fields_may_be_allocated),
        SUITE_CASE(results_may_replace_their_arguments),
        SUITE_CASE(iterators_read_allocated_memory),
        SUITE_CASE(failures_in_allocated_memory_are_known),
        SUITE_CASE(allocated_memory_outlives_its_pool),
        SUITE_CASE(allocated_memory_is_not_sent),
        SUITE_CASE(shared_data_is_an_argument_of_many_calls),
        SUITE_CASE(shared_data_is_not_sent_with_calls),
        SUITE_CASE(shared_data_may_be_bytes_or_items),
        SUITE_CASE(shared_data_stays_until_its_last_call_ends),
        SUITE_CASE(a_large_constant_is_that_of_its_call),
        SUITE_CASE(what_is_freed_is_nowhere_any_more),
        SUITE_CASE(a_child_cannot_write_to_allocated_arguments),
    };
    return cmocka_run_group_tests_name("shared", cases, NULL, NULL);
}
