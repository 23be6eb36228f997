/*
 * test_threads.c: what a task may expect of its thread, wherever it runs: its stack, its OpenMP regions, its cores; and that a task that
 * ends its thread is one failed item.
 */
#include "suite.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

enum { N_ITEMS = 40, MB = 1 << 20 };

#ifdef __clang__
enum { IS_CLANG = 1 };
#else
enum { IS_CLANG = 0 };
#endif

/* ---- the tasks ---- */

static int64_t use_stack(int64_t size)
{
    volatile char *room = __builtin_alloca((size_t)size);
    int64_t sum = 0;
    for (int64_t i = 0; i < size; i += 1024) room[i] = 1;
    for (int64_t i = 0; i < size; i += 1024) sum += room[i];
    return sum;
}
RP_TASK(use_stack, int64_t, int64_t)

/* How many threads a region gets that asks for `wanted`, 0: for none in particular. */
static int64_t region_size(int32_t wanted)
{
    int n = 0;
#ifdef _OPENMP
    if (wanted) {
#pragma omp parallel num_threads(wanted) reduction(+ : n)
        n++;
    } else {
#pragma omp parallel reduction(+ : n)
        n++;
    }
#else
    (void)wanted;
    n = -1;
#endif
    return n;
}
RP_TASK(region_size, int64_t, int32_t)

static int64_t n_cores(double seconds)
{
    cpu_set_t cores;
    suite_sleep(seconds);
    return sched_getaffinity(0, sizeof(cores), &cores) == 0 ? CPU_COUNT(&cores) : -1;
}
RP_TASK(n_cores, int64_t, double)

/* What a library keeps for a thread goes when the thread ends. Here that takes its time, but for the first worker, which may be the one
 * that others are waited for by. */
static pthread_key_t kept;
static pthread_once_t kept_once = PTHREAD_ONCE_INIT;
static atomic_int n_kept, n_dropped;

static void drop(void *seconds)
{
    suite_sleep(*(const double *)seconds);
    atomic_fetch_add(&n_dropped, 1);
}

static void make_key(void) { assert_int_equal(pthread_key_create(&kept, drop), 0); }

static void keep_something(void)
{
    static double none = 0, long_s = 0.1;
    pthread_once(&kept_once, make_key);
    if (!pthread_getspecific(kept)) atomic_fetch_add(&n_kept, 1);
    pthread_setspecific(kept, rp_worker() == 0 ? &none : &long_s);
}

/* In its own thread, or in those of a region too. */
static int64_t keep(double seconds, int32_t has_region)
{
#ifdef _OPENMP
#pragma omp parallel num_threads(has_region ? 2 : 1)
#endif
    keep_something();
    suite_sleep(seconds);
    return has_region;
}
RP_TASK(keep, int64_t, double, int32_t)

enum { STAYS = 0, EXITS, EXITS_AS_C11, EXITS_AT_FIRST, FAILS_AND_EXITS };

static void end(int32_t how)
{
    if (how == FAILS_AND_EXITS) rp_fail(7, "said before it went");
    if (how == EXITS_AS_C11) thrd_exit(0);
    if (how == EXITS || how == FAILS_AND_EXITS || (how == EXITS_AT_FIRST && rp_attempt() == 1)) pthread_exit(NULL);
}

static int64_t leave(int32_t how, int64_t x)
{
    end(how);
    return 2 * x;
}
RP_TASK(leave, int64_t, int32_t, int64_t)

static void leave_all(size_t n, int64_t *result, const int32_t *how, const int64_t *x)
{
    for (size_t i = 0; i < n; i++) {
        end(how[i]);
        result[i] = 2 * x[i];
    }
}
RP_TASK_RANGE(leave_all, int64_t, int32_t, int64_t)

static void emit_and_leave(int32_t how, int64_t x)
{
    rp_emit(&x, sizeof(x));
    end(how);
}
RP_TASK_EMIT(emit_and_leave, int32_t, int64_t)

static int leaving_start(rp_bytes argument, void **state)
{
    (void)argument, (void)state;
    pthread_exit(NULL);
}
RP_INITIALIZER(leaving, leaving_start, NULL)

static int staying_start(rp_bytes argument, void **state)
{
    (void)argument, (void)state;
    return 0;
}
static void leaving_finish(void *state)
{
    (void)state;
    pthread_exit(NULL);
}
RP_INITIALIZER(leaving_late, staying_start, leaving_finish)

/* ---- stacks ---- */

static void check_stack(suite_fixture *fixture, int64_t size)
{
    int64_t results[N_ITEMS];
    rp_error error = {0};
    rp_result *handle = NULL;
    assert_status(RP_OK, rp_map(fixture->pool, use_stack_task, results, N_ITEMS, RP_CONSTANT(size), NULL, &error), &error);
    for (int i = 0; i < N_ITEMS; i++) assert_int_equal(results[i], (size + 1023) / 1024);
    assert_status(RP_OK, rp_map_async(fixture->pool, use_stack_task, results, N_ITEMS, RP_CONSTANT(size), NULL, &handle, &error), &error);
    assert_status(RP_OK, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    rp_result_free(handle);
}

/* Whatever the limit of the shell is. The test is also run with none, and with OMP_STACKSIZE. */
static void tasks_have_a_stack_of_8_mib_or_more(void **state)
{
    const char *said = getenv("OMP_STACKSIZE");
    int64_t mib = said && atoi(said) > 8 ? atoi(said) : 8;
    check_stack(*state, (mib - 1) * MB);
}

static void tasks_have_the_stack_that_was_asked_for(void **state)
{
    suite_fixture *fixture = *state;
    rp_pool_options options = suite_options();
    options.stack_size = 100 * MB;
    rp_pool_free(fixture->pool);
    fixture->pool = NULL;
    rp_error error = {0};
    rp_status status = rp_pool_open(&options, &fixture->pool, &error);
    if (status == RP_UNSUPPORTED) skip(); /* LLVM's OpenMP keeps the stacks of its first region */
    assert_status(RP_OK, status, &error);
    check_stack(fixture, 98 * MB);
}

/* ---- regions of OpenMP ---- */

static void check_regions(suite_fixture *fixture, int32_t wanted, int64_t n_threads)
{
    int64_t results[N_ITEMS];
    rp_error error = {0};
    rp_result *handle = NULL;
    assert_status(RP_OK, rp_map(fixture->pool, region_size_task, results, N_ITEMS, RP_CONSTANT(wanted), NULL, &error), &error);
    if (results[0] < 0) skip(); /* built without OpenMP */
    for (int i = 0; i < N_ITEMS; i++) assert_int_equal(results[i], n_threads);
    assert_status(RP_OK, rp_map_async(fixture->pool, region_size_task, results, N_ITEMS, RP_CONSTANT(wanted), NULL, &handle, &error),
                  &error);
    assert_status(RP_OK, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    rp_result_free(handle);
    for (int i = 0; i < N_ITEMS; i++) assert_int_equal(results[i], n_threads);
}

/* The ranks of these tests are on one host and share its cores. */
static void regions_get_the_cores_that_workers_leave(void **state)
{
    suite_fixture *fixture = *state;
    rp_rank_info rank;
    assert_int_equal(rp_pool_get_rank_info(fixture->pool, 0, &rank), RP_OK);
    int workers = fixture->info.workers, n_threads = rank.cores > workers ? rank.cores / workers : 1;
    const char *list = getenv("OMP_NUM_THREADS"), *second = list ? strchr(list, ',') : NULL;
    check_regions(fixture, 0, second ? atoi(second + 1) : n_threads);
}

static void regions_get_what_the_option_says(void **state)
{
    suite_fixture *fixture = *state;
    rp_pool_options options = suite_options();
    options.nested_threads = 3;
    suite_reopen(fixture, &options);
    check_regions(fixture, 0, 3);
    check_regions(fixture, 5, 5);
}

/* ---- cores ---- */

/* OMP_PROC_BIND binds OpenMP's threads to a core each, and must leave POSIX threads all of them. */
static void tasks_may_use_their_cores(void **state)
{
    suite_fixture *fixture = *state;
    const char *bind = getenv("OMP_PROC_BIND");
    bool is_bound = bind && !strcmp(bind, "true");
    rp_rank_info rank;
    assert_int_equal(rp_pool_get_rank_info(fixture->pool, 0, &rank), RP_OK);
    if (rank.cores < 2) skip();
    int64_t results[N_ITEMS];
    rp_error error = {0};
    assert_status(RP_OK, rp_map(fixture->pool, n_cores_task, results, N_ITEMS, RP_CONSTANT(0.002), NULL, &error), &error);
    bool is_openmp = fixture->info.executor == RP_EXECUTOR_OPENMP || fixture->info.executor == RP_EXECUTOR_HYBRID;
    bool is_clients = fixture->info.executor == RP_EXECUTOR_SERIAL; /* in the first thread, which OpenMP has bound */
    for (int i = 0; i < N_ITEMS; i++)
        if (!is_bound || !(is_openmp || is_clients)) assert_true(results[i] >= rank.cores);
    assert_null(rp_pool_warning(fixture->pool, fixture->info.workers > rank.cores)); /* no false one */
}

/* ---- the end of threads ---- */

/* Or what they keep for themselves would go while the process's own end takes the library away. LLVM's OpenMP keeps its threads until then,
 * and joins them. */
static void check_ends(suite_fixture *fixture, bool has_regions)
{
    rp_columns columns = RP_COLUMNS(RP_CONSTANT(0.002), RP_CONSTANT((int32_t)has_regions));
    int64_t results[N_ITEMS];
    rp_result *handle = NULL;
    rp_error error = {0};
    atomic_store(&n_kept, 0), atomic_store(&n_dropped, 0);
    assert_status(RP_OK, rp_starmap_async(fixture->pool, keep_task, results, N_ITEMS, columns, NULL, &handle, &error), &error);
    assert_status(RP_OK, rp_result_get(handle, SUITE_WAIT_S, &error), &error); /* not in this thread, as a blocking call might */
    rp_result_free(handle);
    suite_finish(fixture);
    assert_int_equal(atomic_load(&n_dropped), atomic_load(&n_kept));
}

static void threads_have_ended_when_their_pool_has(void **state)
{
    suite_fixture *fixture = *state;
    rp_executor executor = fixture->info.executor;
    bool is_openmp = executor == RP_EXECUTOR_OPENMP || executor == RP_EXECUTOR_HYBRID;
    if (executor == RP_EXECUTOR_SERIAL || (is_openmp && IS_CLANG)) skip();
    check_ends(fixture, false);
}

/* Those of a region within a region end by themselves, whatever is done. */
static void threads_of_regions_have_ended_when_their_pool_has(void **state)
{
    suite_fixture *fixture = *state;
    if (fixture->info.executor != RP_EXECUTOR_PTHREAD || IS_CLANG) skip();
    check_ends(fixture, true);
}

/* ---- tasks that end their thread ---- */

static void check_left(const suite_fixture *fixture, const rp_error *error, int64_t item)
{
    assert_int_equal(error->status, RP_FAILED);
    assert_int_equal(error->item, item);
    assert_int_equal(error->cause, RP_CAUSE_EXIT);
    assert_text(error, "it ended its thread, with pthread_exit");
    assert_in_range(error->rank, 0, fixture->info.ranks - 1);
}

static void make_ways(int32_t *ways)
{
    memset(ways, 0, N_ITEMS * sizeof(*ways));
    ways[3] = EXITS, ways[4] = EXITS, ways[30] = EXITS_AS_C11;
}

static void a_task_that_ends_its_thread_is_one_failed_item(void **state)
{
    suite_fixture *fixture = *state;
    int32_t ways[N_ITEMS];
    make_ways(ways);
    for (uint64_t chunk = 0; chunk < 12; chunk += 5) {
        int64_t results[N_ITEMS];
        rp_status statuses[N_ITEMS];
        rp_result *handle = NULL;
        rp_error error = {0};
        rp_call_options options = {.chunk = chunk, .on_error = RP_ON_ERROR_COLLECT, .statuses = statuses};
        rp_columns columns = RP_COLUMNS(RP_COLUMN(ways), RP_RANGE(0, 1));
        assert_status(RP_OK, rp_starmap_async(fixture->pool, leave_task, results, N_ITEMS, columns, &options, &handle, &error), &error);
        assert_status(RP_FAILED, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
        check_left(fixture, &error, 3);
        assert_int_equal(rp_result_failures(handle), 3);
        for (int i = 0; i < N_ITEMS; i++) {
            assert_int_equal(statuses[i], ways[i] ? RP_FAILED : RP_OK);
            if (!ways[i]) assert_int_equal(results[i], 2 * i);
        }
        rp_result_free(handle);
        assert_status(RP_FAILED, rp_starmap(fixture->pool, leave_task, results, N_ITEMS, columns, &options, &error), &error);
        check_left(fixture, &error, 3);
    }
    suite_finish(fixture);
}

/* More often than there are workers. */
static void workers_outlive_any_number_of_such_tasks(void **state)
{
    suite_fixture *fixture = *state;
    int64_t results[N_ITEMS];
    rp_status statuses[N_ITEMS];
    rp_error error = {0};
    rp_call_options options = {.chunk = 3, .on_error = RP_ON_ERROR_COLLECT, .statuses = statuses};
    rp_columns columns = RP_COLUMNS(RP_CONSTANT((int32_t)EXITS), RP_RANGE(0, 1));
    assert_status(RP_FAILED, rp_starmap(fixture->pool, leave_task, results, N_ITEMS, columns, &options, &error), &error);
    for (int i = 0; i < N_ITEMS; i++) assert_int_equal(statuses[i], RP_FAILED);
    columns = RP_COLUMNS(RP_CONSTANT((int32_t)STAYS), RP_RANGE(0, 1));
    assert_status(RP_OK, rp_starmap(fixture->pool, leave_task, results, N_ITEMS, columns, &options, &error), &error);
    for (int i = 0; i < N_ITEMS; i++) assert_int_equal(results[i], 2 * i);
}

static void what_a_task_said_before_it_went_counts(void **state)
{
    suite_fixture *fixture = *state;
    int64_t result = 0;
    rp_error error = {0};
    rp_columns columns = RP_COLUMNS(RP_CONSTANT((int32_t)FAILS_AND_EXITS), RP_RANGE(0, 1));
    assert_status(RP_FAILED, rp_starmap(fixture->pool, leave_task, &result, 1, columns, NULL, &error), &error);
    assert_int_equal(error.cause, RP_CAUSE_TASK);
    assert_int_equal(error.code, 7);
    assert_text(&error, "said before it went");
}

static void such_items_are_tried_again(void **state)
{
    suite_fixture *fixture = *state;
    int64_t results[N_ITEMS];
    rp_error error = {0};
    rp_call_options options = {.retries = 1};
    rp_columns columns = RP_COLUMNS(RP_CONSTANT((int32_t)EXITS_AT_FIRST), RP_RANGE(0, 1));
    assert_status(RP_OK, rp_starmap(fixture->pool, leave_task, results, 4, columns, &options, &error), &error);
    for (int i = 0; i < 4; i++) assert_int_equal(results[i], 2 * i);
}

static void range_tasks_and_emitting_ones_may_end_their_thread(void **state)
{
    suite_fixture *fixture = *state;
    int32_t ways[N_ITEMS];
    int64_t numbers[N_ITEMS];
    rp_bytes emitted[N_ITEMS];
    rp_status statuses[N_ITEMS];
    rp_error error = {0};
    make_ways(ways);
    rp_call_options options = {.chunk = 1, .on_error = RP_ON_ERROR_COLLECT, .statuses = statuses};
    rp_columns columns = RP_COLUMNS(RP_COLUMN(ways), RP_RANGE(0, 1));
    assert_status(RP_FAILED, rp_starmap(fixture->pool, leave_all_task, numbers, N_ITEMS, columns, &options, &error), &error);
    check_left(fixture, &error, 3);
    for (int i = 0; i < N_ITEMS; i++) assert_int_equal(statuses[i], ways[i] ? RP_FAILED : RP_OK);
    assert_status(RP_FAILED, rp_starmap(fixture->pool, emit_and_leave_task, emitted, N_ITEMS, columns, &options, &error), &error);
    check_left(fixture, &error, 3);
    for (int i = 0; i < N_ITEMS; i++) assert_int_equal(emitted[i].size, ways[i] ? 0 : sizeof(int64_t));
    rp_bytes_free(emitted, N_ITEMS);
}

static void under_stop_the_call_ends_at_such_an_item(void **state)
{
    suite_fixture *fixture = *state;
    int32_t ways[N_ITEMS];
    int64_t results[N_ITEMS];
    rp_error error = {0};
    make_ways(ways);
    rp_columns columns = RP_COLUMNS(RP_COLUMN(ways), RP_RANGE(0, 1));
    assert_status(RP_FAILED, rp_starmap(fixture->pool, leave_task, results, N_ITEMS, columns, NULL, &error), &error);
    check_left(fixture, &error, 3);
}

static void an_initializer_that_ends_its_thread_has_failed(void **state)
{
    suite_fixture *fixture = *state;
    rp_pool_options options = suite_options();
    rp_pool *pool = NULL;
    rp_error error = {0};
    options.initializer = leaving_initializer;
    rp_status status = rp_pool_open(&options, &pool, &error);
    if (options.timeout_s > 0 && status == RP_OK) rp_pool_free(pool); /* its workers have no state before their first item */
    else assert_status(RP_FAILED, status, &error);
    if (status != RP_OK) assert_text(&error, "it ended its thread");
    options.initializer = leaving_late_initializer;
    suite_reopen(fixture, &options);
    suite_finish(fixture);
}

static int leave_callback(rp_result *result, const rp_error *error, void *argument)
{
    (void)result, (void)error;
    atomic_fetch_add((atomic_int *)argument, 1);
    pthread_exit(NULL);
}

static void a_callback_that_ends_its_thread_has_failed(void **state)
{
    suite_fixture *fixture = *state;
    atomic_int n_calls = 0;
    int64_t results[3];
    for (int k = 1; k <= 3; k++) {
        rp_result *handle = NULL;
        rp_error error = {0};
        rp_call_options options = {.callback = leave_callback, .callback_argument = &n_calls};
        rp_columns columns = RP_COLUMNS(RP_CONSTANT((int32_t)STAYS), RP_RANGE(0, 1));
        assert_status(RP_OK, rp_starmap_async(fixture->pool, leave_task, results, 3, columns, &options, &handle, &error), &error);
        suite_await(&n_calls, k);
        rp_result_free(handle);
    }
    suite_finish(fixture);
    assert_int_equal(rp_pool_callback_failures(fixture->pool), 3);
}

int suite_run_threads(void)
{
    const struct CMUnitTest tests[] = {
        SUITE_CASE(tasks_have_a_stack_of_8_mib_or_more),
        SUITE_CASE(tasks_have_the_stack_that_was_asked_for),
        SUITE_CASE(regions_get_the_cores_that_workers_leave),
        SUITE_CASE(regions_get_what_the_option_says),
        SUITE_CASE(tasks_may_use_their_cores),
        SUITE_CASE(threads_have_ended_when_their_pool_has),
        SUITE_CASE(threads_of_regions_have_ended_when_their_pool_has),
        SUITE_CASE(a_task_that_ends_its_thread_is_one_failed_item),
        SUITE_CASE(workers_outlive_any_number_of_such_tasks),
        SUITE_CASE(what_a_task_said_before_it_went_counts),
        SUITE_CASE(such_items_are_tried_again),
        SUITE_CASE(range_tasks_and_emitting_ones_may_end_their_thread),
        SUITE_CASE(under_stop_the_call_ends_at_such_an_item),
        SUITE_CASE(an_initializer_that_ends_its_thread_has_failed),
        SUITE_CASE(a_callback_that_ends_its_thread_has_failed),
    };
    return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
