/* test_mailbox.c: bells between threads and between processes, and the two views of a mailbox. */
#include "unit.h"

#include "base/clock.h"
#include "isolate/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 20000 };

/* ---- views ---- */

static rpi_mailbox create(void)
{
    rpi_mailbox made;
    rp_error error;
    assert_int_equal(rpi_mailbox_create(&made, &error), RP_OK);
    return made;
}

static rpi_mailbox attach(const rpi_mailbox *to)
{
    rpi_mailbox other;
    assert_int_equal(rpi_mailbox_attach(&other, fcntl(to->fd, F_DUPFD_CLOEXEC, 0), NULL), RP_OK);
    return other;
}

static void both_sides_see_the_same(void **state)
{
    (void)state;
    rpi_mailbox one = create(), other = attach(&one);
    one.control->rank = 17;
    assert_int_equal(other.control->rank, 17);
    for (unsigned r = 0; r < RPI_REQUESTS; r++) {
        rpi_segment *mine[] = {&one.requests[r], &one.responses[r]}, *theirs[] = {&other.requests[r], &other.responses[r]};
        for (int k = 0; k < 2; k++) {
            assert_true(rpi_segment_reserve(mine[k], 100000) && rpi_segment_reserve(theirs[k], 100000));
            memset(mine[k]->base, (int)(1 + 2 * r) + k, 100000);
        }
    }
    for (unsigned r = 0; r < RPI_REQUESTS; r++) {
        assert_int_equal(other.requests[r].base[99999], 1 + 2 * r);
        assert_int_equal(other.responses[r].base[99999], 2 + 2 * r);
    }
    assert_int_equal(other.control->rank, 17);
    rpi_mailbox_fini(&one);
    assert_int_equal(other.control->rank, 17); /* each side's view is its own */
    rpi_mailbox_fini(&other);
    rpi_mailbox_fini(&other);
}

static void attaching_to_nothing_is_an_error(void **state)
{
    (void)state;
    rpi_mailbox none;
    rp_error error;
    assert_int_equal(rpi_mailbox_attach(&none, -1, &error), RP_SYSTEM);
    assert_int_equal(error.code, EBADF);
    assert_int_equal(none.fd, -1);
    rpi_mailbox_fini(&none);
}

/* A file that is too large would be SIGXFSZ. */
static void the_limit_of_file_sizes_is_kept(void **state)
{
    (void)state;
    struct rlimit before, lower;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    lower = before;
    lower.rlim_cur = 100 << 20;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &lower), 0);
    rpi_mailbox one = create(), other = attach(&one);
    assert_true(rpi_segment_reserve(&one.responses[1], 19 << 20) && rpi_segment_reserve(&other.responses[1], 19 << 20));
    one.responses[1].base[(19 << 20) - 1] = 'z';
    assert_int_equal(other.responses[1].base[(19 << 20) - 1], 'z');
    assert_false(rpi_segment_reserve(&one.responses[1], 21 << 20));
    rpi_mailbox_fini(&one);
    rpi_mailbox_fini(&other);
    lower.rlim_cur = 10000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &lower), 0);
    rp_error error;
    rp_status status = rpi_mailbox_create(&one, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, RP_SYSTEM);
    assert_int_equal(error.code, EFBIG);
    rpi_mailbox_fini(&one);
}

/* What a task forks can't take requests when it comes back. */
static void a_fork_doesnt_have_the_control_page(void **state)
{
    (void)state;
    rpi_mailbox one = create();
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        (void)signal(SIGSEGV, SIG_DFL);
        _exit(atomic_load(&one.control->closing) ? 1 : 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    rpi_mailbox_fini(&one);
}

/* ---- bells ---- */

/* Each side waits for the other's number, sets its own, and rings: a ring that is lost stops both. */
static bool play(rpi_bell *mine, rpi_bell *other, _Atomic uint32_t *number, uint32_t parity)
{
    uint64_t deadline = rpi_deadline_ns(15);
    for (uint32_t round = parity; round < ROUNDS; round += 2) {
        for (;;) {
            uint32_t seen = rpi_bell_count(mine);
            if (rpi_now_ns() >= deadline) return false;
            if (atomic_load(number) == round) break;
            rpi_bell_wait(mine, seen, deadline);
        }
        atomic_store(number, round + 1);
        rpi_bell_ring(other);
    }
    return true;
}

static void *play_as_thread(void *argument)
{
    rpi_mailbox *view = argument;
    rpi_control *control = view->control;
    return play(&control->for_sandbox, &control->for_worker, &control->started, 1) ? argument : NULL;
}

static void no_ring_is_lost_between_threads(void **state)
{
    (void)state;
    rpi_mailbox one = create(), other = attach(&one);
    pthread_t thread;
    void *played = NULL;
    assert_int_equal(pthread_create(&thread, NULL, play_as_thread, &other), 0);
    assert_true(play(&one.control->for_worker, &one.control->for_sandbox, &one.control->started, 0));
    assert_int_equal(pthread_join(thread, &played), 0);
    assert_non_null(played);
    rpi_mailbox_fini(&one);
    rpi_mailbox_fini(&other);
}

static void no_ring_is_lost_between_processes(void **state)
{
    (void)state;
    rpi_mailbox one = create();
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        rpi_mailbox other;
        bool well = rpi_mailbox_attach(&other, one.fd, NULL) == RP_OK && play_as_thread(&other);
        _exit(well ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    assert_true(play(&one.control->for_worker, &one.control->for_sandbox, &one.control->started, 0));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    rpi_mailbox_fini(&one);
}

static void a_wait_ends_at_its_deadline(void **state)
{
    (void)state;
    rpi_mailbox one = create();
    double start = unit_now();
    rpi_bell_wait(&one.control->for_worker, rpi_bell_count(&one.control->for_worker), rpi_deadline_ns(0.1));
    assert_true(unit_now() - start >= 0.09 && unit_now() - start < 5);
    uint32_t seen = rpi_bell_count(&one.control->for_worker);
    rpi_bell_ring(&one.control->for_worker);
    rpi_bell_wait(&one.control->for_worker, seen, RPI_NEVER); /* it rang before */
    rpi_mailbox_fini(&one);
}

UNIT_MAIN(UNIT(both_sides_see_the_same), UNIT(attaching_to_nothing_is_an_error), UNIT(the_limit_of_file_sizes_is_kept),
          UNIT(a_fork_doesnt_have_the_control_page), UNIT(no_ring_is_lost_between_threads), UNIT(no_ring_is_lost_between_processes),
          UNIT(a_wait_ends_at_its_deadline))
