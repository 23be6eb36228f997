/* test_simulator.c: pools in simulated time: nothing is lost or done twice, no run is faster than possible, and costs show. */
#include "unit.h"

#include "simulate/simulator.h"
#include "simulate/times.h"

#include <math.h>

enum { MOST_TEAMS = 40, MOST_ITEMS = 3000, MOST_COUNTED = 6400 };

typedef struct counted {
    rpi_sim_times times;
    unsigned char hits[MOST_COUNTED];
} counted;

static double count(const void *of, uint64_t item)
{
    counted *self = (counted *)(uintptr_t)of;
    assert_true(item < self->times.n_items);
    self->hits[item]++;
    return rpi_sim_times_item(&self->times, item);
}

typedef struct outcome {
    double makespan_s, busy_s, rank_0_s;
    uint64_t n_messages;
} outcome;

/* Runs one call. Every item runs once, nothing is left, and the workers' times add up. */
static outcome run(const rpi_sim_config *config, rp_schedule schedule, uint64_t chunk, const rpi_sim_times *times)
{
    static counted items;
    items = (counted){.times = *times};
    rpi_sim_call call = {.n_items = times->n_items,
                         .schedule = schedule,
                         .chunk = chunk,
                         .time_s = count,
                         .times = &items,
                         .item_bytes = 8,
                         .result_bytes = 8};
    rpi_sim *world = rpi_sim_create(config);
    assert_non_null(world);
    rpi_sim_add(world, &call);
    assert_true(rpi_sim_run(world));
    double busy_s = 0;
    for (uint64_t w = 0; w < world->n_workers; w++) busy_s += world->workers[w].busy_s;
    for (uint32_t t = 0; t < world->n_teams; t++) {
        assert_true(rpi_list_is_empty(&world->teams[t].queue));
        assert_int_equal(world->teams[t].n_idle, world->teams[t].n_workers);
    }
    outcome result = {call.gathered_s, busy_s, world->coordinators[0].busy_s, world->coordinators[0].n_messages};
    rpi_sim_destroy(world);
    for (uint64_t i = 0; i < times->n_items; i++) assert_int_equal(items.hits[i], 1);
    double longest_s, sum_s = rpi_sim_times_sum(times, &longest_s);
    if (!config->speeds.n_ranks && !config->speeds.n_threads) assert_true(fabs(busy_s - sum_s) < 1e-9 * (1 + sum_s));
    assert_true(result.makespan_s >= call.finished_s && call.finished_s >= call.started_s);
    return result;
}

static rpi_sim_config teams(uint32_t n, const unsigned *n_workers)
{
    return (rpi_sim_config){.n_teams = n, .n_workers = n_workers, .network = {.latency_s = 2e-6, .message_s = 1e-6, .wake_s = 200e-6}};
}

static const unsigned fours[MOST_TEAMS] = {4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
                                           4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4};

/* ---- what always holds ---- */

static rpi_sim_times random_times(void)
{
    return (rpi_sim_times){.kind = (rpi_sim_times_kind)unit_random(RPI_SIM_RECORDED),
                           .a = (double)unit_random(1000) * 1e-5,
                           .b = (double)unit_random(1000) * 1e-5,
                           .n_items = 1 + unit_random(MOST_ITEMS),
                           .seed = unit_random(1000)};
}

static void every_item_runs_once_and_no_faster_than_it_can(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 300; round++) {
        unsigned workers[MOST_TEAMS], n_workers = 0;
        rpi_sim_config config = teams(1 + (uint32_t)unit_random(MOST_TEAMS), workers);
        for (uint32_t t = 0; t < config.n_teams; t++) n_workers += workers[t] = 1 + (unsigned)unit_random(9);
        config.group = (uint32_t)unit_random(4);
        config.network.bytes_per_s = unit_random(2) ? 0 : 1e6;
        config.seed = unit_random(100);
        static const double speeds[] = {2, 1, 1.1, 3};
        config.speeds = (rpi_sim_speeds){.ranks = speeds, .n_ranks = unit_random(2) ? 0 : 4};
        rpi_sim_times times = random_times();
        outcome result = run(&config, unit_random_schedule(), 1 + unit_random(50), &times);
        double longest_s, sum_s = rpi_sim_times_sum(&times, &longest_s);
        double most = config.speeds.n_ranks ? 3 : 1;
        assert_true(result.makespan_s >= longest_s / most * (1 - 1e-9));
        assert_true(result.makespan_s >= sum_s / most / n_workers * (1 - 1e-9));
        assert_true(result.makespan_s <= sum_s + 60);
    }
}

static void the_same_seed_gives_the_same_run(void **state)
{
    (void)state;
    rpi_sim_config config = teams(8, fours);
    rpi_sim_times times = {.kind = RPI_SIM_EXPONENTIAL, .a = 1e-3, .n_items = 2000, .seed = 1};
    config.network.wake_s = 5e-3;
    outcome first = run(&config, RP_SCHEDULE_AUTO, 1, &times), again = run(&config, RP_SCHEDULE_AUTO, 1, &times);
    assert_memory_equal(&first, &again, sizeof first);
    config.seed = 1;
    outcome other = run(&config, RP_SCHEDULE_AUTO, 1, &times);
    assert_true(other.makespan_s != first.makespan_s);
}

static void a_run_may_be_given_up(void **state)
{
    (void)state;
    for (uint32_t group = 0; group < 6; group += 5)
        for (int steps = 0; steps < 400; steps++) {
            rpi_sim_config config = teams(20, fours);
            config.group = group;
            rpi_sim_times times = {.kind = RPI_SIM_CONSTANT, .a = 1e-3, .n_items = 3000};
            int kind = 0;
            assert_true(unit_schedule(steps % unit_n_schedules(), &kind));
            rpi_sim_call call = {.n_items = 3000, .schedule = (rp_schedule)kind, .chunk = 9, .time_s = rpi_sim_times_item, .times = &times};
            rpi_sim *world = rpi_sim_create(&config);
            assert_non_null(world);
            rpi_sim_add(world, &call);
            for (int k = 0; k < steps; k++) (void)rpi_sim_step(world);
            rpi_sim_destroy(world); /* leaks show under a sanitizer */
        }
}

/* ---- what can be said exactly ---- */

static void static_with_equal_items_is_exact(void **state)
{
    (void)state;
    rpi_sim_config config = teams(10, fours);
    config.network = (rpi_sim_network){0};
    rpi_sim_times times = {.kind = RPI_SIM_CONSTANT, .a = 1e-3, .n_items = 400};
    outcome result = run(&config, RP_SCHEDULE_STATIC, 1, &times);
    assert_true(fabs(result.makespan_s - 10e-3) < 1e-12);
    assert_int_equal(result.n_messages, 9 * 3); /* of each other rank: the call, its items, their results */
    config.network.latency_s = 1e-3;
    result = run(&config, RP_SCHEDULE_STATIC, 1, &times);
    assert_true(fabs(result.makespan_s - 12e-3) < 1e-12);
}

static void one_rank_needs_no_messages(void **state)
{
    (void)state;
    rpi_sim_config config = teams(1, fours);
    rpi_sim_times times = {.kind = RPI_SIM_CONSTANT, .a = 1e-3, .n_items = 400};
    outcome result = run(&config, RP_SCHEDULE_FIXED, 1, &times);
    assert_int_equal(result.n_messages, 0);
    assert_true(result.rank_0_s == 0);
    assert_true(fabs(result.makespan_s - 0.1) < 1e-9);
}

/* ---- what costs ---- */

static void messages_cost_rank_0_its_time(void **state)
{
    (void)state;
    rpi_sim_config config = teams(40, fours);
    rpi_sim_times times = {.kind = RPI_SIM_CONSTANT, .a = 5e-3, .n_items = MOST_ITEMS};
    outcome cheap = run(&config, RP_SCHEDULE_FIXED, 1, &times);
    config.network.message_s = 100e-6;
    outcome dear = run(&config, RP_SCHEDULE_FIXED, 1, &times);
    assert_true(cheap.makespan_s < 1.1 * MOST_ITEMS / 160 * 5e-3);
    assert_true(fabs(dear.rank_0_s - (double)dear.n_messages * 100e-6) < 1e-9);
    assert_true(dear.makespan_s > 2 * cheap.makespan_s); /* some 5,800 messages of 0.1 ms */
    assert_true(dear.rank_0_s > 0.95 * dear.makespan_s);
}

static void bytes_wait_for_rank_0s_link(void **state)
{
    (void)state;
    rpi_sim_config config = teams(40, fours);
    rpi_sim_times times = {.kind = RPI_SIM_CONSTANT, .a = 1e-3, .n_items = MOST_ITEMS};
    config.network.bytes_per_s = 1e5; /* 8 bytes each way, 39 of 40 ranks */
    outcome result = run(&config, RP_SCHEDULE_STATIC, 1, &times);
    double sending_s = (MOST_ITEMS * 39.0 / 40 * 8 + 39 * 128) / 1e5;
    assert_true(result.makespan_s > sending_s && result.makespan_s < sending_s + 0.1);
}

static void sleepers_notice_late(void **state)
{
    (void)state;
    const unsigned workers[] = {1, 1};
    rpi_sim_config config = teams(2, workers);
    config.network = (rpi_sim_network){.latency_s = 1, .wake_s = 10};
    rpi_sim_times times = {.kind = RPI_SIM_CONSTANT, .a = 1, .n_items = 2};
    double sum_s = 0, most_s = 0;
    for (config.seed = 0; config.seed < 200; config.seed++) {
        double makespan_s = run(&config, RP_SCHEDULE_STATIC, 1, &times).makespan_s;
        sum_s += makespan_s;
        most_s = fmax(most_s, makespan_s);
        assert_true(makespan_s >= 3);
    }
    /* The chunk arrives after 1 s without messages, and is noticed up to 0.5 s later. Its results arrive after 2 to 2.5 s without messages,
     * and are noticed up to 1.25 s later. */
    assert_true(most_s > 4.2 && most_s < 4.75);
    assert_true(fabs(sum_s / 200 - 3.8) < 0.15);
}

/* ---- unequal workers, and claims ---- */

static void unequal_ranks_take_their_time(void **state)
{
    (void)state;
    static const double halves[] = {1, 0.5}, thirds[] = {1, 1, 1, 0.25};
    rpi_sim_config config = teams(10, fours);
    config.network = (rpi_sim_network){0};
    config.speeds = (rpi_sim_speeds){.ranks = halves, .n_ranks = 2};
    rpi_sim_times times = {.kind = RPI_SIM_CONSTANT, .a = 1e-3, .n_items = 400};
    assert_true(fabs(run(&config, RP_SCHEDULE_STATIC, 1, &times).makespan_s - 20e-3) < 1e-12);
    config.speeds.threads = thirds;
    config.speeds.n_threads = 4;
    assert_true(fabs(run(&config, RP_SCHEDULE_STATIC, 1, &times).makespan_s - 80e-3) < 1e-12);
}

static void schedules_that_go_by_rates_serve_unequal_workers(void **state)
{
    (void)state;
    static const double speeds[] = {1.5, 0.5};
    rpi_sim_times times = {.kind = RPI_SIM_CONSTANT, .a = 1e-3, .n_items = MOST_ITEMS};
    for (int direct = 0; direct < 2; direct++) {
        rpi_sim_config config = teams(direct ? 1 : 4, fours);
        config.direct = direct;
        if (direct) config.speeds = (rpi_sim_speeds){.threads = speeds, .n_threads = 2};
        else config.speeds = (rpi_sim_speeds){.ranks = speeds, .n_ranks = 2};
        double ideal_s = MOST_ITEMS * 1e-3 / (direct ? 4 : 16);
        for (int row = 0, kind; unit_schedule(row, &kind); row++) {
            double ratio = run(&config, (rp_schedule)kind, 1, &times).makespan_s / ideal_s;
            if (rpi_rates_matter((rp_schedule)kind) && ratio > 1.08) fail_msg("%s: %g", rp_schedule_name((rp_schedule)kind), ratio);
            if (kind == RP_SCHEDULE_STATIC) assert_true(ratio > 1.95);
        }
    }
}

/* Rows of a picture of the Mandelbrot set, from -2 - 1.25i to 0.5 + 1.25i: the middle ones take longest. */
static void fill_rows(double *times_s, int n, double mean_s)
{
    double sum = 0;
    for (int row = 0; row < n; row++) {
        double steps = 0;
        for (int column = 0; column < 64; column++) {
            double x = 0, y = 0, a = -2 + 2.5 * column / 63, b = -1.25 + 2.5 * row / (n - 1);
            for (int k = 1; k < 256 && x * x + y * y <= 4; k++, steps++) {
                double t = x * x - y * y + a;
                y = 2 * x * y + b;
                x = t;
            }
        }
        sum += times_s[row] = steps;
    }
    for (int row = 0; row < n; row++) times_s[row] *= mean_s * n / sum;
}

/* What was sent ahead to the slower rank comes back. Without that it took up to twice as long as it could. */
static void auto_is_near_the_best_among_unequal_ranks(void **state)
{
    (void)state;
    static const double speeds[] = {1, 0.5};
    static const unsigned ones[] = {1, 1};
    static double rows_s[1000];
    for (int n = 200; n <= 1000; n += 400)
        for (uint64_t seed = 0; seed < 5; seed++) {
            fill_rows(rows_s, n, 0.3e-3);
            rpi_sim_config config = teams(2, ones);
            config.seed = seed;
            config.speeds = (rpi_sim_speeds){.ranks = speeds, .n_ranks = 2};
            rpi_sim_times times = {.kind = RPI_SIM_RECORDED, .recorded = rows_s, .n_recorded = (size_t)n, .n_items = (uint64_t)n};
            double ratio = run(&config, RP_SCHEDULE_AUTO, 1, &times).makespan_s / rpi_sim_times_ideal(&times, 2, speeds);
            if (ratio > 1.05) fail_msg("%d rows, seed %d: %.3f", n, (int)seed, ratio);
        }
}

static void a_claim_takes_its_time(void **state)
{
    (void)state;
    rpi_sim_config config = teams(1, fours);
    config.direct = true;
    config.claim_s = 1e-3;
    rpi_sim_times times = {.kind = RPI_SIM_CONSTANT, .a = 1e-3, .n_items = 400};
    assert_true(fabs(run(&config, RP_SCHEDULE_FIXED, 1, &times).makespan_s - 0.2) < 1e-9);
    assert_true(fabs(run(&config, RP_SCHEDULE_STATIC, 1, &times).makespan_s - 0.101) < 1e-9);
}

/* 4,800 workers with items of 10 ms, dealt out one by one, would be a million messages a second. */
static void rank_0_bears_many_ranks(void **state)
{
    (void)state;
    enum { N_TEAMS = 300, THREADS = 16, ITEMS_PER_WORKER = 40 };
    unsigned workers[N_TEAMS];
    for (int t = 0; t < N_TEAMS; t++) workers[t] = THREADS;
    static const char *const lengths[] = {"uniform:0.005:0.015", "uniform:0.0005:0.0015", "uniform:0.05:0.15"};
    for (size_t k = 0; k < N_OF(lengths); k++) {
        rpi_sim_times times = {.n_items = (uint64_t)N_TEAMS * THREADS * ITEMS_PER_WORKER * (k == 1 ? 4 : 1), .seed = 1};
        rpi_sim_config config = {.n_teams = N_TEAMS, .n_workers = workers, .network = {2e-6, 10e9, 3e-6, 200e-6, NULL}};
        assert_true(rpi_sim_times_parse(lengths[k], &times));
        rpi_sim_call call = {.n_items = times.n_items, .schedule = RP_SCHEDULE_AUTO, .time_s = rpi_sim_times_item, .times = &times};
        rpi_sim *world = rpi_sim_create(&config);
        assert_non_null(world);
        rpi_sim_add(world, &call);
        assert_true(rpi_sim_run(world));
        double ideal_s = rpi_sim_times_ideal(&times, N_TEAMS * THREADS, NULL), load = world->coordinators[0].busy_s / call.gathered_s;
        print_message("%s: efficiency %.3f, load %.3f\n", lengths[k], ideal_s / call.gathered_s, load);
        assert_true(ideal_s / call.gathered_s > 0.85);
        assert_true(load < 0.8);
        rpi_sim_destroy(world);
    }
}

/* A call that is over in 0.3 to 3 ms leaves no time to send more than a few chunks to each of 64 ranks. */
static double best_of_others(const rpi_sim_config *config, const rpi_sim_times *times)
{
    double best_s = INFINITY;
    for (int row = 0, kind; unit_schedule(row, &kind); row++)
        if (kind != RP_SCHEDULE_AUTO) best_s = fmin(best_s, run(config, (rp_schedule)kind, 1, times).makespan_s);
    return best_s;
}

static void short_calls_on_many_ranks_are_near_the_best(void **state)
{
    (void)state;
    enum { RANKS = 64 };
    static unsigned ones[RANKS];
    static const char *const lengths[] = {"constant:3e-6", "uniform:0:6e-6", "exponential:3e-6",
                                          "constant:3e-5", "uniform:0:6e-5", "exponential:3e-5"};
    for (int t = 0; t < RANKS; t++) ones[t] = 1;
    rpi_sim_config config = {.n_teams = RANKS, .n_workers = ones, .network = {2e-6, 10e9, 3e-6, 200e-6, NULL}, .claim_s = 1e-7};
    for (size_t k = 0; k < N_OF(lengths); k++)
        for (config.seed = 0; config.seed < 3; config.seed++) {
            rpi_sim_times times = {.n_items = RANKS * 100, .seed = config.seed};
            assert_true(rpi_sim_times_parse(lengths[k], &times));
            double ratio = run(&config, RP_SCHEDULE_AUTO, 1, &times).makespan_s / best_of_others(&config, &times);
            if (ratio > (k < 3 ? 1.4 : 1.1)) fail_msg("%s: %.3f of the best", lengths[k], ratio);
        }
}

static void groups_relieve_rank_0(void **state)
{
    (void)state;
    rpi_sim_config config = teams(40, fours);
    rpi_sim_times times = {.kind = RPI_SIM_CONSTANT, .a = 1e-3, .n_items = MOST_ITEMS};
    config.network.message_s = 20e-6;
    outcome one_level = run(&config, RP_SCHEDULE_GUIDED, 1, &times);
    config.group = 8;
    outcome two_levels = run(&config, RP_SCHEDULE_GUIDED, 1, &times);
    assert_true(two_levels.n_messages < one_level.n_messages / 2);
}

/* ---- hosts far away ---- */

static double efficiency(uint32_t n, const double *latencies_s, double latency_s, rp_schedule schedule, const rpi_sim_times *times)
{
    rpi_sim_config config = teams(n, fours);
    config.network.latency_s = latency_s;
    config.network.latencies_s = latencies_s;
    double longest_s, sum_s = rpi_sim_times_sum(times, &longest_s);
    return sum_s / (4 * n) / run(&config, schedule, 0, times).makespan_s;
}

static void expect_efficient(uint32_t n, const double *latencies_s, double latency_s)
{
    static const rpi_sim_times kinds[] = {{.kind = RPI_SIM_CONSTANT, .a = 0.02, .n_items = MOST_ITEMS},
                                          {.kind = RPI_SIM_UNIFORM, .a = 0.01, .b = 0.03, .n_items = MOST_ITEMS},
                                          {.kind = RPI_SIM_CONSTANT, .a = 0.1, .n_items = MOST_ITEMS}};
    for (size_t k = 0; k < N_OF(kinds); k++) {
        double reached = efficiency(n, latencies_s, latency_s, RP_SCHEDULE_AUTO, &kinds[k]);
        if (reached < 0.9) fail_msg("times %d: an efficiency of %.3f", (int)k, reached);
    }
}

/* As much is out to each rank as its round trip needs. */
static void auto_is_efficient_where_a_message_takes_long(void **state)
{
    (void)state;
    expect_efficient(2, NULL, 0.025);
    expect_efficient(2, NULL, 0.05);
    expect_efficient(4, NULL, 0.025);
}

static void auto_is_efficient_where_one_host_is_far(void **state)
{
    (void)state;
    expect_efficient(2, (const double[]){0, 0.05}, 0);
    expect_efficient(4, (const double[]){0, 20e-6, 20e-6, 0.05}, 0);
    expect_efficient(4, (const double[]){0, 20e-6, 0.01, 0.05}, 0);
}

/* The far host is given as much as it runs while its round trip lasts, before that is known; and nothing that others finish sooner. Its
 * workers can't be busy while the first items and the last results are on their way. */
static void a_far_host_is_busy_but_for_one_round_trip(void **state)
{
    (void)state;
    static const double latencies_s[] = {0, 20e-6, 20e-6, 0.05};
    static const rpi_sim_times kinds[] = {{.kind = RPI_SIM_CONSTANT, .a = 1e-3, .n_items = MOST_COUNTED},
                                          {.kind = RPI_SIM_UNIFORM, .a = 0, .b = 4e-3, .n_items = MOST_COUNTED},
                                          {.kind = RPI_SIM_CONSTANT, .a = 5e-3, .n_items = MOST_COUNTED}};
    for (size_t k = 0; k < N_OF(kinds); k++) {
        double longest_s, sum_s = rpi_sim_times_sum(&kinds[k], &longest_s), least_s = (sum_s + 4 * 0.1) / 16;
        double reached = least_s / (sum_s / 16 / efficiency(4, latencies_s, 0, RP_SCHEDULE_AUTO, &kinds[k]));
        if (reached < 0.93) fail_msg("times %d: %.3f of what is possible", (int)k, reached);
    }
}

UNIT_MAIN(UNIT(every_item_runs_once_and_no_faster_than_it_can), UNIT(the_same_seed_gives_the_same_run), UNIT(a_run_may_be_given_up),
          UNIT(static_with_equal_items_is_exact), UNIT(one_rank_needs_no_messages), UNIT(messages_cost_rank_0_its_time),
          UNIT(bytes_wait_for_rank_0s_link), UNIT(sleepers_notice_late), UNIT(unequal_ranks_take_their_time),
          UNIT(schedules_that_go_by_rates_serve_unequal_workers), UNIT(auto_is_near_the_best_among_unequal_ranks),
          UNIT(a_claim_takes_its_time), UNIT(rank_0_bears_many_ranks), UNIT(short_calls_on_many_ranks_are_near_the_best),
          UNIT(groups_relieve_rank_0), UNIT(auto_is_efficient_where_a_message_takes_long), UNIT(auto_is_efficient_where_one_host_is_far),
          UNIT(a_far_host_is_busy_but_for_one_round_trip))
