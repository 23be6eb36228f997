/*
 * test_pools.c: several pools in one program, one after another and at once, of one executor and of different ones; and what a pool tells
 * about itself.
 */
#include "suite.h"

#include <dirent.h>
#include <string.h>

static void a_pool_is_what_was_asked_for(void **state)
{
    suite_fixture *fixture = *state;
    rp_pool_options options = suite_options();
    const rp_pool_info *info = &fixture->info;
    int over_ranks = options.executor == RP_EXECUTOR_MPI || options.executor == RP_EXECUTOR_HYBRID;
    int one_thread = options.executor == RP_EXECUTOR_SERIAL || options.executor == RP_EXECUTOR_MPI;
    assert_int_equal(info->executor, options.executor);
    assert_int_equal(info->ranks, over_ranks ? rp_main_ranks() : 1);
    assert_int_equal(info->threads, one_thread ? 1 : options.threads);
    assert_int_equal(info->workers, info->ranks * info->threads);
    assert_non_null(info->threads_from);
    for (int rank = 0; rank < info->ranks; rank++) {
        rp_rank_info there = {.threads = 0};
        assert_int_equal(rp_pool_get_rank_info(fixture->pool, rank, &there), RP_OK);
        assert_int_equal(there.threads, info->threads);
        assert_true(there.host[0] != '\0' && there.cores > 0 && there.affinity[0] != '\0');
    }
    rp_rank_info nowhere;
    assert_int_equal(rp_pool_get_rank_info(fixture->pool, info->ranks, &nowhere), RP_USAGE);
    assert_int_equal(rp_pool_get_rank_info(fixture->pool, -1, &nowhere), RP_USAGE);
}

/* Every worker gets work when there is enough that takes long enough. */
static void all_workers_work(void **state)
{
    suite_fixture *fixture = *state;
    uint64_t n = 10 * (uint64_t)fixture->info.workers;
    whereabouts *places = suite_room(fixture, n, sizeof(*places));
    unsigned char *seen = suite_room(fixture, (uint64_t)fixture->info.workers, 1);
    rp_call_options options = {.chunk = 1};
    rp_error error = {0};
    int workers = 0;
    double deadline = suite_now() + SUITE_WAIT_S; /* a busy machine may keep a worker from its items, but not each time */
    while (workers < fixture->info.workers && suite_now() < deadline) {
        assert_status(RP_OK, rp_map(fixture->pool, tasks.where_am_i, places, n, RP_CONSTANT(0.02), &options, &error), &error);
        for (uint64_t i = 0; i < n; i++) {
            unsigned char *mark = &seen[places[i].rank * fixture->info.threads + places[i].worker];
            workers += *mark == 0;
            *mark = 1;
        }
    }
    assert_int_equal(workers, fixture->info.workers);
}

static void check_squares(rp_pool *pool, int64_t start)
{
    int64_t results[100];
    rp_error error = {0};
    memset(results, 0, sizeof(results));
    assert_status(RP_OK, rp_map(pool, tasks.square, results, 100, RP_RANGE(start, 1), NULL, &error), &error);
    for (int64_t i = 0; i < 100; i++) assert_int_equal(results[i], square(start + i));
}

static rp_pool *open_pool(rp_executor executor)
{
    rp_pool_options options = suite_options();
    rp_pool *pool = NULL;
    rp_error error = {0};
    options.executor = executor;
    assert_status(RP_OK, rp_pool_open(&options, &pool, &error), &error);
    return pool;
}

static void pools_come_one_after_another(void **state)
{
    (void)state;
    for (int round = 0; round < 10; round++) {
        rp_pool *pool = open_pool(suite_options().executor);
        if (round % 3 != 0) check_squares(pool, round);
        if (round % 2 == 0) rp_pool_close(pool);
        rp_pool_free(pool);
    }
}

static void pools_of_one_executor_are_open_at_once(void **state)
{
    enum { POOLS = 3 };
    suite_fixture *fixture = *state;
    rp_pool *pools[POOLS];
    int64_t *results = suite_room(fixture, POOLS * 200, sizeof(*results));
    rp_result *handles[POOLS] = {NULL};
    rp_error error = {0};
    for (int k = 0; k < POOLS; k++) pools[k] = open_pool(suite_options().executor);
    for (int k = 0; k < POOLS; k++) {
        assert_status(RP_OK, rp_map_async(pools[k], tasks.square, results + 200 * k, 200, RP_RANGE(200 * k, 1), NULL, &handles[k], &error),
                      &error);
    }
    check_squares(fixture->pool, 5);
    for (int k = POOLS - 1; k >= 0; k--) assert_status(RP_OK, rp_result_get(handles[k], SUITE_WAIT_S, &error), &error);
    for (int64_t i = 0; i < POOLS * 200; i++) assert_int_equal(results[i], square(i));
    rp_pool_free(pools[1]);
    check_squares(pools[0], 6);
    check_squares(pools[2], 7);
    rp_pool_free(pools[2]);
    rp_pool_free(pools[0]);
    for (int k = 0; k < POOLS; k++) rp_result_free(handles[k]);
}

static int has_openmp(void) { return strstr(rp_version_details(), "no OpenMP") == NULL; }

static void pools_of_different_executors_are_open_at_once(void **state)
{
    static const rp_executor executors[] = {RP_EXECUTOR_SERIAL, RP_EXECUTOR_PTHREAD, RP_EXECUTOR_OPENMP};
    suite_fixture *fixture = *state;
    size_t n = has_openmp() ? N_OF(executors) : N_OF(executors) - 1;
    rp_pool *pools[N_OF(executors)];
    for (size_t k = 0; k < n; k++) pools[k] = open_pool(executors[k]);
    for (int round = 0; round < 3; round++) {
        for (size_t k = 0; k < n; k++) check_squares(pools[k], round + (int64_t)k);
        check_squares(fixture->pool, 100 * round);
    }
    for (size_t k = 0; k < n; k++) rp_pool_free(pools[k]);
    check_squares(fixture->pool, 1);
}

/* Pools of the first rank alone, of all but the last, and of all, at once. Each has workers on its own ranks, and nowhere else. */
static void a_pool_may_have_some_ranks_alone(void **state)
{
    suite_fixture *fixture = *state;
    rp_pool_options options = suite_options();
    int spans = options.executor == RP_EXECUTOR_MPI || options.executor == RP_EXECUTOR_HYBRID, n_ranks = spans ? rp_main_ranks() : 1;
    whereabouts places[50];
    for (options.ranks = 1; options.ranks < n_ranks; options.ranks++) {
        rp_pool *pool = NULL;
        rp_pool_info info;
        rp_error error = {0};
        assert_status(RP_OK, rp_pool_open(&options, &pool, &error), &error);
        rp_pool_get_info(pool, &info);
        assert_int_equal(info.ranks, options.ranks);
        assert_int_equal(info.workers, info.ranks * info.threads);
        assert_status(RP_OK, rp_map(pool, tasks.where_am_i, places, 50, RP_CONSTANT(0.001), &(rp_call_options){.chunk = 1}, &error),
                      &error);
        for (int i = 0; i < 50; i++) assert_true(places[i].rank < info.ranks);
        check_squares(pool, 5);
        check_squares(fixture->pool, 6);
        rp_pool_free(pool);
    }
}

static void no_pool_has_more_ranks_than_there_are(void **state)
{
    (void)state;
    rp_pool_options options = suite_options();
    int spans = options.executor == RP_EXECUTOR_MPI || options.executor == RP_EXECUTOR_HYBRID;
    rp_pool *pool = NULL;
    rp_error error = {0};
    options.ranks = rp_main_ranks() + 1;
    rp_status status = rp_pool_open(&options, &pool, &error);
    assert_status(spans ? RP_USAGE : RP_OK, status, &error);
    if (spans) assert_text(&error, "ranks is ");
    rp_pool_free(pool);
}

static void options_may_be_left_out(void **state)
{
    (void)state;
    rp_pool *pool = NULL;
    rp_error error = {0};
    rp_pool_info info;
    assert_status(RP_OK, rp_pool_open(NULL, &pool, &error), &error);
    rp_pool_get_info(pool, &info);
    if (has_openmp()) assert_int_equal(info.executor, info.ranks > 1 ? RP_EXECUTOR_HYBRID : RP_EXECUTOR_OPENMP);
    assert_int_equal(info.ranks, rp_main_ranks());
    assert_true(info.threads >= 1);
    check_squares(pool, 3);
    rp_pool_free(pool);
}

/* How many entries a folder of /proc has: threads or open files of this process. */
static int count_entries(const char *path)
{
    int n = 0;
    DIR *folder = opendir(path);
    assert_non_null(folder);
    while (readdir(folder) != NULL) n++;
    closedir(folder);
    return n;
}

static void open_and_free_pools(int n)
{
    for (int round = 0; round < n; round++) {
        rp_pool *pool = open_pool(suite_options().executor);
        check_squares(pool, round);
        rp_pool_free(pool);
    }
}

/* Afterwards there are no more than after a few pools. A thread's entry goes a moment after the thread was joined. */
static void many_pools_leave_no_threads_or_files(void **state)
{
    (void)state;
    open_and_free_pools(5);
    int threads = count_entries("/proc/self/task"), files = count_entries("/proc/self/fd");
    open_and_free_pools(60);
    for (double deadline = suite_now() + SUITE_WAIT_S; count_entries("/proc/self/task") > threads + 4 && suite_now() < deadline;)
        suite_sleep(0.001);
    assert_in_range(count_entries("/proc/self/task"), 1, threads + 4);
    assert_in_range(count_entries("/proc/self/fd"), 1, files + 4);
}

int suite_run_pools(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(a_pool_is_what_was_asked_for),
        SUITE_CASE(all_workers_work),
        SUITE_CASE(pools_come_one_after_another),
        SUITE_CASE(pools_of_one_executor_are_open_at_once),
        SUITE_CASE(pools_of_different_executors_are_open_at_once),
        SUITE_CASE(a_pool_may_have_some_ranks_alone),
        SUITE_CASE(no_pool_has_more_ranks_than_there_are),
        SUITE_CASE(options_may_be_left_out),
        SUITE_CASE(many_pools_leave_no_threads_or_files),
    };
    return cmocka_run_group_tests_name("pools", cases, NULL, NULL);
}
