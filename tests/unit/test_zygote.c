/*
 * test_zygote.c: the helper process: children on demand, how their end is reported, and that neither outlives the rank. Each case plays a
 * rank in a process of its own.
 */
#include "unit.h"

#include "base/clock.h"
#include "isolate/mailbox.h"
#include "isolate/zygote.h"
#include "rank_process.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const double soon_s = UNIT_WAIT_S;

/* A child whose task began a process, in the child's process group, as commands are. */
static int begin_process(rp_bytes argument, void **state)
{
    (void)argument, (void)state;
    pid_t pid = fork();
    while (pid == 0) pause();
    note_process(pid);
    return pid < 0;
}
RP_INITIALIZER(process_beginner, begin_process, NULL)

/* A signal to the child's group doesn't reach it any more. */
static int leave_group(rp_bytes argument, void **state)
{
    (void)argument, (void)state;
    return setpgid(0, getpgid(getppid()));
}
RP_INITIALIZER(group_leaver, leave_group, NULL)

/* ---- a child, as a worker would have it ---- */

typedef struct child {
    rpi_mailbox *mailbox;
    pid_t pid;
} child;

static rp_status make_child(child *made, const rp_initializer *initializer, rp_error *error)
{
    RANK_CHECK(rpi_mailbox_create(&made->mailbox, error) == RP_OK);
    if (initializer) {
        size_t size = strlen(initializer->name) + 1;
        RANK_CHECK(rpi_segment_reserve(&made->mailbox->requests[0], size));
        memcpy(made->mailbox->requests[0].base, initializer->name, size);
        made->mailbox->orders->initializer_size = size;
    }
    return rpi_zygote_fork(made->mailbox->fd, &made->pid, error);
}

/* Waits until the flag of the mailbox is set and signalled. */
static void await_flag(child *of, _Atomic uint32_t *flag)
{
    rpi_event event = of->mailbox->for_worker;
    uint64_t deadline = rpi_deadline_ns(UNIT_WAIT_S);
    for (;;) {
        uint32_t seen = rpi_event_count(event);
        RANK_CHECK(rpi_now_ns() < deadline); /* a signal that is missing shows as a time-out */
        if (atomic_load(flag)) return;
        rpi_event_wait(event, seen, deadline);
    }
}

static void have_child(child *made, const rp_initializer *initializer)
{
    rp_error error;
    RANK_CHECK(make_child(made, initializer, &error) == RP_OK);
    note_process(made->pid);
    await_flag(made, &made->mailbox->answers->started);
    RANK_CHECK(atomic_load(&made->mailbox->answers->started) == RPI_START_OK);
}

static void have_helper(void)
{
    rp_error error;
    RANK_CHECK(rpi_zygote_start(&error) == RP_OK);
}

static void have_no_helper(void)
{
    double deadline = unit_now() + soon_s;
    while (rpi_zygote_lives()) {
        RANK_CHECK(unit_now() < deadline);
        unit_sleep(0.001);
    }
}

/* ---- orders ---- */

static void end_children_in_turn(void)
{
    have_helper();
    child children[8];
    for (int i = 0; i < 8; i++) {
        have_child(&children[i], NULL);
        RANK_CHECK(parent_of(children[i].pid) == parent_of(children[0].pid) && parent_of(children[i].pid) != getpid());
        for (int k = 0; k < i; k++) RANK_CHECK(children[i].pid != children[k].pid);
    }
    for (int i = 0; i < 8; i++) {
        rpi_mailbox *mailbox = children[i].mailbox;
        rpi_fate *fate = mailbox->fate;
        RANK_CHECK(!atomic_load(&fate->ended));
        atomic_store(&mailbox->orders->closing, 1);
        rpi_event_signal(mailbox->for_sandbox);
        await_flag(&children[i], &fate->ended);
        RANK_CHECK(WIFEXITED(fate->wait_status) && WEXITSTATUS(fate->wait_status) == 0);
        RANK_CHECK(!process_lives(children[i].pid));
    }
}

static void children_are_forked_and_end_when_told(void **state)
{
    (void)state;
    assert_int_equal(play_rank(end_children_in_turn), 0);
    assert_noted_end(soon_s);
}

static void kill_some(void)
{
    have_helper();
    child plain, beginner, leaver;
    have_child(&plain, NULL);
    have_child(&beginner, process_beginner_initializer);
    have_child(&leaver, group_leaver_initializer);
    child *victims[] = {&beginner, &leaver};
    for (int i = 0; i < 2; i++) {
        rpi_fate *fate = victims[i]->mailbox->fate;
        rpi_zygote_kill(victims[i]->pid);
        await_flag(victims[i], &fate->ended);
        RANK_CHECK(WIFSIGNALED(fate->wait_status) && WTERMSIG(fate->wait_status) == SIGKILL);
        rpi_zygote_kill(victims[i]->pid); /* late, as when it ends at that moment */
    }
    RANK_CHECK(process_ends(atomic_load(&shared_notes->noted[1]), soon_s)); /* the process that the child began */
    RANK_CHECK(process_lives(plain.pid));
    child another;
    have_child(&another, NULL);
}

static void a_child_is_killed_with_what_it_began(void **state)
{
    (void)state;
    assert_int_equal(play_rank(kill_some), 0);
    assert_noted_end(soon_s);
}

static void have_no_processes_left(void)
{
    have_helper();
    child one, two;
    rp_error error;
    have_child(&one, NULL);
    pid_t helper = parent_of(one.pid);
    struct rlimit none = {0, 0}, before;
    RANK_CHECK(getrlimit(RLIMIT_NPROC, &before) == 0);
    none.rlim_max = before.rlim_max;
    RANK_CHECK(prlimit(helper, RLIMIT_NPROC, &none, NULL) == 0);
    RANK_CHECK(make_child(&two, NULL, &error) == RP_SYSTEM);
    RANK_CHECK(error.code == EAGAIN && strstr(error.text, "fork of a child process"));
    RANK_CHECK(prlimit(helper, RLIMIT_NPROC, &before, NULL) == 0);
    have_child(&two, NULL);
}

static void have_no_processes_left_as_nobody(void)
{
    enum { NOBODY = 65534 }; /* root is above the limit */
    if (getuid() == 0) RANK_CHECK(setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
    have_no_processes_left();
}

static void a_lack_of_processes_is_told_and_passes(void **state)
{
    (void)state;
    assert_int_equal(play_rank(have_no_processes_left_as_nobody), 0);
    assert_noted_end(soon_s);
}

static void *wait_for_the_end(void *argument)
{
    for (;;) pause();
    return argument;
}

static void begin_too_late(void)
{
    pthread_t thread;
    rp_error error;
    RANK_CHECK(pthread_create(&thread, NULL, wait_for_the_end, NULL) == 0);
    RANK_CHECK(rpi_zygote_start(&error) == RP_UNSUPPORTED);
    RANK_CHECK(strstr(error.text, "rp_isolation_prepare"));
    RANK_CHECK(!rpi_zygote_lives());
}

static void a_process_with_threads_gets_no_helper(void **state)
{
    (void)state;
    assert_int_equal(play_rank(begin_too_late), 0);
}

/* ---- the end of a rank, of a helper ---- */

static void be_killed(void)
{
    have_helper();
    child children[3];
    have_child(&children[0], NULL);
    have_child(&children[1], process_beginner_initializer);
    have_child(&children[2], group_leaver_initializer);
    note_process(parent_of(children[0].pid));
    (void)kill(getpid(), SIGKILL);
}

static void nothing_outlives_a_rank_that_is_killed(void **state)
{
    (void)state;
    int status = play_rank(be_killed);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(atomic_load(&shared_notes->n_noted), 5);
    assert_noted_end(soon_s);
}

/* A copy of its socket stays open, so the helper has to see the rank's end by other means. */
static void leave_a_copy_behind(void)
{
    have_helper();
    child one;
    have_child(&one, NULL);
    pid_t copy = fork();
    while (copy == 0) pause();
    atomic_store(&shared_notes->value, copy);
    (void)kill(getpid(), SIGKILL);
}

static void nor_where_a_copy_of_the_rank_goes_on(void **state)
{
    (void)state;
    (void)play_rank(leave_a_copy_behind);
    pid_t copy = atomic_load(&shared_notes->value);
    bool ended = process_ends(atomic_load(&shared_notes->noted[0]), soon_s);
    assert_int_equal(kill(copy, SIGKILL), 0);
    assert_true(ended);
    assert_noted_end(soon_s);
}

static void lose_the_helper(void)
{
    have_helper();
    child one, two;
    rp_error error;
    have_child(&one, NULL);
    pid_t helper = parent_of(one.pid);
    RANK_CHECK(rpi_zygote_lives());
    RANK_CHECK(kill(helper, SIGKILL) == 0);
    have_no_helper();
    RANK_CHECK(process_ends(one.pid, soon_s));
    RANK_CHECK(make_child(&two, NULL, &error) == RP_LOST);
    RANK_CHECK(strstr(error.text, "helper"));
    rpi_zygote_kill(one.pid);
}

static void a_helper_that_is_killed_takes_its_children_along(void **state)
{
    (void)state;
    assert_int_equal(play_rank(lose_the_helper), 0);
    assert_noted_end(soon_s);
}

/* Batch systems send signals to all processes of a job. Only the rank acts on them. */
static void bear_signals(void)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2};
    have_helper();
    child one, two;
    have_child(&one, NULL);
    for (size_t i = 0; i < N_OF(numbers); i++) {
        RANK_CHECK(kill(parent_of(one.pid), numbers[i]) == 0);
        RANK_CHECK(kill(one.pid, numbers[i]) == 0);
    }
    have_child(&two, NULL);
    unit_sleep(0.05);
    RANK_CHECK(rpi_zygote_lives() && process_lives(one.pid));
}

static void signals_to_the_whole_job_end_neither_helper_nor_child(void **state)
{
    (void)state;
    assert_int_equal(play_rank(bear_signals), 0);
    assert_noted_end(soon_s);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        UNIT(children_are_forked_and_end_when_told),
        UNIT(a_child_is_killed_with_what_it_began),
        UNIT(a_lack_of_processes_is_told_and_passes),
        UNIT(a_process_with_threads_gets_no_helper),
        UNIT(nothing_outlives_a_rank_that_is_killed),
        UNIT(nor_where_a_copy_of_the_rank_goes_on),
        UNIT(a_helper_that_is_killed_takes_its_children_along),
        UNIT(signals_to_the_whole_job_end_neither_helper_nor_child),
    };
    return rank_can_have_helper() ? unit_main(argc, argv, __FILE__, tests, N_OF(tests)) : EXIT_SUCCESS;
}
