/*
 * suite.c: the program of the conformance suite: reads the executor from the command line, runs all groups on rank 0, and holds the helpers
 * that the tests share.
 */
#include "suite.h"

#include "gate.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Set once from the command line, before the first test. */
static rp_pool_options command_line_options;

rp_pool_options suite_options(void) { return command_line_options; }

int suite_setup(void **state)
{
    suite_fixture *fixture = calloc(1, sizeof(*fixture));
    rp_error error = {0};
    if (fixture == NULL) return -1;
    if (rp_pool_open(&command_line_options, &fixture->pool, &error) != RP_OK) {
        print_error("the pool doesn't open: %s\n", rp_error_text(&error));
        free(fixture);
        return -1;
    }
    rp_pool_get_info(fixture->pool, &fixture->info);
    *state = fixture;
    return 0;
}

int suite_teardown(void **state)
{
    suite_fixture *fixture = *state;
    gates_open();
    rp_pool_free(fixture->pool);
    gates_remove();
    for (int i = 0; i < fixture->n_blocks; i++) free(fixture->blocks[i]);
    free(fixture);
    return 0;
}

void suite_reopen(suite_fixture *fixture, const rp_pool_options *options)
{
    rp_error error = {0};
    rp_pool_free(fixture->pool);
    fixture->pool = NULL;
    assert_status(RP_OK, rp_pool_open(options, &fixture->pool, &error), &error);
}

void *suite_room(suite_fixture *fixture, uint64_t n, size_t size)
{
    assert_true(fixture->n_blocks < SUITE_MAX_BLOCKS);
    void *block = calloc(n > 0 ? n : 1, size);
    assert_non_null(block);
    fixture->blocks[fixture->n_blocks++] = block;
    return block;
}

int64_t *suite_numbers(suite_fixture *fixture, uint64_t n, int64_t start)
{
    int64_t *numbers = suite_room(fixture, n, sizeof(*numbers));
    for (uint64_t i = 0; i < n; i++) numbers[i] = start + (int64_t)i;
    return numbers;
}

double suite_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void suite_sleep(double seconds)
{
    struct timespec left = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - floor(seconds)) * 1e9)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {}
}

void suite_await(const atomic_int *counter, int value)
{
    double deadline = suite_now() + SUITE_WAIT_S;
    while (atomic_load(counter) < value) {
        if (suite_now() > deadline) fail_msg("waited %g s for %d, saw %d", SUITE_WAIT_S, value, atomic_load(counter));
        suite_sleep(0.001);
    }
}

void suite_finish(suite_fixture *fixture)
{
    rp_error error = {0};
    rp_pool_close(fixture->pool);
    assert_status(RP_OK, rp_pool_join(fixture->pool, &error), &error);
}

void suite_check_status(rp_status expected, rp_status actual, const rp_error *error, const char *what, const char *file, int line)
{
    if (actual == expected) return;
    print_error("%s\ngave \"%s\", not \"%s\": %s\n", what, rp_status_text(actual), rp_status_text(expected), rp_error_text(error));
    _fail(file, line);
}

void suite_check_text(const rp_error *error, const char *part, const char *file, int line)
{
    if (strstr(rp_error_text(error), part) != NULL) return;
    print_error("\"%s\" doesn't contain \"%s\"\n", rp_error_text(error), part);
    _fail(file, line);
}

static int (*const groups[])(void) = {
    suite_run_map,       suite_run_items,       suite_run_async,         suite_run_callbacks, suite_run_handles,    suite_run_iterators,
    suite_run_sources,   suite_run_failures,    suite_run_failing_forms, suite_run_retries,   suite_run_usage,      suite_run_lifecycle,
    suite_run_types,     suite_run_waits,       suite_run_pools,         suite_run_edges,     suite_run_isolation,  suite_run_isolated_ends,
    suite_run_scribbles, suite_run_timeouts,    suite_run_memory,        suite_run_threads,   suite_run_shared,     suite_run_overlap,
    suite_run_reduce,    suite_run_completions, suite_run_computed,      suite_run_options,   suite_run_task_calls, suite_run_time,
    suite_run_journal,
};

/* "EXECUTOR", "EXECUTOR,isolated", "EXECUTOR,timed" or "EXECUTOR,recorded". */
static rp_status read_executor(const char *text, rp_error *error)
{
    char name[32];
    size_t length = strcspn(text, ",");
    snprintf(name, sizeof(name), "%.*s", (int)length, text);
    const char *how = text[length] == ',' ? text + length + 1 : "";
    if (strcmp(how, "isolated") == 0) command_line_options.isolation = RP_ISOLATION_PROCESS;
    else if (strcmp(how, "timed") == 0) command_line_options.timeout_s = 2 * SUITE_WAIT_S;
    else if (strcmp(how, "recorded") == 0) command_line_options.record = RP_RECORD_GRAINS;
    else if (*how != '\0') return rp_error_set(error, RP_USAGE, 0, "\"%s\" is neither isolated, timed nor recorded", how);
    return rp_pool_options_set(&command_line_options, "executor", name, error);
}

static int run_all(rp_pool *pool, int argc, char **argv)
{
    (void)pool;
    rp_error error = {0};
    if (argc < 3 || read_executor(argv[1], &error) != RP_OK ||
        rp_pool_options_set(&command_line_options, "threads", argv[2], &error) != RP_OK) {
        fprintf(stderr, "usage: %s EXECUTOR[,isolated|,timed|,recorded] THREADS [PATTERN]: %s\n", argv[0], rp_error_text(&error));
        return RP_EXIT_USAGE;
    }
    if (argc > 3) cmocka_set_test_filter(argv[3]);
    int failures = 0;
    for (size_t k = 0; k < N_OF(groups); k++) failures += groups[k]() != 0;
    return failures == 0 ? 0 : RP_EXIT_FAILED;
}

/* Children are forked from a copy of this process as it is now. */
int main(int argc, char **argv)
{
    rp_error error;
    if (rp_isolation_prepare(&error) == RP_OK) return rp_main_bare(argc, argv, run_all);
    fprintf(stderr, "%s\n", rp_error_text(&error));
    return RP_EXIT_FAILED;
}
