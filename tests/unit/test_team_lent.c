/* test_team_lent.c: the worker that is lent to the thread that waits, and how workers wait between batches. */
#include "submission.h"
#include "unit.h"

#include "base/affinity.h"
#include "task/claims.h"
#include "worker/openmp.h"
#include "worker/team.h"
#include "worker/team_lent.h"
#include "worker/team_queue.h"
#include "worker/threads_pthread.h"

#include <pthread.h>
#include <sched.h>

static int64_t add_one(int64_t x) { return x + 1; }
RP_TASK(add_one, int64_t, int64_t)

/* One more than itself, where it runs in the thread that waits, as worker 0. */
static _Thread_local bool is_waiting_here;
static int64_t add_here(int64_t x) { return is_waiting_here && rp_worker() == 0 ? x + 1 : -1; }
RP_TASK(add_here, int64_t, int64_t)

/* Returns once another worker runs an item too. */
static atomic_int n_inside, let_out;
static int64_t meet(int64_t x)
{
    atomic_fetch_add(&n_inside, 1);
    unit_await(&n_inside, 2);
    return x + 1;
}
RP_TASK(meet, int64_t, int64_t)

static int64_t wait_inside(int64_t x)
{
    atomic_fetch_add(&n_inside, 1);
    while (!atomic_load(&let_out)) unit_sleep(0.0005);
    return x + 1;
}
RP_TASK(wait_inside, int64_t, int64_t)

static int64_t leave(int64_t x)
{
    if (x == 1) pthread_exit(NULL);
    return x + 1;
}
RP_TASK(leave, int64_t, int64_t)

static const rpi_threads_ops *const all_threads[] = {
    &rpi_threads_pthread,
#ifdef UNIT_WITH_OPENMP
    &rpi_threads_openmp,
#endif
};

static const rpi_threads_ops *threads; /* of the test that runs */

static rpi_team *make_team(unsigned n_workers)
{
    rpi_team_config config = {.n_workers = n_workers, .host = "here"};
    rpi_team *team;
    rp_error error;
    if (rpi_team_create(&config, threads, &team, &error) != RP_OK) fail_msg("%s", rp_error_text(&error));
    return team;
}

/* Without threads. */
static rpi_team *make_idle_team(unsigned n_workers)
{
    rpi_team *team = rpi_lines_alloc(sizeof *team);
    assert_non_null(team);
    team->n_workers = n_workers;
    rpi_queue_init(&team->queue);
    return team;
}

/* Waits in case the team only queued it. */
static void run(rpi_team *team, submission *made)
{
    is_waiting_here = true;
    rpi_team_run(team, made->batch);
    is_waiting_here = false;
    unit_await(&made->n_done, 1);
}

static void one_item_runs_in_the_thread_that_waits(void)
{
    for (unsigned workers = 1; workers <= 3; workers++) {
        rpi_team *team = make_team(workers);
        for (int row = 0, kind; unit_schedule(row, &kind); row++) {
            submission *made = submission_create(add_here_task, 1, (rp_schedule)kind, 1, workers);
            run(team, made);
            assert_true(submission_is_right(made));
            submission_destroy(made);
        }
        rpi_team_destroy(team);
    }
}

/* As when another client queues a further try just as this one begins. */
static void one_item_runs_whatever_is_urgent(void)
{
    rpi_team *team = make_team(2);
    submission *made = submission_create(add_here_task, 1, RP_SCHEDULE_FIXED, 1, 2);
    atomic_fetch_add(&team->n_urgent, 1);
    run(team, made);
    atomic_fetch_sub(&team->n_urgent, 1);
    assert_true(submission_is_right(made));
    rpi_team_destroy(team);
    submission_destroy(made);
}

static void every_schedule_runs_every_item(void)
{
    static const uint64_t counts[] = {0, 1, 2, 3, 7, 100, 5000};
    for (unsigned workers = 1; workers <= 4; workers++) {
        rpi_team *team = make_team(workers);
        for (int row = 0, kind; unit_schedule(row, &kind); row++)
            for (size_t c = 0; c < N_OF(counts); c++) {
                submission *made = submission_create(add_one_task, counts[c], (rp_schedule)kind, 3, workers);
                run(team, made);
                assert_true(submission_is_right(made));
                assert_int_equal(rpi_team_n_done(team, &made->work), 0);
                submission_destroy(made);
            }
        rpi_team_destroy(team);
    }
}

static void other_workers_come_too(void)
{
    rpi_team *team = make_team(2);
    for (int round = 0; round < 200; round++) {
        submission *made = submission_create(meet_task, 2, RP_SCHEDULE_FIXED, 1, 2);
        atomic_store(&n_inside, 0);
        run(team, made);
        assert_true(submission_is_right(made));
        submission_destroy(made);
        if (round % 50 == 49) unit_sleep(0.002); /* they have gone to sleep */
    }
    rpi_team_destroy(team);
}

/* Then the batch is queued behind what is there, and is done by the workers. */
static void a_busy_team_lends_no_worker(void)
{
    rpi_team *team = make_team(1);
    submission *held = submission_create(wait_inside_task, 1, RP_SCHEDULE_FIXED, 1, 1),
               *next = submission_create(add_one_task, 40, RP_SCHEDULE_FIXED, 1, 1);
    atomic_store(&n_inside, 0);
    atomic_store(&let_out, 0);
    rpi_team_submit(team, held->batch);
    unit_await(&n_inside, 1);
    rpi_team_run(team, next->batch);
    assert_int_equal(atomic_load(&next->n_done), 0);
    atomic_store(&let_out, 1);
    unit_await(&next->n_done, 1);
    assert_true(submission_is_right(held) && submission_is_right(next));
    rpi_team_destroy(team);
    submission_destroy(held);
    submission_destroy(next);
}

/* Two batches that come one after the other, while one worker spins and the other one sleeps, are for both. */
static void batches_that_come_together_get_a_worker_each(void)
{
    rpi_team *team = make_team(3);
    for (int round = 0; round < 100; round++) {
        submission *made[3];
        atomic_store(&n_inside, 0);
        atomic_store(&let_out, 0);
        for (int k = 0; k < 3; k++) made[k] = submission_create(wait_inside_task, 1, RP_SCHEDULE_FIXED, 1, 3);
        for (int k = 0; k < 3; k++) rpi_team_submit(team, made[k]->batch);
        unit_await(&n_inside, 3);
        atomic_store(&let_out, 1);
        for (int k = 0; k < 3; k++) unit_await(&made[k]->n_done, 1);
        for (int k = 0; k < 3; k++) submission_destroy(made[k]);
        submission *one = submission_create(add_one_task, 1, RP_SCHEDULE_FIXED, 1, 3); /* after which one of them spins */
        rpi_team_submit(team, one->batch);
        unit_await(&one->n_done, 1);
        submission_destroy(one);
    }
    rpi_team_destroy(team);
}

enum { CLIENTS = 4, ROUNDS = 300 };

typedef struct client {
    pthread_t thread;
    rpi_team *team;
    uint64_t number;
    int n_wrong;
} client;

/* Some wait, some don't, some are urgent. */
static void *call_often(void *argument)
{
    client *self = argument;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        submission *made =
            submission_create(add_one_task, (self->number * 31 + round * 7) % 90, (rp_schedule)(round % 6), 1 + round % 5, 3);
        made->batch->urgent = round % 4 == 1;
        if ((self->number + round) % 3) rpi_team_run(self->team, made->batch);
        else rpi_team_submit(self->team, made->batch);
        while (atomic_load(&made->n_done) == 0) unit_sleep(0.00001);
        self->n_wrong += !submission_is_right(made);
        submission_destroy(made);
    }
    return NULL;
}

static void clients_share_a_team(void)
{
    client all[CLIENTS];
    rpi_team *team = make_team(3);
    for (unsigned k = 0; k < CLIENTS; k++) {
        all[k] = (client){.team = team, .number = k};
        assert_int_equal(pthread_create(&all[k].thread, NULL, call_often, &all[k]), 0);
    }
    for (int k = 0; k < CLIENTS; k++) pthread_join(all[k].thread, NULL);
    for (int k = 0; k < CLIENTS; k++) assert_int_equal(all[k].n_wrong, 0);
    rpi_team_destroy(team);
}

static void a_task_that_ends_the_thread_fails_its_item(void)
{
    rpi_team *team = make_team(1);
    submission *made = submission_create(leave_task, 3, RP_SCHEDULE_FIXED, 1, 1);
    made->work.on_error = RP_ON_ERROR_COLLECT;
    run(team, made);
    assert_int_equal(atomic_load(&made->work.n_failed), 1);
    assert_true(made->results[0] == 1 && made->results[2] == 3);
    rpi_team_destroy(team);
    submission_destroy(made);
}

/* ---- a batch that others need not know of ---- */

static void a_first_run_runs_all_here(void)
{
    rpi_team *team = make_team(3);
    submission *made = submission_create(add_here_task, 7, RP_SCHEDULE_AUTO, 1, 3);
    is_waiting_here = true;
    assert_true(rpi_team_run_first(team, made->batch, UINT64_MAX));
    is_waiting_here = false;
    assert_int_equal(atomic_load(&made->n_done), 0);
    made->batch->done(made->batch);
    assert_true(submission_is_right(made));
    rpi_team_destroy(team);
    submission_destroy(made);
}

/* The time of an item is measured: after the first one it is over. The others are run as ever. */
static void a_first_run_ends_after_its_time(void)
{
    rpi_team *team = make_team(2);
    submission *made = submission_create(add_one_task, 50, RP_SCHEDULE_AUTO, 1, 2);
    assert_false(rpi_team_run_first(team, made->batch, 1));
    uint64_t n_run = atomic_load(&made->batch->n_run);
    assert_true(n_run > 0 && n_run < 50);
    run(team, made);
    assert_true(submission_is_right(made));
    assert_int_equal(atomic_load(&made->batch->n_run), 50);
    rpi_team_destroy(team);
    submission_destroy(made);
}

static void a_first_run_ends_where_the_rest_was_given_away(void)
{
    rpi_team *team = make_team(2);
    submission *made = submission_create(add_one_task, 50, RP_SCHEDULE_AUTO, 1, 2);
    assert_false(rpi_team_run_first(team, made->batch, 1));
    uint64_t kept = rpi_claims_give_back(made->batch, 0);
    assert_true(rpi_team_run_first(team, made->batch, UINT64_MAX));
    assert_int_equal(atomic_load(&made->batch->n_run), kept);
    rpi_team_destroy(team);
    submission_destroy(made);
}

static void a_busy_team_has_no_first_run(void)
{
    rpi_team *team = make_team(1);
    submission *held = submission_create(wait_inside_task, 1, RP_SCHEDULE_FIXED, 1, 1),
               *next = submission_create(add_one_task, 4, RP_SCHEDULE_AUTO, 1, 1);
    atomic_store(&n_inside, 0);
    atomic_store(&let_out, 0);
    rpi_team_submit(team, held->batch);
    unit_await(&n_inside, 1);
    assert_false(rpi_team_run_first(team, next->batch, UINT64_MAX));
    assert_int_equal(atomic_load(&next->batch->n_run), 0);
    atomic_store(&let_out, 1);
    unit_await(&held->n_done, 1);
    rpi_team_destroy(team);
    submission_destroy(held);
    submission_destroy(next);
}

/* It is told before the batch is queued. */
static void nothing_begins_of_what_is_drained_before_it_is_there(void)
{
    rpi_team *team = make_team(2);
    for (int lends = 0; lends < 2; lends++) {
        submission *made = submission_create(add_one_task, 50, RP_SCHEDULE_AUTO, 1, 2);
        atomic_store(&made->work.draining, true);
        rpi_team_drain(team, &made->work);
        if (lends) rpi_team_run(team, made->batch);
        else rpi_team_submit(team, made->batch);
        unit_await(&made->n_done, 1);
        assert_int_equal(atomic_load(&made->batch->n_run), 0);
        assert_int_equal(atomic_load(&made->work.cutoff), 0);
        submission_destroy(made);
    }
    rpi_team_destroy(team);
}

/* ---- cores ---- */

static atomic_int seen_core, taken_core;
static bool has_another_process(void *argument, int core) { return core == atomic_load((atomic_int *)argument); }
static void see_core(void *argument)
{
    (void)argument;
    atomic_store(&seen_core, sched_getcpu());
}
static void do_nothing(void *argument) { (void)argument; }

static void run_some(rpi_team *team)
{
    submission *made = submission_create(add_one_task, 1, RP_SCHEDULE_FIXED, 1, 1);
    rpi_team_submit(team, made->batch);
    unit_await(&made->n_done, 1);
    unit_sleep(0.001);
    submission_destroy(made);
}

static atomic_int told_core;
static void hear_core(void *argument, int core)
{
    (void)argument;
    atomic_store(&told_core, core);
}

/* What a client once told would keep others from the wrong core. */
static void the_only_worker_tells_where_it_runs(void)
{
    rpi_team_config config = {.n_workers = 1, .host = "here", .one_of_many = true};
    config.idle = (rpi_idle){do_nothing, do_nothing, do_nothing, do_nothing, .come = hear_core};
    rpi_team *team;
    assert_int_equal(rpi_team_create(&config, threads, &team, NULL), RP_OK);
    atomic_store(&told_core, -1);
    run_some(team);
    assert_true(atomic_load(&told_core) >= 0);
    rpi_team_destroy(team);
}

static void a_worker_that_spins_leaves_the_core_of_another_process(void)
{
    rpi_team_config config = {.n_workers = 1, .host = "here", .one_of_many = true, .remote = true};
    config.idle = (rpi_idle){do_nothing, see_core, do_nothing, do_nothing, .is_taken = has_another_process, .argument = &taken_core};
    config.worker.options.wait_policy = RP_WAIT_ACTIVE;
    rpi_team *team;
    if (rpi_affinity_cores() < 2) skip();
    atomic_store(&taken_core, -1);
    atomic_store(&seen_core, -1);
    assert_int_equal(rpi_team_create(&config, threads, &team, NULL), RP_OK);
    double deadline = unit_now() + UNIT_WAIT_S;
    while (atomic_load(&seen_core) < 0 && unit_now() < deadline) run_some(team);
    atomic_store(&taken_core, atomic_load(&seen_core));
    while (atomic_load(&seen_core) == atomic_load(&taken_core) && unit_now() < deadline) run_some(team);
    assert_true(atomic_load(&seen_core) != atomic_load(&taken_core));
    rpi_team_destroy(team);
}

/* ---- all kinds of threads ---- */

static void with_all_threads(void (*test)(void))
{
    for (size_t k = 0; k < N_OF(all_threads); k++) {
        threads = all_threads[k];
        test();
    }
}

#define TEST(name)                                                                                                                         \
    static void test_##name(void **state)                                                                                                  \
    {                                                                                                                                      \
        (void)state;                                                                                                                       \
        with_all_threads(name);                                                                                                            \
    }
TEST(one_item_runs_in_the_thread_that_waits)
TEST(one_item_runs_whatever_is_urgent)
TEST(every_schedule_runs_every_item)
TEST(other_workers_come_too)
TEST(a_busy_team_lends_no_worker)
TEST(batches_that_come_together_get_a_worker_each)
TEST(clients_share_a_team)
TEST(a_task_that_ends_the_thread_fails_its_item)
TEST(a_first_run_runs_all_here)
TEST(a_first_run_ends_after_its_time)
TEST(a_first_run_ends_where_the_rest_was_given_away)
TEST(a_busy_team_has_no_first_run)
TEST(nothing_begins_of_what_is_drained_before_it_is_there)
TEST(the_only_worker_tells_where_it_runs)
TEST(a_worker_that_spins_leaves_the_core_of_another_process)

/* The first worker's own thread isn't woken for them: it would find nothing. */
static void test_the_shares_of_others_are_no_work(void **state)
{
    (void)state;
    uint64_t begin, end;
    rpi_team *team = make_idle_team(2);
    submission *made = submission_create(add_one_task, 2, (rp_schedule)RP_SCHEDULE_STATIC, 1, 2);
    assert_false(rpi_team_has_work_for(team, 0));
    rpi_claims_prepare(made->batch, 2);
    rpi_team_add(team, made->batch);
    assert_true(rpi_team_has_work_for(team, 0) && rpi_team_has_work_for(team, 1));
    assert_true(rpi_claims_take(made->batch, 0, &begin, &end));
    assert_true(!rpi_team_has_work_for(team, 0) && rpi_team_has_work_for(team, 1));
    assert_true(rpi_claims_take(made->batch, 1, &begin, &end));
    assert_false(rpi_team_has_work_for(team, 1));
    submission_destroy(made);
    rpi_lines_free(team);
}

UNIT_MAIN(cmocka_unit_test(test_one_item_runs_in_the_thread_that_waits), cmocka_unit_test(test_one_item_runs_whatever_is_urgent),
          cmocka_unit_test(test_every_schedule_runs_every_item), cmocka_unit_test(test_other_workers_come_too),
          cmocka_unit_test(test_a_busy_team_lends_no_worker), cmocka_unit_test(test_batches_that_come_together_get_a_worker_each),
          cmocka_unit_test(test_clients_share_a_team), cmocka_unit_test(test_a_task_that_ends_the_thread_fails_its_item),
          cmocka_unit_test(test_a_first_run_runs_all_here), cmocka_unit_test(test_a_first_run_ends_after_its_time),
          cmocka_unit_test(test_a_first_run_ends_where_the_rest_was_given_away), cmocka_unit_test(test_a_busy_team_has_no_first_run),
          cmocka_unit_test(test_nothing_begins_of_what_is_drained_before_it_is_there),
          cmocka_unit_test(test_the_shares_of_others_are_no_work), cmocka_unit_test(test_the_only_worker_tells_where_it_runs),
          cmocka_unit_test(test_a_worker_that_spins_leaves_the_core_of_another_process))
