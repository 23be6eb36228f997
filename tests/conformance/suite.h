/*
 * suite.h: what the files of the conformance suite share. The suite runs over one executor, which the command line names:
 *
 *     conformance EXECUTOR THREADS [PATTERN]
 *
 * Each test has a pool of its own, and memory that outlives the pool. So a test may fail in the middle of a call.
 */
#ifndef SUITE_H
#define SUITE_H

#include "tasks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Nothing here takes so long, on a busy machine neither; a test that waits longer hangs. */
#define SUITE_WAIT_S 120.0

#define SUITE_MAX_BLOCKS 64

typedef struct suite_fixture {
    rp_pool *pool;
    rp_pool_info info;
    int n_blocks;
    void *blocks[SUITE_MAX_BLOCKS];
} suite_fixture;

/* Options with the executor and the threads of the command line, all else default. */
rp_pool_options suite_options(void);

int suite_setup(void **state);
int suite_teardown(void **state);
#define SUITE_CASE(function) cmocka_unit_test_setup_teardown(function, suite_setup, suite_teardown)

/* Zeroed memory for n items, which lives until the test's pool is gone. Without memory the test fails. */
void *suite_room(suite_fixture *fixture, uint64_t n, size_t size);

/* n numbers start, start + 1, … in such memory. */
int64_t *suite_numbers(suite_fixture *fixture, uint64_t n, int64_t start);

double suite_now(void);
void suite_sleep(double seconds);

/* Waits until the counter has reached the value, fails the test after SUITE_WAIT_S. */
void suite_await(const atomic_int *counter, int value);

/* Replaces the test's own pool by another. */
void suite_reopen(suite_fixture *fixture, const rp_pool_options *options);

/* Closes and joins the test's pool. */
void suite_finish(suite_fixture *fixture);

/* assert_status(RP_OK, rp_map(…, &error), &error): shows the error's text when the status isn't the expected one. */
#define assert_status(expected, actual, error) suite_check_status((expected), (actual), (error), #actual, __FILE__, __LINE__)
void suite_check_status(rp_status expected, rp_status actual, const rp_error *error, const char *what, const char *file, int line);

/* The error's line contains the part. */
void suite_check_text(const rp_error *error, const char *part, const char *file, int line);
#define assert_text(error, part) suite_check_text((error), (part), __FILE__, __LINE__)

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The groups, one for each file. Each returns how many of its tests failed. */
int suite_run_map(void);
int suite_run_items(void);
int suite_run_waits(void);
int suite_run_types(void);
int suite_run_async(void);
int suite_run_callbacks(void);
int suite_run_handles(void);
int suite_run_iterators(void);
int suite_run_sources(void);
int suite_run_failures(void);
int suite_run_failing_forms(void);
int suite_run_overlap(void);
int suite_run_retries(void);
int suite_run_usage(void);
int suite_run_lifecycle(void);
int suite_run_pools(void);
int suite_run_edges(void);
int suite_run_isolation(void);
int suite_run_isolated_ends(void);
int suite_run_scribbles(void);
int suite_run_timeouts(void);
int suite_run_memory(void);
int suite_run_threads(void);
int suite_run_shared(void);
int suite_run_reduce(void);
int suite_run_completions(void);
int suite_run_computed(void);
int suite_run_options(void);
int suite_run_task_calls(void);
int suite_run_time(void);
int suite_run_journal(void);

#endif
