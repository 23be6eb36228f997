/* test_sockets.c: the system's sockets, over loopback: they never block, aren't inherited, and stay away from the standard streams. */
#include "unit.h"

#include "cluster/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const rpi_sockets *const of = &rpi_sockets_system;

static void await_event(int socket, short events)
{
    double deadline = unit_now() + 20;
    struct pollfd polled = {.fd = socket, .events = events};
    do {
        of->poll(of->argument, &polled, 1);
        if (unit_now() > deadline) fail_msg("nothing happened");
    } while (!polled.revents);
}

typedef struct pair {
    int listener, near, far;
} pair;

static pair make_pair(void)
{
    uint16_t port;
    pair made = {.listener = of->listen(of->argument, &port)};
    assert_true(made.listener > 2);
    made.near = of->connect(of->argument, &rpi_address_loopback, port);
    assert_true(made.near > 2);
    await_event(made.listener, POLLIN);
    made.far = of->accept(of->argument, made.listener);
    assert_true(made.far > 2);
    await_event(made.near, POLLOUT);
    return made;
}

static void close_pair(const pair *with)
{
    of->close(of->argument, with->near);
    of->close(of->argument, with->far);
    of->close(of->argument, with->listener);
}

static void bytes_go_both_ways_and_nothing_blocks(void **state)
{
    (void)state;
    char got[8] = "";
    pair with = make_pair();
    assert_int_equal(of->receive(of->argument, with.far, got, sizeof got), -1);
    assert_true(errno == EAGAIN);
    assert_int_equal(of->accept(of->argument, with.listener), -1);
    assert_int_equal(of->send(of->argument, with.near, "ab", 2), 2);
    await_event(with.far, POLLIN);
    assert_int_equal(of->receive(of->argument, with.far, got, sizeof got), 2);
    assert_int_equal(of->send(of->argument, with.far, "c", 1), 1);
    await_event(with.near, POLLIN);
    assert_int_equal(of->receive(of->argument, with.near, got, sizeof got), 1);
    assert_memory_equal(got, "cb", 2);
    close_pair(&with);
}

static void an_end_that_is_closed_shows(void **state)
{
    (void)state;
    char got;
    pair with = make_pair();
    of->close(of->argument, with.near);
    await_event(with.far, POLLIN);
    assert_int_equal(of->receive(of->argument, with.far, &got, 1), 0);
    for (int i = 0; i < 2; i++) (void)of->send(of->argument, with.far, "x", 1); /* no SIGPIPE */
    of->close(of->argument, with.far);
    of->close(of->argument, with.listener);
}

static void a_connection_that_is_refused_fails_when_it_is_used(void **state)
{
    (void)state;
    uint16_t port;
    int listener = of->listen(of->argument, &port);
    of->close(of->argument, listener);
    int socket = of->connect(of->argument, &rpi_address_loopback, port);
    if (socket < 0) return;
    await_event(socket, POLLOUT);
    assert_int_equal(of->send(of->argument, socket, "x", 1), -1);
    of->close(of->argument, socket);
}

static void programs_do_not_inherit_them(void **state)
{
    (void)state;
    pair with = make_pair();
    const int *all = &with.listener;
    for (size_t i = 0; i < sizeof with / sizeof *all; i++) {
        assert_int_equal(fcntl(all[i], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
        assert_int_equal(fcntl(all[i], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    }
    close_pair(&with);
}

/* In a process of its own, as its standard streams are closed. */
static void closed_standard_streams_stay_closed(void **state)
{
    (void)state;
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        uint16_t port;
        for (int i = 0; i <= 2; i++) (void)close(i);
        int listener = of->listen(of->argument, &port), near = of->connect(of->argument, &rpi_address_loopback, port);
        struct pollfd polled = {.fd = listener, .events = POLLIN};
        (void)poll(&polled, 1, 10000);
        int far = of->accept(of->argument, listener);
        _exit(listener > 2 && near > 2 && far > 2 && fcntl(0, F_GETFD) < 0 && fcntl(1, F_GETFD) < 0 && fcntl(2, F_GETFD) < 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void without_a_descriptor_all_fail_in_order(void **state)
{
    (void)state;
    struct rlimit before, none;
    uint16_t port;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){.rlim_cur = 3, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    int listener = of->listen(of->argument, &port), code = errno;
    int socket = of->connect(of->argument, &rpi_address_loopback, 1);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(listener, -1);
    assert_int_equal(code, EMFILE);
    assert_int_equal(socket, -1);
}

UNIT_MAIN(UNIT(bytes_go_both_ways_and_nothing_blocks), UNIT(an_end_that_is_closed_shows),
          UNIT(a_connection_that_is_refused_fails_when_it_is_used), UNIT(programs_do_not_inherit_them),
          UNIT(closed_standard_streams_stay_closed), UNIT(without_a_descriptor_all_fail_in_order))
