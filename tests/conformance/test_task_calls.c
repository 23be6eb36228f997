/*
 * test_task_calls.c: what a task may ask and say about its item: the seed of its random numbers, which is the same on any layout; lines of
 * a log, which are whole and come before the call is over; and where it runs.
 */
#include "suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- seeds ---- */

static uint64_t seed_of_item(int64_t x) { return x == rp_item_index() ? rp_item_seed() : 0; }
RP_TASK(seed_of_item, uint64_t, int64_t)

static void seeds_of_range(size_t n, uint64_t *result, const int64_t *x)
{
    for (size_t i = 0; i < n; i++) result[i] = rp_item_seed_of(x[i] == rp_item_index() + (int64_t)i ? x[i] : -1);
}
RP_TASK_RANGE(seeds_of_range, uint64_t, int64_t)

static uint64_t seed_of_try(int64_t x)
{
    if (rp_attempt() == 1 && x % 3 == 0) rp_fail(1, "again");
    return rp_item_seed();
}
RP_TASK(seed_of_try, uint64_t, int64_t)

enum { N = 1000 };

static uint64_t *seeds(suite_fixture *fixture, const rp_task *task, const rp_call_options *options)
{
    uint64_t *to = suite_room(fixture, N, sizeof(*to));
    rp_error error = {0};
    assert_status(RP_OK, rp_map(fixture->pool, task, to, N, RP_RANGE(0, 1), options, &error), &error);
    return to;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The numbers are part of the interface. */
static void seeds_depend_on_the_call_and_the_index_alone(void **state)
{
    suite_fixture *fixture = *state;
    const rp_call_options ones = {.seed = 42, .chunk = 1}, any = {.seed = 42}, other = {.seed = 43};
    uint64_t *first = seeds(fixture, seed_of_item_task, &ones);
    assert_true(first[0] == UINT64_C(0x989b3f130a063869) && first[1] == UINT64_C(0x290db4bf2570ded7));
    assert_memory_equal(first, seeds(fixture, seed_of_item_task, &any), N * sizeof *first);
    assert_memory_equal(first, seeds(fixture, seeds_of_range_task, &any), N * sizeof *first);
    const rp_call_options retried = {.seed = 42, .retries = 2};
    rp_pool_options pool = suite_options();
    pool.retry_pause_s = 0.001;
    suite_reopen(fixture, &pool);
    assert_memory_equal(first, seeds(fixture, seed_of_try_task, &retried), N * sizeof *first);
    uint64_t *both = suite_room(fixture, 2 * N, sizeof(*both));
    memcpy(both, first, N * sizeof *first);
    memcpy(both + N, seeds(fixture, seed_of_item_task, &other), N * sizeof *first);
    qsort(both, 2 * N, sizeof *both, compare);
    for (int i = 1; i < 2 * N; i++) assert_true(both[i] != both[i - 1]);
}

static void calls_without_a_seed_have_that_of_the_pool(void **state)
{
    suite_fixture *fixture = *state;
    rp_pool_options pool = suite_options();
    uint64_t *runs[3][2];
    for (int k = 0; k < 3; k++) {
        pool.seed = k == 2 ? 7 : 0;
        suite_reopen(fixture, &pool);
        for (int call = 0; call < 2; call++) runs[k][call] = seeds(fixture, seed_of_item_task, NULL);
        assert_memory_not_equal(runs[k][0], runs[k][1], N * sizeof(uint64_t));
    }
    assert_memory_equal(runs[0][0], runs[1][0], N * sizeof(uint64_t));
    assert_memory_equal(runs[0][1], runs[1][1], N * sizeof(uint64_t));
    assert_memory_not_equal(runs[0][0], runs[2][0], N * sizeof(uint64_t));
}

/* ---- the log ---- */

static int64_t log_it(int64_t x)
{
    rp_log("value %lld\nof %s", (long long)x, x % 2 ? "odd" : "even");
    return x;
}
RP_TASK(log_it, int64_t, int64_t)

static int64_t chatter(int64_t n)
{
    for (int64_t k = 0; k < n; k++) rp_log("line %lld", (long long)k);
    return n;
}
RP_TASK(chatter, int64_t, int64_t)

/* Standard error goes to a file meanwhile. */
typedef struct caught {
    char path[64];
    int before;
} caught;

static caught catch_errors(void)
{
    caught self = {.path = "/tmp/rankpool-log-XXXXXX"};
    int fd = mkstemp(self.path);
    assert_true(fd >= 0);
    self.before = dup(STDERR_FILENO);
    assert_true(dup2(fd, STDERR_FILENO) >= 0);
    close(fd);
    return self;
}

/* What was written, to be freed. */
static char *end_catch(const caught *self)
{
    (void)dup2(self->before, STDERR_FILENO);
    close(self->before);
    FILE *file = fopen(self->path, "r");
    assert_non_null(file);
    char *text = NULL;
    size_t room = 0;
    if (getdelim(&text, &room, '\0', file) < 0 && text) text[0] = '\0';
    fclose(file);
    unlink(self->path);
    assert_non_null(text);
    return text;
}

static void lines_of_a_log_are_whole_and_come_before_the_end(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *to = suite_room(fixture, N, sizeof(*to));
    char *seen = suite_room(fixture, N, 1);
    rp_error error = {0};
    const rp_call_options options = {.chunk = 10};
    caught errors = catch_errors();
    rp_status status = rp_map(fixture->pool, log_it_task, to, N, RP_RANGE(0, 1), &options, &error);
    char *text = end_catch(&errors), *rest = text;
    assert_status(RP_OK, status, &error);
    int n = 0;
    for (char *line; (line = strsep(&rest, "\n")) && *line; n++) {
        int hour, minute, rank;
        double second;
        long long item, value;
        char kind[8];
        assert_int_equal(
            sscanf(line, "%d:%d:%lf rank %d, item %lld: value %lld\\nof %7s", &hour, &minute, &second, &rank, &item, &value, kind), 7);
        assert_true(item == value && item >= 0 && item < N && !seen[item] && rank >= 0 && rank < fixture->info.ranks);
        assert_string_equal(kind, value % 2 ? "odd" : "even");
        seen[item] = 1;
    }
    assert_int_equal(n, N);
    free(text);
}

/* What doesn't fit is dropped, and counted. */
static void a_flood_of_lines_is_bounded_and_counted(void **state)
{
    suite_fixture *fixture = *state;
    enum { ITEMS = 8, LINES = 20000 };
    int64_t to[ITEMS], lines[ITEMS];
    rp_error error = {0};
    for (int i = 0; i < ITEMS; i++) lines[i] = LINES;
    const rp_call_options options = {.chunk = 1};
    caught errors = catch_errors();
    rp_status status = rp_map(fixture->pool, chatter_task, to, ITEMS, RP_COLUMN(lines), &options, &error);
    rp_pool_close(fixture->pool);
    rp_status joined = rp_pool_join(fixture->pool, NULL);
    char *text = end_catch(&errors), *rest = text;
    assert_status(RP_OK, status, &error);
    assert_int_equal(joined, RP_OK);
    unsigned long long n = 0, dropped = 0;
    for (char *line; (line = strsep(&rest, "\n")) && *line;) {
        unsigned long long some;
        if (strstr(line, " lines of rp_log were dropped") && sscanf(line, "%llu", &some) == 1) dropped += some;
        else n += strstr(line, ": line ") != NULL;
    }
    assert_int_equal(n + dropped, ITEMS * LINES);
    assert_true(n > 0);
    free(text);
}

/* ---- is it still wanted? ---- */

/* Runs until it isn't wanted, but 60 s at most. The file says that it has begun, and that it saw the end. */
static int64_t run_while_wanted(rp_bytes path)
{
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)path.size, (const char *)path.data);
    FILE *file = fopen(name, "a");
    if (!file) return rp_fail(1, "no file %s", name);
    fputs("b", file);
    fflush(file);
    double end = suite_now() + 60;
    while (!rp_cancelled() && suite_now() < end) suite_sleep(0.001);
    if (rp_cancelled()) fputs("e", file);
    fclose(file);
    return 1;
}
RP_TASK(run_while_wanted, int64_t, rp_bytes)

static int count_in_file(const char *path, char what)
{
    int n = 0;
    FILE *file = fopen(path, "r");
    for (int c; file && (c = fgetc(file)) != EOF;) n += c == what;
    if (file) fclose(file);
    return n;
}

static void a_long_task_sees_that_nobody_wants_it(void **state)
{
    suite_fixture *fixture = *state;
    char path[] = "/tmp/rankpool-wanted-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    int64_t *to = suite_room(fixture, 4, sizeof(*to));
    rp_result *result;
    rp_error error = {0};
    const rp_call_options options = {.chunk = 1};
    assert_status(
        RP_OK,
        rp_map_async(fixture->pool, run_while_wanted_task, to, 4, RP_CONSTANT(((rp_bytes){path, strlen(path)})), &options, &result, &error),
        &error);
    while (count_in_file(path, 'b') == 0) suite_sleep(0.001);
    double began = suite_now();
    rp_result_cancel(result);
    assert_int_equal(rp_result_wait(result, SUITE_WAIT_S), RP_OK);
    assert_true(suite_now() - began < 50);
    if (!suite_options().isolation) assert_int_equal(count_in_file(path, 'e'), count_in_file(path, 'b'));
    rp_result_free(result);
    unlink(path);
}

/* ---- memory ---- */

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* their allocators end the process instead */
enum { MIB = 1 << 20 };

static int64_t take_memory(int64_t mib, int64_t is_careless)
{
    char *block = malloc((size_t)mib * MIB);
    if (!block && !is_careless) return rp_fail(12, "no %lld MiB", (long long)mib);
    for (int64_t at = 0; at < mib * MIB; at += 4096) ((volatile char *)block)[at] = 1;
    free(block);
    return mib;
}
RP_TASK(take_memory, int64_t, int64_t, int64_t)

/* A child that takes more than its items may have gets none, and when it crashes then, the failure says how much that is. */
static void memory_of_an_item_is_the_limit_of_its_child(void **state)
{
    suite_fixture *fixture = *state;
    rp_pool_options pool = suite_options();
    const int64_t mib[] = {1, 20, 300}, careless[] = {0, 0, 1};
    int64_t to[3];
    rp_status statuses[3];
    rp_error error = {0}, failures[3];
    uint64_t n;
    if (!pool.isolation) return;
    pool.memory_per_item = 100 * MIB;
    suite_reopen(fixture, &pool);
    rp_call_options options = {
        .on_error = RP_ON_ERROR_COLLECT, .statuses = statuses, .failures = failures, .failures_room = 3, .n_failures = &n};
    assert_status(RP_FAILED,
                  rp_starmap(fixture->pool, take_memory_task, to, 3, RP_COLUMNS(RP_COLUMN(mib), RP_COLUMN(careless)), &options, &error),
                  &error);
    assert_true(n == 1 && statuses[0] == RP_OK && statuses[1] == RP_OK && failures[0].item == 2 && failures[0].cause == RP_CAUSE_SIGNAL);
    assert_text(&failures[0], "memory_per_item allows 100 MiB");
    const rp_columns careful = RP_COLUMNS(RP_CONSTANT(INT64_C(300)), RP_CONSTANT(INT64_C(0)));
    assert_status(RP_FAILED, rp_apply(fixture->pool, take_memory_task, to, careful, NULL, &error), &error);
    assert_text(&error, "no 300 MiB");
}
#endif

/* ---- where ---- */

typedef struct spot {
    int32_t rank, local_rank, local_ranks, attempt;
} spot;

static spot where(int64_t x)
{
    (void)x;
    return (spot){rp_rank(), rp_local_rank(), rp_local_ranks(), rp_attempt()};
}
RP_TASK(where, spot, int64_t)

static void tasks_know_their_number_on_the_host(void **state)
{
    suite_fixture *fixture = *state;
    spot *spots = suite_room(fixture, N, sizeof(*spots));
    rp_error error = {0};
    assert_status(RP_OK, rp_map(fixture->pool, where_task, spots, N, RP_RANGE(0, 1), NULL, &error), &error);
    for (int i = 0; i < N; i++) {
        assert_true(spots[i].local_ranks >= fixture->info.ranks); /* all are on one host here */
        assert_int_equal(spots[i].local_rank, spots[i].rank);
        assert_int_equal(spots[i].attempt, 1);
    }
    assert_true(rp_local_rank() == -1 && rp_local_ranks() == 0 && rp_attempt() == 0 && rp_item_seed() == 0);
    rp_log("nobody sees this"); /* outside a task */
}

int suite_run_task_calls(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(seeds_depend_on_the_call_and_the_index_alone),
        SUITE_CASE(calls_without_a_seed_have_that_of_the_pool),
        SUITE_CASE(lines_of_a_log_are_whole_and_come_before_the_end),
        SUITE_CASE(a_flood_of_lines_is_bounded_and_counted),
        SUITE_CASE(a_long_task_sees_that_nobody_wants_it),
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        SUITE_CASE(memory_of_an_item_is_the_limit_of_its_child),
#endif
        SUITE_CASE(tasks_know_their_number_on_the_host),
    };
    return cmocka_run_group_tests_name("task calls", cases, NULL, NULL);
}
