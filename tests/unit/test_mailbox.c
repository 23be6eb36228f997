/* test_mailbox.c: the two views of a mailbox. */
#include "unit.h"

#include "isolate/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static rpi_mailbox *create(void)
{
    rpi_mailbox *made;
    rp_error error;
    assert_int_equal(rpi_mailbox_create(&made, &error), RP_OK);
    return made;
}

static rpi_mailbox *attach(const rpi_mailbox *to)
{
    rpi_mailbox *other;
    assert_int_equal(rpi_mailbox_attach(fcntl(to->fd, F_DUPFD_CLOEXEC, 0), &other, NULL), RP_OK);
    return other;
}

static void both_sides_see_the_same(void **state)
{
    (void)state;
    rpi_mailbox *one = create(), *other = attach(one);
    one->orders->rank = 17;
    assert_int_equal(other->orders->rank, 17);
    atomic_store(&other->answers->progress, 18);
    assert_int_equal(atomic_load(&one->answers->progress), 18);
    for (unsigned r = 0; r < RPI_REQUESTS; r++) {
        rpi_segment *from[] = {&one->requests[r], &other->responses[r]}, *to[] = {&other->requests[r], &one->responses[r]};
        for (int k = 0; k < 2; k++) {
            assert_true(rpi_segment_reserve(from[k], 100000) && rpi_segment_reserve(to[k], 100000));
            memset(from[k]->base, (int)(1 + 2 * r) + k, 100000);
        }
    }
    for (unsigned r = 0; r < RPI_REQUESTS; r++) {
        assert_int_equal(other->requests[r].base[99999], 1 + 2 * r);
        assert_int_equal(one->responses[r].base[99999], 2 + 2 * r);
    }
    assert_int_equal(other->orders->rank, 17);
    rpi_mailbox_release(one);
    assert_int_equal(other->orders->rank, 17); /* each side's view is its own */
    rpi_mailbox_release(other);
    rpi_mailbox_release(NULL);
}

static void attaching_to_nothing_is_an_error(void **state)
{
    (void)state;
    rpi_mailbox *none = NULL;
    rp_error error;
    assert_int_equal(rpi_mailbox_attach(-1, &none, &error), RP_SYSTEM);
    assert_int_equal(error.code, EBADF);
    assert_null(none);
}

/* Runs `write_there` in another process. Whether it ends by a signal. */
static bool crashes(void (*write_there)(void *where), void *where)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        (void)signal(SIGSEGV, SIG_DFL);
        write_there(where);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

static void write_orders(void *where)
{
    rpi_mailbox *child = where;
    (void)madvise(child->orders, sizeof *child->orders, MADV_DOFORK);
    atomic_store((_Atomic uint32_t *)&child->orders->closing, 1);
}

static void write_request(void *where)
{
    rpi_mailbox *child = where;
    if (rpi_segment_reserve(&child->requests[0], 100)) child->requests[0].base[50] = 'x';
}

static void write_response(void *where)
{
    rpi_mailbox *child = where;
    if (rpi_segment_reserve(&child->responses[0], 100)) child->responses[0].base[50] = 'x';
}

static void a_child_can_write_only_what_it_answers(void **state)
{
    (void)state;
    rpi_mailbox *worker = create(), *child = attach(worker);
    assert_null(child->fate);
    assert_true(crashes(write_orders, child));
    assert_true(crashes(write_request, child));
    assert_false(crashes(write_response, child));
    assert_int_equal(ftruncate(child->fd, 4096), -1); /* a smaller file would end the worker by a signal */
    assert_int_equal(ftruncate(child->fd, INT64_MAX / 2), -1);
    rpi_mailbox_release(worker);
    rpi_mailbox_release(child);
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
    rpi_mailbox *one = create(), *other = attach(one);
    assert_true(rpi_segment_reserve(&one->responses[1], 19 << 20) && rpi_segment_reserve(&other->responses[1], 19 << 20));
    one->responses[1].base[(19 << 20) - 1] = 'z';
    assert_int_equal(other->responses[1].base[(19 << 20) - 1], 'z');
    assert_false(rpi_segment_reserve(&one->responses[1], 21 << 20));
    rpi_mailbox_release(one);
    rpi_mailbox_release(other);
    lower.rlim_cur = 10000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &lower), 0);
    rp_error error;
    rp_status status = rpi_mailbox_create(&one, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, RP_SYSTEM);
    assert_int_equal(error.code, EFBIG);
}

static void read_answers(void *where) { atomic_fetch_add((_Atomic uint64_t *)where, 1); }

/* A process that a task forks returns from the task too, but can't take requests. */
static void a_fork_doesnt_have_the_answers(void **state)
{
    (void)state;
    rpi_mailbox *one = create();
    assert_true(crashes(read_answers, &one->answers->progress));
    rpi_mailbox_release(one);
}

static void two_threads_agree_on_a_late_item(void **state)
{
    (void)state;
    rpi_mailbox *local;
    assert_int_equal(rpi_mailbox_create_local(&local, NULL), RP_OK);
    assert_true(rpi_mailbox_hold(local));
    atomic_store(&local->answers->requests[rpi_request_place(1)].done, 1);
    assert_false(rpi_mailbox_abandon(local, 1)); /* it was answered in the last moment */
    rpi_mailbox_let_go(local);
    assert_false(rpi_mailbox_is_abandoned(local));
    assert_true(rpi_mailbox_abandon(local, 2));
    assert_true(rpi_mailbox_is_abandoned(local));
    assert_false(rpi_mailbox_hold(local));
    rpi_mailbox_release(rpi_mailbox_share(local));
    rpi_mailbox_release(local);
}

UNIT_MAIN(UNIT(both_sides_see_the_same), UNIT(attaching_to_nothing_is_an_error), UNIT(a_child_can_write_only_what_it_answers),
          UNIT(the_limit_of_file_sizes_is_kept), UNIT(a_fork_doesnt_have_the_answers), UNIT(two_threads_agree_on_a_late_item))
