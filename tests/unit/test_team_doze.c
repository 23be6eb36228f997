/* test_team_doze.c: one worker of a team sleeps where others wake it, and takes in what they have sent. */
#include "submission.h"
#include "unit.h"

#include "base/clock.h"
#include "base/event.h"
#include "worker/executor.h"
#include "worker/team.h"
#include "worker/team_queue.h"

static int64_t add_one(int64_t x) { return x + 1; }
RP_TASK(add_one, int64_t, int64_t)

/* Work that others send, one batch at a time. */
static struct {
    _Atomic uint32_t count, sleeping;
    rpi_team *team;
    _Atomic(rpi_batch *) sent;
    atomic_int n_dozes, n_turns, n_inside, most_inside;
} mail;

static rpi_event event(void) { return (rpi_event){&mail.count, &mail.sleeping}; }

static bool may_doze(void *argument, uint32_t *seen)
{
    (void)argument;
    *seen = rpi_event_count(event());
    return true;
}

static void doze(void *argument, uint32_t seen)
{
    (void)argument;
    int n = atomic_fetch_add(&mail.n_inside, 1) + 1;
    if (n > atomic_load(&mail.most_inside)) atomic_store(&mail.most_inside, n);
    atomic_fetch_add(&mail.n_dozes, 1);
    rpi_event_wait(event(), seen, RPI_NEVER);
    atomic_fetch_sub(&mail.n_inside, 1);
}

static void rouse(void *argument)
{
    (void)argument;
    rpi_event_wake(event());
}

static void turn(void *argument)
{
    (void)argument;
    rpi_batch *batch = atomic_exchange(&mail.sent, NULL);
    atomic_fetch_add(&mail.n_turns, 1);
    if (batch) rpi_team_submit(mail.team, batch);
}

static void nothing(void *argument) { (void)argument; }

static void make_team(unsigned n_workers)
{
    memset(&mail, 0, sizeof mail);
    rpi_idle idle = {
        .hand_on = nothing, .turn = turn, .begin = nothing, .end = nothing, .may_doze = may_doze, .doze = doze, .rouse = rouse};
    rpi_team_config config = {.n_workers = n_workers, .host = "here", .idle = idle};
    config.worker.options.wait_policy = RP_WAIT_PASSIVE;
    assert_int_equal(rpi_team_create(&config, rpi_threads_default(), &mail.team, NULL), RP_OK);
    unit_await(&mail.n_dozes, 1);
}

static submission *make(uint64_t n) { return submission_create(add_one_task, n, RP_SCHEDULE_FIXED, 1, 4); }

static void finish(submission *made)
{
    unit_await(&made->n_done, 1);
    assert_true(submission_is_right(made));
    submission_destroy(made);
}

static void what_others_send_wakes_it(void **state)
{
    (void)state;
    for (unsigned n_workers = 1; n_workers <= 4; n_workers++) {
        make_team(n_workers);
        for (int round = 0; round < 50; round++) {
            submission *made = make(1 + (uint64_t)round % 7);
            atomic_store(&mail.sent, made->batch);
            rpi_event_signal(event());
            finish(made);
        }
        rpi_team_destroy(mail.team);
        assert_int_equal(mail.most_inside, 1);
        assert_true(mail.n_turns > 0);
    }
}

static void so_does_work_of_its_own_process(void **state)
{
    (void)state;
    for (unsigned n_workers = 1; n_workers <= 4; n_workers++) {
        make_team(n_workers);
        for (int round = 0; round < 50; round++) {
            submission *made = make(1 + (uint64_t)round % 7);
            rpi_team_submit(mail.team, made->batch);
            finish(made);
        }
        rpi_team_destroy(mail.team);
    }
}

UNIT_MAIN(cmocka_unit_test(what_others_send_wakes_it), cmocka_unit_test(so_does_work_of_its_own_process))
