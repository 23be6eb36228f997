/* test_bell.c: bells between threads and between processes. */
#include "unit.h"

#include "bell.h"
#include "clock.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 20000 };

/* Shared with children. */
typedef struct game {
    rpi_bell bells[2];
    _Atomic uint32_t number;
} game;

static game *create(void)
{
    game *made = mmap(NULL, sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(made, MAP_FAILED);
    return made;
}

/* Each side waits for the other's number, sets its own, and rings: a ring that is lost stops both. */
static bool play(game *with, uint32_t side)
{
    rpi_bell *mine = &with->bells[side];
    uint64_t deadline = rpi_deadline_ns(15);
    for (uint32_t round = side; round < ROUNDS; round += 2) {
        for (;;) {
            uint32_t seen = rpi_bell_count(mine);
            if (rpi_now_ns() >= deadline) return false;
            if (atomic_load(&with->number) == round) break;
            rpi_bell_wait(mine, seen, deadline);
        }
        atomic_store(&with->number, round + 1);
        rpi_bell_ring(&with->bells[1 - side]);
    }
    return true;
}

static void *play_as_thread(void *with) { return play(with, 1) ? with : NULL; }

static void no_ring_is_lost_between_threads(void **state)
{
    (void)state;
    game *one = create();
    pthread_t thread;
    void *played = NULL;
    assert_int_equal(pthread_create(&thread, NULL, play_as_thread, one), 0);
    assert_true(play(one, 0));
    assert_int_equal(pthread_join(thread, &played), 0);
    assert_non_null(played);
    munmap(one, sizeof *one);
}

static void no_ring_is_lost_between_processes(void **state)
{
    (void)state;
    game *one = create();
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) _exit(play(one, 1) ? EXIT_SUCCESS : EXIT_FAILURE);
    assert_true(play(one, 0));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    munmap(one, sizeof *one);
}

static void a_wait_ends_at_its_deadline(void **state)
{
    (void)state;
    rpi_bell bell = {0};
    double start = unit_now();
    rpi_bell_wait(&bell, rpi_bell_count(&bell), rpi_deadline_ns(0.1));
    assert_true(unit_now() - start >= 0.09 && unit_now() - start < 5);
}

static void a_ring_before_the_wait_counts(void **state)
{
    (void)state;
    rpi_bell bell = {0};
    uint32_t seen = rpi_bell_count(&bell);
    rpi_bell_ring(&bell);
    rpi_bell_wait(&bell, seen, RPI_NEVER);
}

UNIT_MAIN(UNIT(no_ring_is_lost_between_threads), UNIT(no_ring_is_lost_between_processes), UNIT(a_wait_ends_at_its_deadline),
          UNIT(a_ring_before_the_wait_counts))
