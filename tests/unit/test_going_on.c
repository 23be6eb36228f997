/*
 * test_going_on.c: ranks die at any moment, and the pool goes on: each call ends as if nothing had happened, each item's result is there
 * once, and what made three ranks die is given up.
 */
#include "cluster.h"

#include "cluster/failure_detector.h"

enum { N = 150, RANKS = 6 };

static cluster *world; /* the current one, for tasks that end their rank */
static atomic_int n_lines;
static char last_line[RP_ERROR_TEXT_SIZE];

static int64_t square(int64_t x)
{
    unit_sleep(0.0002);
    return x * x;
}
RP_TASK(square, int64_t, int64_t)

static void spell(int64_t x)
{
    unit_sleep(0.0001);
    for (int64_t i = 0; i < x % 50; i++) rp_emit("ab", 2);
}
RP_TASK_EMIT(spell, int64_t)

static int64_t second_time(int64_t x) { return rp_attempt() == 1 && x % 3 == 0 ? rp_fail(1, "not yet") : square(x); }
RP_TASK(second_time, int64_t, int64_t)

static atomic_llong poison; /* the item that ends its rank; -1: the first one that another rank than 0 begins */

static int64_t deadly(int64_t x)
{
    long long any = -1;
    unit_sleep(0.0005);
    if (rp_rank() > 0) (void)atomic_compare_exchange_strong(&poison, &any, x);
    if (rp_rank() > 0 && atomic_load(&poison) == x) {
        fake_network_kill(world->network, rp_rank());
        unit_sleep(0.01);
    }
    return x * x;
}
RP_TASK(deadly, int64_t, int64_t)

static int start(rp_bytes argument, void **state)
{
    (void)argument, (void)state;
    if (rp_rank() == 2) fake_network_kill(world->network, 2);
    return 0;
}
RP_INITIALIZER(fatal_start, start, NULL)

/* ---- worlds ---- */

static void take_line(void *argument, const char *line)
{
    assert_ptr_equal(argument, &n_lines);
    assert_contains(line, "was lost");
    assert_contains(line, "ranks go on");
    snprintf(last_line, sizeof last_line, "%s", line);
    atomic_fetch_add(&n_lines, 1);
}

/* A rank with a message that doesn't come is given up after gap_s; 0: as usual. */
static void open_world(const fake_weather *weather, int n_ranks, double gap_s, const rp_initializer *initializer)
{
    rp_error error = {0};
    rp_pool_options options = {.executor = RP_EXECUTOR_HYBRID,
                               .threads = 1,
                               .on_lost = RP_ON_LOST_GO_ON,
                               .retry_pause_s = 0.001,
                               .initializer = initializer,
                               .record = RP_RECORD_TOTALS,
                               .lost = take_line,
                               .lost_argument = &n_lines};
    atomic_store(&n_lines, 0);
    atomic_store(&poison, -1);
    world = cluster_start_watched(n_ranks, weather, gap_s, 10 * UNIT_WAIT_S);
    if (cluster_open(world, &options, &error) != RP_OK) fail_msg("%s", rp_error_text(&error));
}

/* Returns how many ranks were lost. */
static int close_world(void)
{
    rp_error error;
    assert_int_equal(rp_pool_check(world->pool, &error), RP_OK);
    rp_status status = cluster_stop(world);
    int n = atomic_load(&n_lines);
    if (n == 0 && status == RP_LOST) return n;         /* lost while the pool closed */
    assert_int_equal(status, n > 0 ? RP_LOST : RP_OK); /* a pool on a communicator says at its end that a rank is gone */
    return n;
}

static void check_ok(rp_status status, const rp_error *error)
{
    if (status != RP_OK) fail_msg("%s: %s", rp_status_text(status), rp_error_text(error));
}

/* ---- calls ---- */

static void check_squares(const int64_t *results, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (results[i] != i * i) fail_msg("result %lld is %lld", (long long)i, (long long)results[i]);
}

static void use_map(rp_pool *pool, const rp_task *task, const rp_call_options *options)
{
    int64_t results[N] = {0};
    rp_error error = {0};
    check_ok(rp_map(pool, task, results, N, RP_RANGE(0, 1), options, &error), &error);
    check_squares(results, N);
}

static void use_shared(rp_pool *pool)
{
    rp_error error = {0};
    int64_t *items = rp_alloc(pool, N * sizeof *items, &error), *results = rp_alloc(pool, N * sizeof *results, &error);
    assert_true(items && results);
    for (int64_t i = 0; i < N; i++) items[i] = i;
    check_ok(rp_map(pool, square_task, results, N, RP_COLUMN(items), &(rp_call_options){.chunk = 2}, &error), &error);
    check_squares(results, N);
    rp_free(items);
    rp_free(results);
}

static void use_texts(rp_pool *pool)
{
    rp_bytes texts[N];
    rp_error error = {0};
    check_ok(rp_map(pool, spell_task, texts, N, RP_RANGE(0, 1), NULL, &error), &error);
    for (size_t i = 0; i < N; i++) assert_int_equal(texts[i].size, 2 * (i % 50));
    rp_bytes_free(texts, N);
}

static void use_iterator(rp_pool *pool, bool ordered)
{
    rp_iter *iterator;
    rp_error error = {0};
    rp_call_options options = {.chunk = 3, .window = 40};
    rp_source source = RP_ITEMS(N, RP_RANGE(0, 1));
    unsigned char seen[N] = {0};
    int64_t result, before = -1;
    rp_status status;
    if (ordered) assert_int_equal(rp_imap(pool, square_task, source, &options, &iterator, &error), RP_OK);
    else assert_int_equal(rp_imap_unordered(pool, square_task, source, &options, &iterator, &error), RP_OK);
    while ((status = rp_iter_next(iterator, &result, UNIT_WAIT_S, &error)) == RP_OK) {
        int64_t index = rp_iter_index(iterator);
        if (ordered) assert_int_equal(index, before + 1);
        before = index;
        assert_int_equal(seen[index]++, 0);
        assert_int_equal(result, index * index);
    }
    if (status != RP_END) fail_msg("%s: %s", rp_status_text(status), rp_error_text(&error));
    for (int i = 0; i < N; i++) assert_int_equal(seen[i], 1);
    rp_iter_free(iterator);
}

static void use_applies(rp_pool *pool)
{
    enum { FEW = 40 };
    int64_t results[FEW];
    rp_result *handles[FEW];
    rp_error error = {0};
    for (int64_t i = 0; i < FEW; i++)
        check_ok(rp_apply_async(pool, square_task, &results[i], RP_COLUMNS(RP_CONSTANT(i)), NULL, &handles[i], &error), &error);
    for (int64_t i = 0; i < FEW; i++) {
        check_ok(rp_result_get(handles[i], UNIT_WAIT_S, &error), &error);
        rp_result_free(handles[i]);
    }
    check_squares(results, FEW);
}

static void use_reduce(rp_pool *pool)
{
    int64_t sum = 0;
    rp_error error = {0};
    check_ok(rp_reduce(pool, square_task, rp_sum_int64, &sum, N, RP_COLUMNS(RP_RANGE(0, 1)), &(rp_call_options){.chunk = 7}, &error),
             &error);
    assert_int_equal(sum, (int64_t)(N - 1) * N * (2 * N - 1) / 6);
}

static void use_all(rp_pool *pool)
{
    use_map(pool, square_task, &(rp_call_options){.chunk = 1 + unit_random(9)});
    use_iterator(pool, true);
    use_applies(pool);
    use_map(pool, square_task, &(rp_call_options){.schedule = unit_random_schedule()});
    use_texts(pool);
    use_reduce(pool);
    use_shared(pool);
    use_map(pool, second_time_task, &(rp_call_options){.retries = 2});
    use_iterator(pool, false);
}

/* ---- deaths at any moment ---- */

typedef struct killer {
    pthread_t thread;
    double after_s[RANKS]; /* 0: lives */
} killer;

static void *kill_in_turn(void *argument)
{
    const killer *self = argument;
    double begin = unit_now();
    for (int rank = 1; rank < RANKS; rank++) {
        if (self->after_s[rank] <= 0) continue;
        double left = self->after_s[rank] - (unit_now() - begin);
        if (left > 0) unit_sleep(left);
        fake_network_kill(world->network, rank);
    }
    return NULL;
}

/* One rank dies or two, together or one after another. When more do, an item may have been with three of them, and has failed. */
static void begin_killing(killer *self)
{
    double at_s = 0.001;
    int n_doomed = 1 + (int)unit_random(2);
    for (int rank = 1; rank < RANKS; rank++) {
        bool is_doomed = (int)unit_random((uint64_t)(RANKS - rank)) < n_doomed;
        if (unit_random(3) > 0) at_s += (double)unit_random(60) * 1e-3;
        self->after_s[rank] = is_doomed ? at_s : 0;
        n_doomed -= is_doomed;
    }
    assert_int_equal(pthread_create(&self->thread, NULL, kill_in_turn, self), 0);
}

static void deaths_at_any_moment_cost_no_result(void **state)
{
    (void)state;
    int n = 0;
    unit_seed();
    for (int round = 0; round < 16; round++) {
        killer doom;
        open_world(&(fake_weather){.seed = unit_random(UINT64_MAX), .most_delay_us = (unsigned)unit_random(300)}, RANKS, 0, NULL);
        begin_killing(&doom);
        use_all(world->pool);
        pthread_join(doom.thread, NULL);
        n += close_world();
    }
    assert_true(n > 0);
    print_message("%d ranks were lost\n", n);
}

/* At its first message, at its second, and so on, until the world ends before that. */
static void a_death_at_any_message_costs_no_result(void **state)
{
    (void)state;
    unit_seed();
    for (int rank = 1; rank < 3; rank++) {
        bool has_died = true;
        for (unsigned n = 1; has_died; n += n < 6 ? 1 : n / 2) {
            fake_weather weather = {.seed = n, .most_delay_us = n % 3 * 50, .fault = FAKE_KILL, .failing_rank = rank, .faulty_send = n};
            open_world(&weather, 3, 0, NULL);
            use_all(world->pool);
            has_died = fake_network_failed(world->network);
            (void)close_world();
        }
    }
}

/* A rank that is given up goes on, and what it sends counts for nothing. */
static void messages_that_do_not_come_cost_no_result(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 8; round++) {
        fake_weather weather = {.seed = unit_random(UINT64_MAX), .fault = FAKE_DROP, .failing_rank = 1 + (int)unit_random(RANKS - 1)};
        weather.faulty_send = 3 + (unsigned)unit_random(150);
        open_world(&weather, RANKS, 0.05, NULL);
        use_all(world->pool);
        (void)close_world();
    }
}

static void all_but_rank_0_may_die(void **state)
{
    (void)state;
    open_world(NULL, 4, 0, NULL);
    use_map(world->pool, square_task, NULL);
    for (int rank = 1; rank < 4; rank++) fake_network_kill(world->network, rank);
    use_all(world->pool);
    assert_int_equal(close_world(), 3);
}

/* ---- items that end their ranks ---- */

static atomic_int n_told; /* of the poison: with how many ranks it was lost */

/* An rp_items_lost. None of them has gone to another rank yet. */
static void count_lost(void *argument, uint64_t first, uint64_t count, int rank)
{
    int64_t item = atomic_load(&poison);
    assert_ptr_equal(argument, &n_told);
    assert_true(count > 0 && rank > 0);
    if (item >= (int64_t)first && item < (int64_t)(first + count)) atomic_fetch_add(&n_told, 1);
}

static void what_three_ranks_died_of_is_given_up(void **state)
{
    (void)state;
    int64_t results[N];
    rp_status statuses[N];
    rp_error error = {0};
    open_world(NULL, RANKS, 0, NULL);
    atomic_store(&n_told, 0);
    rp_call_options options = {.chunk = 5,
                               .on_error = RP_ON_ERROR_COLLECT,
                               .statuses = statuses,
                               .retries = 3,
                               .items_lost = count_lost,
                               .items_lost_argument = &n_told};
    assert_int_equal(rp_map(world->pool, deadly_task, results, N, RP_RANGE(0, 1), &options, &error), RP_FAILED);
    int64_t item = atomic_load(&poison);
    assert_int_equal(error.item, item);
    assert_int_equal(error.cause, RP_CAUSE_CRASH);
    assert_contains(rp_error_text(&error), "it was with 3 ranks that died");
    for (int64_t i = 0; i < N; i++) {
        assert_int_equal(statuses[i], i == item ? RP_FAILED : RP_OK);
        if (i != item) assert_int_equal(results[i], i * i);
    }
    assert_int_equal(rp_pool_failures(world->pool), 1);
    assert_int_equal(atomic_load(&n_told), 3);
    use_map(world->pool, square_task, NULL);
    assert_int_equal(close_world(), 3);
}

static void under_stop_it_ends_the_call(void **state)
{
    (void)state;
    int64_t results[N];
    rp_error error = {0};
    open_world(NULL, RANKS, 0, NULL);
    assert_int_equal(rp_map(world->pool, deadly_task, results, N, RP_RANGE(0, 1), &(rp_call_options){.chunk = 1}, &error), RP_FAILED);
    assert_int_equal(error.cause, RP_CAUSE_CRASH);
    assert_int_equal(error.item, atomic_load(&poison));
    assert_int_equal(close_world(), 3);
}

static void an_iterator_gives_it_as_a_failure(void **state)
{
    (void)state;
    rp_iter *iterator;
    rp_error error = {0};
    int64_t result;
    int n_right = 0, n_failed = 0;
    rp_status status;
    open_world(NULL, RANKS, 0, NULL);
    rp_call_options options = {.chunk = 4, .on_error = RP_ON_ERROR_COLLECT};
    assert_int_equal(rp_imap(world->pool, deadly_task, RP_ITEMS(N, RP_RANGE(0, 1)), &options, &iterator, &error), RP_OK);
    while ((status = rp_iter_next(iterator, &result, UNIT_WAIT_S, &error)) == RP_OK || status == RP_FAILED) {
        n_right += status == RP_OK;
        n_failed += status == RP_FAILED && error.cause == RP_CAUSE_CRASH && error.item == atomic_load(&poison);
    }
    assert_int_equal(status, RP_END);
    assert_int_equal(n_right, N - 1);
    assert_int_equal(n_failed, 1);
    rp_iter_free(iterator);
    assert_int_equal(close_world(), 3);
}

typedef struct known_source {
    rp_source_place place;
    unsigned n_died;
    int64_t next;
} known_source;

/* Two ranks or processes have died with the poison before. */
static rp_status next_known(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    known_source *self = state;
    (void)may_wait, (void)error;
    if (self->next == N) return RP_END;
    self->n_died = self->next == atomic_load(&poison) ? 2 : 0;
    self->place = (rp_source_place){.index = (uint64_t)self->next, .is_alone = self->n_died > 0};
    memcpy(arguments[0], &self->next, sizeof self->next);
    self->next++;
    return RP_OK;
}

static void deaths_before_count(void **state)
{
    (void)state;
    rp_iter *iterator;
    rp_error error = {0};
    int64_t result;
    int n_right = 0, n_failed = 0;
    rp_status status;
    known_source source = {.next = 0};
    open_world(NULL, RANKS, 0, NULL);
    atomic_store(&poison, 17);
    rp_call_options options = {.chunk = 4, .on_error = RP_ON_ERROR_COLLECT, .place = &source.place, .n_died = &source.n_died};
    assert_int_equal(rp_imap(world->pool, deadly_task, RP_GENERATOR(next_known, &source), &options, &iterator, &error), RP_OK);
    while ((status = rp_iter_next(iterator, &result, UNIT_WAIT_S, &error)) == RP_OK || status == RP_FAILED) {
        n_right += status == RP_OK;
        n_failed += status == RP_FAILED && error.cause == RP_CAUSE_CRASH && error.item == 17;
    }
    assert_int_equal(status, RP_END);
    assert_int_equal(n_right, N - 1);
    assert_int_equal(n_failed, 1);
    rp_iter_free(iterator);
    assert_int_equal(close_world(), 1);
}

/* ---- what is told ---- */

static void a_loss_is_told_and_kept(void **state)
{
    (void)state;
    int k = 0, found = 0;
    rp_rank_report *report;
    rp_error error = {0};
    open_world(NULL, 3, 0, NULL);
    fake_network_kill(world->network, 1);
    unit_await(&n_lines, 1);
    assert_contains(last_line, "rank 1 on ");
    assert_contains(last_line, "was lost; it had no items; 2 of 3 ranks go on");
    for (const char *text; (text = rp_pool_warning(world->pool, k)) != NULL; k++) found += strcmp(text, last_line) == 0;
    assert_int_equal(found, 1);
    assert_int_equal(rp_pool_check(world->pool, &error), RP_OK);
    assert_int_equal(rp_pool_report(world->pool, 1, &report, &error), RP_LOST);
    assert_int_equal(rp_pool_report(world->pool, 2, &report, &error), RP_OK);
    rp_rank_report_free(report);
    assert_int_equal(close_world(), 1);
}

static void a_pool_opens_without_a_rank_that_dies_meanwhile(void **state)
{
    (void)state;
    open_world(NULL, 4, 0, fatal_start_initializer);
    use_all(world->pool);
    assert_int_equal(close_world(), 1);
}

UNIT_MAIN(UNIT(deaths_at_any_moment_cost_no_result), UNIT(a_death_at_any_message_costs_no_result),
          UNIT(messages_that_do_not_come_cost_no_result), UNIT(all_but_rank_0_may_die), UNIT(what_three_ranks_died_of_is_given_up),
          UNIT(under_stop_it_ends_the_call), UNIT(an_iterator_gives_it_as_a_failure), UNIT(deaths_before_count),
          UNIT(a_loss_is_told_and_kept), UNIT(a_pool_opens_without_a_rank_that_dies_meanwhile))
