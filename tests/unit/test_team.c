/*
 * test_team.c: a team's workers and its queue: several submitters, each batch done once, starts that fail, static shares, stops. With each
 * kind of threads in this build.
 */
#include "submission.h"
#include "unit.h"

#include "worker/openmp.h"
#include "worker/team.h"
#include "worker/team_queue.h"
#include "worker/team_work.h"
#include "worker/threads_pthread.h"

#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

static int64_t add_one(int64_t x) { return x + 1; }
RP_TASK(add_one, int64_t, int64_t)

static int64_t fail_at_50(int64_t x) { return x == 50 ? rp_fail(5, "fifty") : x; }
RP_TASK(fail_at_50, int64_t, int64_t)

static atomic_int n_inside, let_out, n_slow_runs;

static int64_t wait_inside(int64_t x)
{
    atomic_fetch_add(&n_inside, 1);
    while (!atomic_load(&let_out)) unit_sleep(0.0005);
    return x;
}
RP_TASK(wait_inside, int64_t, int64_t)

static int64_t slow(int64_t x)
{
    atomic_fetch_add(&n_slow_runs, 1);
    unit_sleep(0.001);
    return x;
}
RP_TASK(slow, int64_t, int64_t)

/* Item 0 fails when others have run. */
static int64_t fail_first(int64_t x)
{
    if (x == 0) unit_await(&n_slow_runs, 3);
    return x == 0 ? rp_fail(5, "the first") : slow(x);
}
RP_TASK(fail_first, int64_t, int64_t)

enum { MOST_TIDS = 64 };
static atomic_int tids[MOST_TIDS], n_tids;

/* Waits for the other workers, so that each has an item. */
static int64_t note_tid(int64_t x)
{
    atomic_store(&tids[rp_worker()], (int)syscall(SYS_gettid));
    atomic_fetch_add(&n_tids, 1);
    while (atomic_load(&n_tids) % (int)x) sched_yield();
    return x;
}
RP_TASK(note_tid, int64_t, int64_t)

/* Its worker; worker 1 is so much slower than the others that it is so on a busy machine too. */
static int64_t slow_on_one(int64_t x)
{
    (void)x;
    unit_sleep(rp_worker() == 1 ? 30e-3 : 1e-3);
    return rp_worker();
}
RP_TASK(slow_on_one, int64_t, int64_t)

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
    assert_int_equal(rpi_team_n_workers(team), n_workers);
    return team;
}

/* ---- tests ---- */

static void every_schedule_runs_every_item(void)
{
    static const uint64_t counts[] = {0, 1, 2, 3, 7, 100, 5000};
    for (unsigned workers = 1; workers <= 5; workers += 2) {
        rpi_team *team = make_team(workers);
        for (int row = 0, kind; unit_schedule(row, &kind); row++)
            for (size_t c = 0; c < N_OF(counts); c++) {
                submission *made = submission_create(add_one_task, counts[c], (rp_schedule)kind, 3, workers);
                rpi_team_submit(team, made->batch);
                unit_await(&made->n_done, 1);
                assert_true(submission_is_right(made));
                assert_int_equal(rpi_team_n_done(team, &made->work), 0);
                submission_destroy(made);
            }
        rpi_team_destroy(team);
    }
    rpi_team_destroy(NULL);
}

/* Several submitters keep several batches each in the queue. */
enum { SUBMITTERS = 4, ROUNDS = 150, AT_ONCE = 3, TEAM = 4 };

typedef struct submitter {
    pthread_t thread;
    rpi_team *team;
    uint64_t number;
    int n_wrong;
} submitter;

static void *submit_many(void *argument)
{
    submitter *self = argument;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        submission *submissions[AT_ONCE];
        for (uint64_t k = 0; k < AT_ONCE; k++) {
            uint64_t n = (self->number * 31 + round * 7 + k * 13) % 90;
            submissions[k] = submission_create(add_one_task, n, (rp_schedule)((round + k) % 6), 1 + round % 5, TEAM);
            submissions[k]->batch->urgent = (round + k) % 4 == 1;
            rpi_team_submit(self->team, submissions[k]->batch);
        }
        for (int k = 0; k < AT_ONCE; k++)
            while (atomic_load(&submissions[k]->n_done) == 0) unit_sleep(0.0001);
        for (int k = 0; k < AT_ONCE; k++) self->n_wrong += !submission_is_right(submissions[k]);
        for (int k = 0; k < AT_ONCE; k++) submission_destroy(submissions[k]);
    }
    return NULL;
}

static void batches_of_several_submitters_are_done_once_each(void)
{
    submitter all[SUBMITTERS];
    rpi_team *team = make_team(TEAM);
    for (unsigned k = 0; k < SUBMITTERS; k++) {
        all[k] = (submitter){.team = team, .number = k};
        assert_int_equal(pthread_create(&all[k].thread, NULL, submit_many, &all[k]), 0);
    }
    for (int k = 0; k < SUBMITTERS; k++) pthread_join(all[k].thread, NULL);
    for (int k = 0; k < SUBMITTERS; k++) assert_int_equal(all[k].n_wrong, 0);
    rpi_team_destroy(team);
}

static void destroying_runs_what_is_queued(void)
{
    enum { N = 20 };
    submission *submissions[N];
    rpi_team *team = make_team(2);
    for (int k = 0; k < N; k++) {
        submissions[k] = submission_create(add_one_task, 50, RP_SCHEDULE_GUIDED, 1, 2);
        rpi_team_submit(team, submissions[k]->batch);
    }
    rpi_team_destroy(team);
    for (int k = 0; k < N; k++) assert_true(submission_is_right(submissions[k]));
    for (int k = 0; k < N; k++) submission_destroy(submissions[k]);
}

static void workers_go_on_to_the_next_batch_without_a_barrier(void)
{
    rpi_team *team = make_team(2);
    atomic_store(&n_inside, 0);
    atomic_store(&let_out, 0);
    submission *held = submission_create(wait_inside_task, 1, RP_SCHEDULE_FIXED, 1, 2),
               *next = submission_create(add_one_task, 40, RP_SCHEDULE_FIXED, 1, 2);
    rpi_team_submit(team, held->batch);
    unit_await(&n_inside, 1);
    rpi_team_submit(team, next->batch);
    unit_await(&next->n_done, 1);
    assert_true(submission_is_right(next));
    assert_int_equal(atomic_load(&held->n_done), 0);
    atomic_store(&let_out, 1);
    unit_await(&held->n_done, 1);
    rpi_team_destroy(team);
    submission_destroy(held);
    submission_destroy(next);
}

static void static_parts_wait_for_their_worker_but_hold_up_nobody(void)
{
    rpi_team *team = make_team(2);
    atomic_store(&n_inside, 0);
    atomic_store(&let_out, 0);
    submission *held = submission_create(wait_inside_task, 1, RP_SCHEDULE_FIXED, 1, 2),
               *parts = submission_create(add_one_task, 10, RP_SCHEDULE_STATIC, 1, 2);
    submission *next = submission_create(add_one_task, 40, RP_SCHEDULE_FIXED, 1, 2);
    rpi_team_submit(team, held->batch);
    unit_await(&n_inside, 1);
    rpi_team_submit(team, parts->batch);
    rpi_team_submit(team, next->batch);
    unit_await(&next->n_done, 1);
    assert_int_equal(atomic_load(&parts->n_done), 0);
    atomic_store(&let_out, 1);
    unit_await(&parts->n_done, 1);
    assert_true(submission_is_right(parts));
    rpi_team_destroy(team);
    submission_destroy(held);
    submission_destroy(parts);
    submission_destroy(next);
}

static void urgent_batches_go_before_what_runs_and_what_waits(void)
{
    rpi_team *team = make_team(2);
    submission *running = submission_create(slow_task, 400, RP_SCHEDULE_FIXED, 1, 2),
               *waiting = submission_create(add_one_task, 40, RP_SCHEDULE_FIXED, 1, 2);
    atomic_store(&n_slow_runs, 0);
    rpi_team_submit(team, running->batch);
    rpi_team_submit(team, waiting->batch);
    unit_await(&n_slow_runs, 2);
    for (int round = 0; round < 10; round++) {
        submission *urgent = submission_create(add_one_task, 1, RP_SCHEDULE_FIXED, 1, 2);
        urgent->batch->urgent = true;
        rpi_team_submit(team, urgent->batch);
        unit_await(&urgent->n_done, 1);
        assert_true(submission_is_right(urgent));
        assert_true(atomic_load(&running->n_done) == 0 && atomic_load(&waiting->n_done) == 0);
        submission_destroy(urgent);
    }
    unit_await(&waiting->n_done, 1);
    unit_await(&running->n_done, 1);
    rpi_team_destroy(team);
    assert_true(submission_is_right(waiting));
    assert_int_equal(atomic_load(&running->work.n_finished), 400);
    submission_destroy(running);
    submission_destroy(waiting);
}

/* An item that is tried again is before the first item that no worker has. The call doesn't end there. */
static void a_drain_ends_a_call_behind_its_further_tries(void)
{
    rpi_team *team = make_team(1);
    atomic_store(&n_inside, 0);
    atomic_store(&let_out, 0);
    submission *held = submission_create(wait_inside_task, 1, RP_SCHEDULE_FIXED, 1, 1),
               *rest = submission_create(add_one_task, 40, RP_SCHEDULE_FIXED, 1, 1);
    submission *again = submission_create(add_one_task, 1, RP_SCHEDULE_FIXED, 1, 1);
    rest->batch->first = 100;
    again->batch->work = &rest->work;
    again->batch->first = 7;
    again->batch->attempt = 2;
    again->batch->urgent = true;
    rpi_team_submit(team, held->batch);
    unit_await(&n_inside, 1);
    rpi_team_submit(team, rest->batch);
    rpi_team_submit(team, again->batch);
    atomic_store(&rest->work.draining, true);
    rpi_team_drain(team, &rest->work);
    assert_int_equal(atomic_load(&rest->work.cutoff), 100);
    atomic_store(&let_out, 1);
    rpi_team_destroy(team);
    assert_true(atomic_load(&again->n_done) == 1 && atomic_load(&rest->n_done) == 1);
    assert_int_equal(atomic_load(&again->batch->n_run), 0); /* nor is it started any more */
    submission_destroy(held);
    submission_destroy(rest);
    submission_destroy(again);
}

/* Runs a batch; returns how many items the slow worker had. Its rate comes out right too, or this isn't true. */
static bool slow_worker_had_less(rpi_team *team, rp_schedule kind, int *n_slow)
{
    submission *made = submission_create(slow_on_one_task, 360, kind, 1, 3);
    rpi_team_submit(team, made->batch);
    unit_await(&made->n_done, 1);
    *n_slow = 0;
    for (int i = 0; i < 360; i++) *n_slow += made->results[i] == 1;
    const rpi_rate *rates = made->batch->claims.rates->each;
    bool right = rates[1].rate > 0 && rates[1].rate < 0.5 * rates[0].rate && rates[1].rate < 0.5 * rates[2].rate && *n_slow < 60;
    submission_destroy(made);
    return right;
}

/* One worker of three is much slower: of 360 items, there is time for a few. A busy machine makes fast items slow, so one run of several
 * has to fit. */
static void a_slow_worker_is_given_less_by_schedules_that_go_by_rates(void)
{
    rpi_team *team = make_team(3);
    for (int row = 0, kind; unit_schedule(row, &kind); row++) {
        int n_slow = 0, run = 0;
        if (!rpi_rates_matter((rp_schedule)kind)) continue;
        while (!slow_worker_had_less(team, (rp_schedule)kind, &n_slow))
            if (++run == 20) fail_msg("%s gives the slow worker %d of 360 items", rp_schedule_name((rp_schedule)kind), n_slow);
    }
    rpi_team_destroy(team);
}

static void an_interrupt_ends_a_long_batch(void)
{
    rpi_team *team = make_team(2);
    for (int row = 0, kind; unit_schedule(row, &kind); row++) {
        atomic_store(&n_slow_runs, 0);
        submission *made = submission_create(slow_task, 100000, (rp_schedule)kind, 1000, 2);
        rpi_team_submit(team, made->batch);
        unit_await(&n_slow_runs, 3);
        rpi_work_lower_cutoff(&made->work, 0);
        rpi_team_interrupt(team, &made->work);
        unit_await(&made->n_done, 1);
        assert_int_equal(atomic_load(&made->n_done), 1);
        assert_in_range(atomic_load(&made->work.n_finished), 3, 5000);
        assert_int_equal(atomic_load(&made->work.n_finished), atomic_load(&n_slow_runs));
        submission_destroy(made);
    }
    rpi_team_destroy(team);
}

static void a_failure_stops_all_workers_of_the_team(void)
{
    rpi_team *team = make_team(3);
    submission *made = submission_create(fail_at_50_task, 100000, RP_SCHEDULE_FIXED, 1, 3);
    rpi_team_submit(team, made->batch);
    unit_await(&made->n_done, 1);
    assert_int_equal(atomic_load(&made->work.cutoff), 50);
    assert_int_equal(atomic_load(&made->work.n_failed), 1);
    assert_int_equal(atomic_load(&made->batch->failures)->facts.item, 50);
    for (int i = 0; i < 50; i++) assert_int_equal(made->results[i], i);
    rpi_team_destroy(team);
    submission_destroy(made);
}

/* Workers in the middle of a grain are stopped too. */
static void a_failure_interrupts_the_other_workers(void)
{
    rpi_team *team = make_team(2);
    submission *made = submission_create(fail_first_task, 10000, RP_SCHEDULE_FIXED, 5000, 2);
    atomic_store(&n_slow_runs, 0);
    rpi_team_submit(team, made->batch);
    unit_await(&made->n_done, 1);
    assert_int_equal(atomic_load(&made->work.cutoff), 0);
    assert_in_range(atomic_load(&made->work.n_finished), 1, 3000);
    rpi_team_destroy(team);
    submission_destroy(made);
}

/* ---- starts ---- */

static atomic_int n_starts, n_finishes;
static int failing_start;

static int start(rp_bytes argument, void **state)
{
    if (argument.size != 5 || memcmp(argument.data, "seven", 5) != 0) return rp_fail(9, "another argument");
    int number = atomic_fetch_add(&n_starts, 1) + 1;
    if (number == failing_start) return rp_fail(13, "start %d", number);
    *state = (void *)(uintptr_t)(const char *)"state";
    return 0;
}

static void finish(void *state)
{
    if (state && !strcmp(state, "state")) atomic_fetch_add(&n_finishes, 1);
}

static rp_status create_with_initializer(int failing, rpi_team **team, rp_error *error)
{
    static const rp_initializer initializer = {"starter", start, finish};
    char argument[] = "seven";
    rpi_team_config config = {.n_workers = 3,
                              .rank = 6,
                              .host = "far",
                              .remote = true,
                              .worker = {.initializer = &initializer, .initializer_argument = {argument, 5}}};
    failing_start = failing;
    atomic_store(&n_starts, 0);
    atomic_store(&n_finishes, 0);
    rp_status status = rpi_team_create(&config, threads, team, error);
    memset(argument, 'x', 5);
    return status;
}

static void each_worker_starts_and_finishes_once(void)
{
    rpi_team *team;
    assert_int_equal(create_with_initializer(0, &team, NULL), RP_OK);
    assert_int_equal(atomic_load(&n_starts), 3);
    rpi_team_destroy(team);
    assert_int_equal(atomic_load(&n_starts), 3);
    assert_int_equal(atomic_load(&n_finishes), 3);
}

static void a_start_that_fails_fails_the_team(void)
{
    for (int failing = 1; failing <= 3; failing++) {
        rpi_team *team = NULL;
        rp_error error;
        assert_int_equal(create_with_initializer(failing, &team, &error), RP_FAILED);
        assert_null(team);
        assert_int_equal(error.code, 13);
        assert_contains(rp_error_text(&error), "initializer starter failed on rank 6, host far");
        assert_int_equal(atomic_load(&n_starts), 3);
        assert_int_equal(atomic_load(&n_finishes), 2);
    }
}

static rp_status no_threads(rpi_team *team, unsigned n_workers, void **state, rp_error *error)
{
    (void)team;
    (void)state;
    return rp_error_set(error, RP_SYSTEM, 11, "not one of %u threads", n_workers);
}

static void *work_as_first(void *team)
{
    rpi_team_work(team, 0);
    return NULL;
}

static rp_status short_threads(rpi_team *team, unsigned n_workers, void **state, rp_error *error)
{
    (void)error;
    pthread_t *thread = malloc(sizeof *thread);
    assert_true(n_workers > 1);
    assert_int_equal(pthread_create(thread, NULL, work_as_first, team), 0);
    rpi_team_miss(team, 1, 0, "that is all there is");
    *state = thread;
    return RP_OK;
}

static void join_short(void *state)
{
    pthread_join(*(pthread_t *)state, NULL);
    free(state);
}

static void a_threads_that_is_missing_or_short_is_an_error(void **state)
{
    (void)state;
    static const rpi_threads_ops none = {"none", no_threads, join_short}, too_short = {"short", short_threads, join_short};
    rpi_team_config config = {.n_workers = 4, .host = "here"};
    rpi_team *team = NULL;
    rp_error error;
    assert_int_equal(rpi_team_create(&config, &none, &team, &error), RP_SYSTEM);
    assert_int_equal(error.code, 11);
    assert_int_equal(rpi_team_create(&config, &too_short, &team, &error), RP_UNSUPPORTED);
    assert_contains(rp_error_text(&error), "only 1 of 4 worker threads: that is all there is");
    assert_null(team);
}

/* The core on which a thread of this process is or was last, -1 while it runs: fields 39 and 3 of proc(5)'s stat. */
static int core_of_sleeper(int tid)
{
    char path[64], line[1024] = "", state = '?';
    int core = -1;
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    const char *at = strrchr(line, ')');
    assert_non_null(at);
    assert_int_equal(sscanf(at + 1, " %c", &state), 1);
    at++;
    for (int field = 3; field < 39 && at; field++) at = strchr(at + 1, ' ');
    assert_non_null(at);
    assert_int_equal(sscanf(at, "%d", &core), 1);
    return state == 'S' ? core : -1;
}

/* How many workers sleep, and on how many cores. */
static unsigned count_sleepers(unsigned n_workers, unsigned *n_cores)
{
    unsigned n = 0;
    cpu_set_t used;
    CPU_ZERO(&used);
    for (unsigned i = 0; i < n_workers; i++) {
        int core = core_of_sleeper(atomic_load(&tids[i]));
        if (core < 0) continue;
        CPU_SET((size_t)core, &used);
        n++;
    }
    *n_cores = (unsigned)CPU_COUNT(&used);
    return n;
}

/* Waits until all sleep, and a little longer, as one may only have waited for a mutex. */
static bool come_to_rest_apart(unsigned n_workers)
{
    unsigned n_cores = 0;
    double deadline = unit_now() + UNIT_WAIT_S;
    for (int n_seen = 0; n_seen < 100 && unit_now() < deadline; unit_sleep(0.0005)) {
        n_seen += count_sleepers(n_workers, &n_cores) == n_workers;
        if (n_cores == n_workers) return true;
    }
    return false;
}

static void as_many_workers_as_cores_sleep_on_a_core_each(void)
{
    cpu_set_t cores;
    assert_int_equal(sched_getaffinity(0, sizeof cores, &cores), 0);
    unsigned n = (unsigned)CPU_COUNT(&cores);
    if (n < 2 || n > MOST_TIDS) return;
    rpi_team *team = make_team(n);
    int n_apart = 0;
    for (int round = 0; round < 60; round++) {
        bool first = round == 0;
        submission *made = submission_create(first ? note_tid_task : add_one_task, first ? n : 3, RP_SCHEDULE_FIXED, 1, n);
        if (first) made->work.arguments[0].start = n, made->work.arguments[0].step = 0;
        rpi_team_submit(team, made->batch);
        unit_await(&made->n_done, 1);
        n_apart += come_to_rest_apart(n);
        submission_destroy(made);
    }
    assert_in_range(n_apart, 50, 60); /* by chance it would be half; a busy machine may move one as it goes to sleep */
    rpi_team_destroy(team);
}

#define WITH_EACH_THREADING(function)                                                                                                      \
    static void function##_with_each_threading(void **state)                                                                               \
    {                                                                                                                                      \
        (void)state;                                                                                                                       \
        for (size_t k = 0; k < N_OF(all_threads); k++) {                                                                                   \
            threads = all_threads[k];                                                                                                      \
            function();                                                                                                                    \
        }                                                                                                                                  \
    }

WITH_EACH_THREADING(every_schedule_runs_every_item)
WITH_EACH_THREADING(batches_of_several_submitters_are_done_once_each)
WITH_EACH_THREADING(destroying_runs_what_is_queued)
WITH_EACH_THREADING(workers_go_on_to_the_next_batch_without_a_barrier)
WITH_EACH_THREADING(static_parts_wait_for_their_worker_but_hold_up_nobody)
WITH_EACH_THREADING(urgent_batches_go_before_what_runs_and_what_waits)
WITH_EACH_THREADING(a_drain_ends_a_call_behind_its_further_tries)
WITH_EACH_THREADING(a_slow_worker_is_given_less_by_schedules_that_go_by_rates)
WITH_EACH_THREADING(an_interrupt_ends_a_long_batch)
WITH_EACH_THREADING(a_failure_stops_all_workers_of_the_team)
WITH_EACH_THREADING(a_failure_interrupts_the_other_workers)
WITH_EACH_THREADING(each_worker_starts_and_finishes_once)
WITH_EACH_THREADING(a_start_that_fails_fails_the_team)
WITH_EACH_THREADING(as_many_workers_as_cores_sleep_on_a_core_each)

UNIT_MAIN(UNIT(every_schedule_runs_every_item_with_each_threading),
          UNIT(batches_of_several_submitters_are_done_once_each_with_each_threading),
          UNIT(destroying_runs_what_is_queued_with_each_threading),
          UNIT(workers_go_on_to_the_next_batch_without_a_barrier_with_each_threading),
          UNIT(static_parts_wait_for_their_worker_but_hold_up_nobody_with_each_threading),
          UNIT(urgent_batches_go_before_what_runs_and_what_waits_with_each_threading),
          UNIT(a_drain_ends_a_call_behind_its_further_tries_with_each_threading),
          UNIT(a_slow_worker_is_given_less_by_schedules_that_go_by_rates_with_each_threading),
          UNIT(an_interrupt_ends_a_long_batch_with_each_threading), UNIT(a_failure_stops_all_workers_of_the_team_with_each_threading),
          UNIT(a_failure_interrupts_the_other_workers_with_each_threading), UNIT(each_worker_starts_and_finishes_once_with_each_threading),
          UNIT(a_start_that_fails_fails_the_team_with_each_threading), UNIT(a_threads_that_is_missing_or_short_is_an_error),
          UNIT(as_many_workers_as_cores_sleep_on_a_core_each_with_each_threading))
