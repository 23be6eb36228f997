/*
 * test_coordinator_turn.c: calls of a pool whose ranks are threads behind a fake link. Their results are those of a serial loop, however
 * messages are delayed. When the link fails, at whichever message, each call ends with the right results or as lost.
 */
#include "cluster.h"

#include "base/clock.h"

/* ---- tasks ---- */

static double blend(double a, int32_t b, int64_t x) { return a * (double)x + b; }
RP_TASK(blend, double, double, int32_t, int64_t)

static int64_t square(int64_t x) { return x * x; }
RP_TASK(square, int64_t, int64_t)

static void square_all(size_t n, int64_t *result, const int64_t *x)
{
    for (size_t i = 0; i < n; i++) result[i] = x[i] * x[i];
}
RP_TASK_RANGE(square_all, int64_t, int64_t)

static void repeat(rp_bytes text, int64_t times)
{
    for (int64_t i = 0; i < times; i++) rp_emit(text.data, text.size);
}
RP_TASK_EMIT(repeat, rp_bytes, int64_t)

static int64_t every_tenth_fails(int64_t x) { return x % 10 == 7 ? rp_fail((int)x, "%lld ends in 7", (long long)x) : x; }
RP_TASK(every_tenth_fails, int64_t, int64_t)

static int64_t where(int64_t x)
{
    unit_sleep(0.0002);
    return x * 0 + rp_rank();
}
RP_TASK(where, int64_t, int64_t)

enum { RANKS = 3, PART = 30 };
static atomic_int n_of_rank[RANKS];

/* A rank that has had its part waits for the others, which a busy machine may keep from theirs. */
static int64_t take_part(int64_t x)
{
    int mine = atomic_fetch_add(&n_of_rank[rp_rank()], 1);
    for (int rank = 0; rank < RANKS && mine > 3 * PART; rank++) unit_await(&n_of_rank[rank], PART);
    return x;
}
RP_TASK(take_part, int64_t, int64_t)

static atomic_int n_slow;

static int64_t slow(int64_t x)
{
    atomic_fetch_add(&n_slow, 1);
    unit_sleep(0.002);
    return x;
}
RP_TASK(slow, int64_t, int64_t)

static int64_t elsewhere_fails(int64_t x)
{
    unit_sleep(0.002);
    return rp_rank() > 0 ? rp_fail(1, "not here") : x;
}
RP_TASK(elsewhere_fails, int64_t, int64_t)

/* Every tenth fails on its first two tries. */
static int64_t come_round(int64_t x) { return x % 10 == 7 && rp_attempt() < 3 ? rp_fail(rp_attempt(), "not yet") : x * x; }
RP_TASK(come_round, int64_t, int64_t)

static int64_t not_on_one(int64_t x) { return rp_rank() == 1 ? rp_fail((int)x, "not here") : rp_rank(); }
RP_TASK(not_on_one, int64_t, int64_t)

enum { FIRST_SECOND_TRIES = 8 };
static atomic_int n_first_tries, n_second_tries, has_stopped;

static int64_t slow_to_come_round(int64_t x)
{
    if (rp_attempt() == 1) {
        atomic_fetch_add(&n_first_tries, 1);
        return rp_fail(1, "not yet");
    }
    if (atomic_fetch_add(&n_second_tries, 1) >= FIRST_SECOND_TRIES) unit_await(&has_stopped, 1);
    return x;
}
RP_TASK(slow_to_come_round, int64_t, int64_t)

/* The worker that ran it, ten times its rank and its index; rank 1 is so much slower than the others that it is so on a busy machine too.
 */
static int64_t slow_on_one(int64_t x)
{
    (void)x;
    unit_sleep(rp_rank() == 1 ? 30e-3 : 1e-3);
    return 10 * rp_rank() + rp_worker();
}
RP_TASK(slow_on_one, int64_t, int64_t)

/* ---- a pool of three ranks with two workers each ---- */

static cluster *open_world(const fake_weather *weather)
{
    cluster *world = cluster_start(3, weather);
    rp_pool_options options = {.executor = RP_EXECUTOR_HYBRID, .threads = 2, .retry_pause_s = 1e-3};
    rp_error error;
    if (cluster_open(world, &options, &error) != RP_OK) fail_msg("%s", rp_error_text(&error));
    return world;
}

static int set_up(void **state)
{
    *state = open_world(&(fake_weather){.most_delay_us = 300, .seed = 11});
    return 0;
}

static int tear_down(void **state) { return cluster_stop(*state) == RP_OK ? 0 : -1; }

static void check_ok(rp_status status, const rp_error *error)
{
    if (status != RP_OK) fail_msg("%s: %s", rp_status_text(status), rp_error_text(error));
}

/* ---- what comes out ---- */

static void maps_of_all_schedules_equal_the_serial_loop(void **state)
{
    cluster *world = *state;
    static const uint64_t counts[] = {0, 1, 2, 5, 6, 7, 100, 3000};
    struct row {
        int32_t b;
        char more[9];
    } *rows = calloc(3000, sizeof *rows);
    double *results = calloc(3000, sizeof *results);
    for (int i = 0; i < 3000; i++) rows[i].b = i * 3;
    for (int row = 0, kind; unit_schedule(row, &kind); row++)
        for (size_t c = 0; c < N_OF(counts); c++) {
            rp_error error;
            rp_call_options options = {.schedule = (rp_schedule)kind, .chunk = kind == RP_SCHEDULE_FIXED ? 1 + c * 3 : 0};
            rp_columns columns = RP_COLUMNS(RP_CONSTANT(0.25), RP_FIELD(rows, b), RP_RANGE(-50, 3));
            memset(results, 0, 3000 * sizeof *results);
            check_ok(rp_starmap(world->pool, blend_task, results, counts[c], columns, &options, &error), &error);
            for (uint64_t i = 0; i < counts[c]; i++) assert_true(results[i] == blend(0.25, rows[i].b, (int64_t)i * 3 - 50));
        }
    free(rows);
    free(results);
}

/* Runs a map; counts rank 1's items, and the longest row of items of one worker of rank 2. */
static void run_on_one_on_one(cluster *world, rp_schedule schedule, int n_items, int *n_on_one, int *longest)
{
    int64_t *workers = calloc((size_t)n_items, sizeof *workers);
    rp_call_options options = {.schedule = schedule};
    rp_error error;
    int row = 0;
    *n_on_one = *longest = 0;
    check_ok(rp_map(world->pool, slow_on_one_task, workers, (uint64_t)n_items, RP_RANGE(0, 1), &options, &error), &error);
    for (int i = 0; i < n_items; i++) {
        *n_on_one += workers[i] / 10 == 1;
        row = i > 0 && workers[i] == workers[i - 1] ? row + 1 : 1;
        if (workers[i] / 10 == 2 && row > *longest) *longest = row;
    }
    free(workers);
}

/* Factoring gives rank 1 a third of the first half of all items: there is time for a few of all. A rank whose rate isn't known gets 8 at a
 * time. A busy machine makes fast items slow, so one run of several has to fit. */
static void a_slow_rank_is_given_less_by_schedules_that_go_by_rates(void **state)
{
    enum { N = 600 };
    for (int row = 0, kind; unit_schedule(row, &kind); row++) {
        if (!rpi_rates_matter((rp_schedule)kind)) continue;
        int n_on_one = N, longest = 0;
        for (int run = 0; run < 20 && (n_on_one >= N / 6 || longest < 30); run++)
            run_on_one_on_one(*state, (rp_schedule)kind, N, &n_on_one, &longest);
        if (n_on_one >= N / 6 || longest < 30)
            fail_msg("%s gives rank 1 %d of %d items, others %d at most", rp_schedule_name((rp_schedule)kind), n_on_one, N, longest);
    }
}

static void range_kernels_and_arrays_arrive(void **state)
{
    cluster *world = *state;
    enum { N = 20000 };
    int64_t *x = calloc(N, sizeof *x), *results = calloc(N, sizeof *results);
    rp_error error;
    for (int64_t i = 0; i < N; i++) x[i] = i - 1000;
    for (int row = 0, kind; unit_schedule(row, &kind); row++) {
        rp_call_options options = {.schedule = (rp_schedule)kind, .chunk = kind == RP_SCHEDULE_FIXED ? 100 : 0};
        memset(results, 0, N * sizeof *results);
        check_ok(rp_map(world->pool, square_all_task, results, N, RP_COLUMN(x), &options, &error), &error);
        for (int i = 0; i < N; i++) assert_int_equal(results[i], x[i] * x[i]);
    }
    free(x);
    free(results);
}

static void bytes_go_there_and_back(void **state)
{
    cluster *world = *state;
    enum { N = 300 };
    rp_bytes texts[N], results[N];
    char letters[N];
    for (int i = 0; i < N; i++) letters[i] = (char)('a' + i % 26);
    for (int i = 0; i < N; i++) texts[i] = (rp_bytes){i % 4 ? letters : NULL, i % 4 ? (size_t)i : 0};
    rp_error error;
    check_ok(rp_starmap(world->pool, repeat_task, results, N, RP_COLUMNS(RP_COLUMN(texts), RP_RANGE(0, 1)), NULL, &error), &error);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(results[i].size, texts[i].size * i);
        for (size_t k = 0; k < i && results[i].size; k++) assert_memory_equal((const char *)results[i].data + k * i, letters, i);
    }
    rp_bytes_free(results, N);
}

static void failures_of_all_ranks_are_collected(void **state)
{
    cluster *world = *state;
    enum { N = 1000 };
    int64_t results[N];
    rp_status statuses[N];
    rp_result *handle;
    rp_error error;
    for (uint64_t chunk = 0; chunk <= 30; chunk += 15) {
        rp_call_options options = {.on_error = RP_ON_ERROR_COLLECT, .statuses = statuses, .chunk = chunk};
        check_ok(rp_map_async(world->pool, every_tenth_fails_task, results, N, RP_RANGE(0, 1), &options, &handle, &error), &error);
        assert_int_equal(rp_result_get(handle, -1, &error), RP_FAILED);
        assert_int_equal(error.item, 7);
        assert_int_equal(rp_result_failures(handle), N / 10);
        assert_int_equal(rp_result_completed(handle), N);
        for (uint64_t k = 0; k < N / 10; k++) {
            assert_int_equal(rp_result_failure(handle, k, &error), RP_OK);
            assert_int_equal(error.item, 10 * k + 7);
            assert_int_equal(error.code, 10 * k + 7);
            assert_in_range(error.rank, 0, 2);
        }
        for (int i = 0; i < N; i++) assert_int_equal(statuses[i], i % 10 == 7 ? RP_FAILED : RP_OK);
        rp_result_free(handle);
    }
}

static void stop_names_the_first_failure_wherever_it_ran(void **state)
{
    cluster *world = *state;
    static int64_t results[5000];
    for (int row = 0, kind; unit_schedule(row, &kind); row++) {
        rp_error error;
        rp_call_options options = {.schedule = (rp_schedule)kind};
        memset(results, 0x55, sizeof results);
        assert_int_equal(rp_map(world->pool, every_tenth_fails_task, results, 5000, RP_RANGE(-3000, 1), &options, &error), RP_FAILED);
        assert_int_equal(error.item, 3007);
        for (int i = 0; i < 3007; i++) assert_int_equal(results[i], i - 3000);
    }
}

static void a_failure_elsewhere_stops_the_rest(void **state)
{
    cluster *world = *state;
    static int64_t results[20000];
    rp_result *handle;
    rp_error error;
    rp_call_options ones = {.chunk = 1};
    check_ok(rp_map_async(world->pool, elsewhere_fails_task, results, 20000, RP_RANGE(0, 1), &ones, &handle, &error), &error);
    assert_int_equal(rp_result_get(handle, UNIT_WAIT_S, &error), RP_FAILED);
    assert_in_range(error.rank, 1, 2);
    assert_in_range(rp_result_completed(handle), 1, 2000);
    assert_true(fake_network_sent(world->network, RPI_CUTOFF) >= 2); /* both ranks are told */
    assert_true(fake_network_sent(world->network, RPI_WORK) < 500);  /* and no more is sent there */
    rp_result_free(handle);
}

static void failed_items_come_round(void **state)
{
    cluster *world = *state;
    enum { N = 500 };
    int64_t results[N];
    for (int row = 0, kind; unit_schedule(row, &kind); row++) {
        rp_error error;
        rp_call_options options = {.schedule = (rp_schedule)kind, .retries = 2};
        check_ok(rp_map(world->pool, come_round_task, results, N, RP_RANGE(0, 1), &options, &error), &error);
        for (int64_t i = 0; i < N; i++) assert_int_equal(results[i], i * i);
    }
}

static void the_next_try_is_on_another_rank(void **state)
{
    cluster *world = *state;
    enum { N = 500 };
    int64_t results[N];
    rp_error error;
    rp_call_options options = {.chunk = 1, .retries = 1};
    check_ok(rp_map(world->pool, not_on_one_task, results, N, RP_RANGE(0, 1), &options, &error), &error);
    for (int i = 0; i < N; i++) assert_true(results[i] == 0 || results[i] == 2);
}

/* Tries that wait for a worker are given up. No item that didn't run counts as a result. */
static void a_stop_gives_up_tries_that_wait_for_a_worker(void **state)
{
    cluster *world = *state;
    enum { N = 300 };
    int64_t results[N];
    rp_status statuses[N];
    rp_result *handle;
    rp_error error;
    rp_call_options options = {.on_error = RP_ON_ERROR_COLLECT, .retries = 1, .statuses = statuses};
    atomic_store(&n_first_tries, 0);
    atomic_store(&n_second_tries, 0);
    atomic_store(&has_stopped, 0);
    check_ok(rp_map_async(world->pool, slow_to_come_round_task, results, N, RP_RANGE(0, 1), &options, &handle, &error), &error);
    unit_await(&n_second_tries, FIRST_SECOND_TRIES);
    rp_pool_stop(world->pool);
    atomic_store(&has_stopped, 1);
    rp_status status = rp_result_get(handle, UNIT_WAIT_S, &error);
    int n_tried = atomic_load(&n_second_tries);
    assert_in_range(n_tried, FIRST_SECOND_TRIES, 60);
    int n_begun = atomic_load(&n_first_tries), n_cancelled = 0; /* all of them, unless the machine is busy */
    assert_int_equal(status, n_begun < N ? RP_CANCELLED : RP_FAILED);
    assert_int_equal(rp_result_failures(handle), n_begun - n_tried);
    assert_int_equal(rp_result_completed(handle), n_begun);
    for (int i = 0; i < N; i++) n_cancelled += statuses[i] == RP_CANCELLED;
    assert_int_equal(n_cancelled, N - n_begun);
    rp_result_free(handle);
}

static void each_rank_is_told_of_a_call_once(void **state)
{
    cluster *world = *state;
    static int64_t results[2000];
    rp_error error;
    for (unsigned calls = 1; calls <= 3; calls++) {
        check_ok(rp_map(world->pool, where_task, results, 2000, RP_RANGE(calls, 1), &(rp_call_options){.chunk = 10}, &error), &error);
        assert_int_equal(fake_network_sent(world->network, RPI_CALL), 2 * calls);
    }
    assert_in_range(fake_network_sent(world->network, RPI_WORK), 3 * 2 * 3, 600);
    assert_int_equal(fake_network_sent(world->network, RPI_WORK), fake_network_sent(world->network, RPI_DONE));
    for (double end = unit_now() + UNIT_WAIT_S; fake_network_sent(world->network, RPI_FORGET) < 6 && unit_now() < end;) unit_sleep(0.005);
    assert_int_equal(fake_network_sent(world->network, RPI_FORGET), 6);
    assert_int_equal(fake_network_sent(world->network, RPI_CUTOFF), 0);
}

/* One for each of the two ranks, where the call before was known there and is over; whether it is forgotten before depends on the clock. */
static void a_call_like_the_one_before_need_not_be_told(void **state)
{
    cluster *world = *state;
    enum { N = 600, CALLS = 40 };
    int64_t results[N];
    rp_error error;
    for (int call = 0; call < CALLS; call++) {
        for (int rank = 0; rank < RANKS; rank++) atomic_store(&n_of_rank[rank], 0);
        check_ok(rp_map(world->pool, take_part_task, results, N, RP_RANGE(0, 1), NULL, &error), &error);
        for (int rank = 0; rank < RANKS; rank++) assert_in_range(atomic_load(&n_of_rank[rank]), PART, N);
    }
    unsigned n_told = fake_network_sent(world->network, RPI_CALL);
    assert_true(n_told < 2 * CALLS);
    for (double end = unit_now() + UNIT_WAIT_S; fake_network_sent(world->network, RPI_FORGET) < n_told && unit_now() < end;)
        unit_sleep(0.005);
    assert_int_equal(fake_network_sent(world->network, RPI_FORGET), n_told);
}

static void each_rank_takes_its_part(void **state)
{
    cluster *world = *state;
    enum { N = 600 };
    int64_t results[N];
    rp_error error;
    for (int rank = 0; rank < RANKS; rank++) atomic_store(&n_of_rank[rank], 0);
    check_ok(rp_map(world->pool, take_part_task, results, N, RP_RANGE(0, 1), NULL, &error), &error);
    for (int rank = 0; rank < RANKS; rank++) assert_in_range(atomic_load(&n_of_rank[rank]), PART, N);
}

static void a_cancel_reaches_the_ranks(void **state)
{
    cluster *world = *state;
    static int64_t results[20000];
    rp_result *handle;
    rp_error error;
    atomic_store(&n_slow, 0);
    check_ok(rp_map_async(world->pool, slow_task, results, 20000, RP_RANGE(0, 1), &(rp_call_options){.chunk = 500}, &handle, &error),
             &error);
    unit_await(&n_slow, 12);
    rp_result_cancel(handle);
    assert_int_equal(rp_result_wait(handle, UNIT_WAIT_S), RP_OK);
    assert_int_equal(rp_result_get(handle, 0, NULL), RP_CANCELLED);
    assert_in_range(atomic_load(&n_slow), 12, 5000);
    rp_result_free(handle);
}

static void iterators_deliver_what_ranks_ran(void **state)
{
    cluster *world = *state;
    enum { N = 2000 };
    for (int ordered = 0; ordered < 2; ordered++)
        for (uint64_t chunk = 0; chunk <= 20; chunk += 10) {
            static unsigned char seen[N];
            rp_iter *iterator;
            rp_error error;
            rp_call_options options = {.chunk = chunk, .window = chunk * 7};
            rp_source source = RP_ITEMS(N, RP_RANGE(0, 1));
            rp_status status = ordered ? rp_imap(world->pool, square_task, source, &options, &iterator, &error)
                                       : rp_imap_unordered(world->pool, square_task, source, &options, &iterator, &error);
            check_ok(status, &error);
            memset(seen, 0, sizeof seen);
            for (int64_t i = 0; i < N; i++) {
                int64_t result;
                check_ok(rp_iter_next(iterator, &result, UNIT_WAIT_S, &error), &error);
                int64_t index = rp_iter_index(iterator);
                if (ordered) assert_int_equal(index, i);
                assert_int_equal(result, index * index);
                assert_int_equal(seen[index]++, 0);
            }
            assert_int_equal(rp_iter_next(iterator, NULL, UNIT_WAIT_S, &error), RP_END);
            rp_iter_free(iterator);
        }
}

/* ---- several threads ---- */

typedef struct submitter {
    pthread_t thread;
    rp_pool *pool;
    int number, n_wrong;
} submitter;

static void *submit_many(void *argument)
{
    submitter *self = argument;
    for (int round = 0; round < 30; round++) {
        int64_t results[200];
        uint64_t n = (uint64_t)(self->number * 37 + round * 11) % 200;
        rp_call_options options = {.schedule = (rp_schedule)((self->number + round) % 6)};
        if (rp_map(self->pool, square_task, results, n, RP_RANGE(round, 1), &options, NULL) != RP_OK) self->n_wrong++;
        for (uint64_t i = 0; i < n; i++) self->n_wrong += results[i] != square((int64_t)i + round);
    }
    return NULL;
}

static void calls_of_several_threads_do_not_mix(void **state)
{
    cluster *world = *state;
    submitter all[4];
    for (int k = 0; k < 4; k++) {
        all[k] = (submitter){.pool = world->pool, .number = k};
        assert_int_equal(pthread_create(&all[k].thread, NULL, submit_many, &all[k]), 0);
    }
    for (int k = 0; k < 4; k++) pthread_join(all[k].thread, NULL);
    for (int k = 0; k < 4; k++) assert_int_equal(all[k].n_wrong, 0);
}

/* ---- weather ---- */

static void any_delay_gives_the_same(void **state)
{
    (void)state;
    static const unsigned delays_us[] = {0, 20, 2000, 20000};
    unit_seed();
    for (size_t d = 0; d < N_OF(delays_us); d++) {
        cluster *world = open_world(&(fake_weather){.most_delay_us = delays_us[d], .seed = unit_random(UINT64_MAX)});
        for (int row = 0, kind; unit_schedule(row, &kind); row++) {
            int64_t results[500] = {0};
            rp_error error;
            rp_call_options options = {.schedule = (rp_schedule)kind, .chunk = kind == RP_SCHEDULE_FIXED ? 20 : 0};
            check_ok(rp_map(world->pool, square_task, results, 500, RP_RANGE(0, 1), &options, &error), &error);
            for (int64_t i = 0; i < 500; i++) assert_int_equal(results[i], i * i);
        }
        assert_int_equal(cluster_stop(world), RP_OK);
    }
}

/* Threads that spin cut their turns short, and all messages come in between. */
static void what_no_news_tells_of_is_found_by_the_clock(void **state)
{
    (void)state;
    cluster *world = cluster_start(3, NULL);
    rp_pool_options options = {.executor = RP_EXECUTOR_HYBRID, .threads = 1, .wait_policy = RP_WAIT_ACTIVE};
    rp_error error;
    check_ok(cluster_open(world, &options, &error), &error);
    fake_network_hide_news(world->network);
    for (int64_t round = 0; round < 50; round++) {
        int64_t results[20];
        check_ok(rp_map(world->pool, square_task, results, 20, RP_RANGE(round, 1), NULL, &error), &error);
        for (int64_t i = 0; i < 20; i++) assert_int_equal(results[i], (i + round) * (i + round));
    }
    assert_int_equal(cluster_stop(world), RP_OK);
}

/* ---- failing links ---- */

static void check_squares(rp_status status, const int64_t *results, uint64_t n)
{
    for (uint64_t i = 0; status == RP_OK && i < n; i++) assert_int_equal(results[i], square((int64_t)i));
}

/* Maps that wait, one that doesn't, one that fails, one that tries again, and an iterator. Each ends with the right results or as lost. */
static void use_pool(rp_pool *pool)
{
    enum { N = 120 };
    static int64_t first[N], second[N], failing[N];
    rp_result *handle;
    rp_iter *iterator;
    rp_error error;
    rp_call_options ones = {.chunk = 1}, window = {.chunk = 5, .window = 40}, guided = {.schedule = RP_SCHEDULE_GUIDED};
    check_ok(rp_map_async(pool, square_task, first, N, RP_RANGE(0, 1), &ones, &handle, &error), &error);
    rp_status status = rp_map(pool, square_task, second, N, RP_RANGE(0, 1), &guided, &error);
    assert_true(status == RP_OK || (status == RP_LOST && error.status == RP_LOST));
    check_squares(status, second, N);
    status = rp_result_get(handle, -1, &error);
    assert_true(status == RP_OK || (status == RP_LOST && error.status == RP_LOST));
    check_squares(status, first, N);
    rp_result_free(handle);
    status = rp_map(pool, every_tenth_fails_task, failing, N, RP_RANGE(0, 1), NULL, &error);
    assert_true(status == RP_FAILED || status == RP_LOST);
    if (status == RP_FAILED) assert_int_equal(error.item, 7);
    rp_call_options again = {.chunk = 3, .retries = 2};
    status = rp_map(pool, come_round_task, second, N, RP_RANGE(0, 1), &again, &error);
    assert_true(status == RP_OK || status == RP_LOST);
    check_squares(status, second, N);
    check_ok(rp_imap(pool, square_task, RP_ITEMS(N, RP_RANGE(0, 1)), &window, &iterator, &error), &error);
    for (int64_t i = 0, result; (status = rp_iter_next(iterator, &result, -1, &error)) == RP_OK; i++) {
        assert_int_equal(rp_iter_index(iterator), i);
        assert_int_equal(result, i * i);
    }
    if (status == RP_END) assert_int_equal(rp_iter_index(iterator), N - 1);
    else assert_int_equal(status, RP_LOST);
    rp_iter_free(iterator);
}

/* True when the failure happened. */
static bool use_world(const fake_weather *weather)
{
    cluster *world = cluster_start(3, weather);
    rp_pool_options options = {.executor = RP_EXECUTOR_HYBRID, .threads = 1, .retry_pause_s = 1e-4};
    rp_error error;
    rp_status status = cluster_open(world, &options, &error);
    assert_true(status == RP_OK || status == RP_LOST);
    if (status == RP_OK) use_pool(world->pool);
    bool failed = fake_network_failed(world->network);
    if (status != RP_OK) fake_network_break(world->network); /* the coordinator is gone with the pool */
    rp_status stopped = cluster_stop(world);
    if (!failed) assert_true(status == RP_OK);
    assert_true(stopped == RP_OK || stopped == RP_LOST);
    return failed;
}

/* Fails the n-th send or delivery of that rank, for n = 1, 2, …, until there is no n-th any more. Which message is the n-th differs from
 * run to run. */
static void fail_at_each(int rank, bool at_send, bool for_good)
{
    for (unsigned n = 1, step = 1;; n += step) {
        fake_weather weather = {.failing_rank = rank, .for_good = for_good, .most_delay_us = n % 3 * 50, .seed = n};
        if (at_send) weather.failing_send = n;
        else weather.failing_receive = n;
        if (!use_world(&weather)) break;
        if (n > 40) step = n / 8;
    }
}

static void the_coordinators_sends_may_fail(void **state)
{
    (void)state;
    fail_at_each(0, true, true);
    fail_at_each(0, true, false);
}

static void the_coordinators_receives_may_fail(void **state)
{
    (void)state;
    fail_at_each(0, false, true);
    fail_at_each(0, false, false);
}

static void the_ranks_sends_and_receives_may_fail(void **state)
{
    (void)state;
    fail_at_each(1, true, true);
    fail_at_each(2, false, true);
}

#define WITH(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

UNIT_MAIN(WITH(maps_of_all_schedules_equal_the_serial_loop), WITH(a_slow_rank_is_given_less_by_schedules_that_go_by_rates),
          WITH(range_kernels_and_arrays_arrive), WITH(bytes_go_there_and_back), WITH(failures_of_all_ranks_are_collected),
          WITH(stop_names_the_first_failure_wherever_it_ran), WITH(a_failure_elsewhere_stops_the_rest), WITH(failed_items_come_round),
          WITH(the_next_try_is_on_another_rank), WITH(a_stop_gives_up_tries_that_wait_for_a_worker), WITH(each_rank_is_told_of_a_call_once),
          WITH(a_call_like_the_one_before_need_not_be_told), WITH(each_rank_takes_its_part), WITH(a_cancel_reaches_the_ranks),
          WITH(iterators_deliver_what_ranks_ran), WITH(calls_of_several_threads_do_not_mix), UNIT(any_delay_gives_the_same),
          UNIT(what_no_news_tells_of_is_found_by_the_clock), UNIT(the_coordinators_sends_may_fail),
          UNIT(the_coordinators_receives_may_fail), UNIT(the_ranks_sends_and_receives_may_fail))
