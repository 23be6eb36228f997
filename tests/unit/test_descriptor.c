/* test_descriptor.c: nothing that the library opens gets the number of a standard descriptor that is closed. */
#include "unit.h"

#include "base/descriptor.h"
#include "cluster/process.h"
#include "isolate/mailbox.h"
#include "isolate/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs `check` in a process without standard descriptors; it returns 0, or which of its checks failed. */
static int without_standard(int (*check)(void))
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        for (int descriptor = 0; descriptor <= 2; descriptor++) (void)close(descriptor);
        _exit(check());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int move_one(void)
{
    int made = open("/dev/null", O_RDONLY), moved = rpi_descriptor_move_up(made);
    if (made != 0 || moved <= 2) return 1;
    if (fcntl(made, F_GETFD) >= 0) return 2;
    if (!(fcntl(moved, F_GETFD) & FD_CLOEXEC)) return 3;
    if (rpi_descriptor_move_up(moved) != moved) return 4;
    errno = ENFILE;
    return rpi_descriptor_move_up(-1) == -1 && errno == ENFILE ? 0 : 5;
}

static int open_standard(void)
{
    char byte = 0;
    rpi_descriptor_open_standard();
    if (read(0, &byte, 1) != -1 || errno != EBADF) return 1;
    if (write(1, &byte, 1) != -1 || errno != EBADF) return 2;
    if (write(2, &byte, 1) != -1 || errno != EBADF) return 3;
    int next = open("/dev/null", O_RDONLY);
    return next > 2 ? 0 : 4;
}

/* Returns 1 where the library has taken one of 0 to 2. */
static int has_standard(void)
{
    for (int descriptor = 0; descriptor <= 2; descriptor++)
        if (fcntl(descriptor, F_GETFD) >= 0) return 1;
    return 0;
}

static int make_mailbox(void)
{
    rpi_mailbox *mailbox;
    if (rpi_mailbox_create(&mailbox, NULL) != RP_OK) return 2;
    return has_standard();
}

#if defined __has_feature
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1 /* as gcc says it */
#endif
#endif

static int start_helper(void)
{
#ifndef __SANITIZE_THREAD__ /* it has a thread of its own in each child, and the helper wants to be begun by the only one */
    if (rpi_zygote_start(NULL) != RP_OK) return 2;
#endif
    return has_standard();
}

static int monitor(void)
{
    rpi_process self, other;
    bool gone;
    pid_t pid = fork();
    if (pid == 0) {
        (void)pause();
        _exit(0);
    }
    rpi_process_self(&self);
    other = self;
    other.pid = pid;
    int descriptor = rpi_process_monitor(&self, &other, &gone), result = has_standard();
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
    return gone || descriptor == 0 ? 2 : result;
}

static void a_low_number_moves_up(void **state)
{
    (void)state;
    assert_int_equal(without_standard(move_one), 0);
}

static void closed_standard_descriptors_become_errors(void **state)
{
    (void)state;
    assert_int_equal(without_standard(open_standard), 0);
    assert_true(fcntl(0, F_GETFD) >= 0);
    int flags = fcntl(1, F_GETFL);
    rpi_descriptor_open_standard(); /* open ones stay as they are */
    assert_int_equal(fcntl(1, F_GETFL), flags);
}

static void what_the_library_opens_is_above_them(void **state)
{
    (void)state;
    assert_int_equal(without_standard(make_mailbox), 0);
    assert_int_equal(without_standard(start_helper), 0);
    assert_int_equal(without_standard(monitor), 0);
}

static void bytes_are_written_and_read_at_their_place(void **state)
{
    (void)state;
    char read[8] = "";
    size_t n;
    int file = memfd_create("descriptor", MFD_CLOEXEC);
    assert_int_equal(rpi_descriptor_write_at(file, "abc", 3, 2), 0);
    assert_int_equal(rpi_descriptor_read_at(file, read, sizeof read, 1, &n), 0);
    assert_int_equal(n, 4);
    assert_memory_equal(read, "\0abc", 4);
    close(file);
    assert_int_equal(rpi_descriptor_write_at(file, "abc", 3, 2), EBADF);
    assert_int_equal(rpi_descriptor_read_at(file, read, sizeof read, 0, &n), EBADF);
}

UNIT_MAIN(UNIT(bytes_are_written_and_read_at_their_place), UNIT(a_low_number_moves_up), UNIT(closed_standard_descriptors_become_errors),
          UNIT(what_the_library_opens_is_above_them))
