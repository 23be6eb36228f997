/* test_event.c: events between threads and between processes. */
#include "unit.h"

#include "base/clock.h"
#include "base/event.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 20000 };

typedef struct words {
    _Alignas(RPI_SHARED_LINE) _Atomic uint32_t count, sleeping;
} words;

typedef struct game {
    words mine, other;
    _Atomic uint32_t number;
} game;

static rpi_event event_of(words *of) { return (rpi_event){&of->count, &of->sleeping}; }

/* In memory that a fork shares. */
static game *create(void)
{
    game *made = mmap(NULL, sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(made != MAP_FAILED);
    return made;
}

static void destroy(game *made) { assert_int_equal(munmap(made, sizeof *made), 0); }

/* Each side waits for the other's number, sets its own, and signals. A lost signal would stop both. */
static bool play(rpi_event mine, rpi_event other, _Atomic uint32_t *number, uint32_t parity)
{
    uint64_t deadline = rpi_deadline_ns(UNIT_WAIT_S);
    for (uint32_t round = parity; round < ROUNDS; round += 2) {
        for (;;) {
            uint32_t seen = rpi_event_count(mine);
            if (rpi_now_ns() >= deadline) return false;
            if (atomic_load(number) == round) break;
            rpi_event_wait(mine, seen, deadline);
        }
        atomic_store(number, round + 1);
        rpi_event_signal(other);
    }
    return true;
}

static void *play_as_thread(void *argument)
{
    game *with = argument;
    return play(event_of(&with->other), event_of(&with->mine), &with->number, 1) ? argument : NULL;
}

static void no_signal_is_lost_between_threads(void **state)
{
    (void)state;
    game *with = create();
    pthread_t thread;
    void *played = NULL;
    assert_int_equal(pthread_create(&thread, NULL, play_as_thread, with), 0);
    assert_true(play(event_of(&with->mine), event_of(&with->other), &with->number, 0));
    assert_int_equal(pthread_join(thread, &played), 0);
    assert_non_null(played);
    destroy(with);
}

static void no_signal_is_lost_between_processes(void **state)
{
    (void)state;
    game *with = create();
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) _exit(play_as_thread(with) ? EXIT_SUCCESS : EXIT_FAILURE);
    assert_true(play(event_of(&with->mine), event_of(&with->other), &with->number, 0));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    destroy(with);
}

/* A waiter that can only read the count, and a waker that can only read the flag. */
static void words_may_be_out_of_the_other_sides_reach(void **state)
{
    (void)state;
    int fd = memfd_create("test", 0), status = 0;
    assert_true(fd >= 0 && ftruncate(fd, 1 << 16) == 0);
    _Atomic uint32_t *count = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    _Atomic uint32_t *flag = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 4096 * 8);
    _Atomic uint32_t *seen_count = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    _Atomic uint32_t *seen_flag = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096 * 8);
    assert_true(count != MAP_FAILED && flag != MAP_FAILED && seen_count != MAP_FAILED && seen_flag != MAP_FAILED);
    pid_t pid = fork();
    if (pid == 0) {
        rpi_event_wait((rpi_event){seen_count, flag}, 0, rpi_deadline_ns(15));
        _exit(atomic_load(seen_count) == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    for (double end = unit_now() + 10; !atomic_load(seen_flag) && unit_now() < end;) unit_sleep(0.001);
    rpi_event_signal((rpi_event){count, seen_flag});
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(fd);
}

static void a_wait_ends_at_its_deadline(void **state)
{
    (void)state;
    words zero = {0};
    rpi_event event = event_of(&zero);
    double start = unit_now();
    rpi_event_wait(event, rpi_event_count(event), rpi_deadline_ns(0.1));
    assert_true(unit_now() - start >= 0.09);
    uint32_t seen = rpi_event_count(event);
    rpi_event_signal(event);
    rpi_event_wait(event, seen, RPI_NEVER); /* it was signalled before */
}

UNIT_MAIN(UNIT(no_signal_is_lost_between_threads), UNIT(no_signal_is_lost_between_processes),
          UNIT(words_may_be_out_of_the_other_sides_reach), UNIT(a_wait_ends_at_its_deadline))
