/* test_mailbox.c: the two views of a mailbox. */
#include "unit.h"

#include "isolate/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* A process that a task forks returns from the task too, but can't take requests. */
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

UNIT_MAIN(UNIT(both_sides_see_the_same), UNIT(attaching_to_nothing_is_an_error), UNIT(the_limit_of_file_sizes_is_kept),
          UNIT(a_fork_doesnt_have_the_control_page))
