/* test_doorbell.c: a doorbell that another process maps and rings, and what isn't taken for one. */
#include "unit.h"

#include "clock.h"
#include "doorbell.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static rpi_doorbell *create(rpi_doorbell_address *address)
{
    rpi_doorbell *made = rpi_doorbell_create(address);
    assert_non_null(made);
    assert_int_equal(address->pid, getpid());
    return made;
}

/* Maps it, as another rank would, and tells it n times. */
static int tell_from_another_process(const rpi_doorbell_address *address, int n)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        rpi_doorbell *found = rpi_doorbell_map(address);
        for (int i = 0; found && i < n; i++) rpi_doorbell_tell(found);
        _exit(found ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void who_listens_is_rung_by_another_process(void **state)
{
    (void)state;
    rpi_doorbell_address address;
    rpi_doorbell *made = create(&address);
    uint32_t seen = rpi_bell_count(&made->bell);
    rpi_doorbell_listen(made, true);
    assert_int_equal(tell_from_another_process(&address, 1), 0);
    rpi_bell_wait(&made->bell, seen, RPI_NEVER);
    assert_int_equal(rpi_bell_count(&made->bell), seen + 1);
    rpi_doorbell_destroy(made, &address);
}

static void who_does_not_listen_is_left_alone(void **state)
{
    (void)state;
    rpi_doorbell_address address;
    rpi_doorbell *made = create(&address);
    assert_int_equal(tell_from_another_process(&address, 5), 0);
    assert_int_equal(rpi_bell_count(&made->bell), 0);
    rpi_doorbell_tell(NULL);
    rpi_doorbell_destroy(made, &address);
    rpi_doorbell_destroy(NULL, &address);
}

static void one_whose_process_let_it_go_is_rung_in_vain(void **state)
{
    (void)state;
    rpi_doorbell_address address;
    rpi_doorbell *made = create(&address), *found = rpi_doorbell_map(&address);
    assert_non_null(found);
    rpi_doorbell_listen(made, true);
    rpi_doorbell_destroy(made, &address);
    rpi_doorbell_tell(found);
    assert_int_equal(rpi_bell_count(&found->bell), 1);
    rpi_doorbell_unmap(found);
    assert_null(rpi_doorbell_map(&address));
}

static void one_of_other_words_is_not_taken(void **state)
{
    (void)state;
    rpi_doorbell_address address, other;
    rpi_doorbell *made = create(&address);
    other = address;
    other.token++;
    assert_null(rpi_doorbell_map(&other));
    other = address;
    other.pid = -1;
    assert_null(rpi_doorbell_map(&other));
    other = address;
    other.descriptor = -1;
    assert_null(rpi_doorbell_map(&other));
    rpi_doorbell_destroy(made, &address);
}

static int file_like(const char *name, off_t size, int seals)
{
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    assert_int_equal(ftruncate(fd, size), 0);
    assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
    return fd;
}

static void no_other_file_is_taken_for_one(void **state)
{
    (void)state;
    enum { FIXED = F_SEAL_SHRINK | F_SEAL_GROW };
    const off_t size = sizeof(rpi_doorbell);
    const int files[] = {file_like("rankpool-doorbell", size, 0), file_like("rankpool-doorbell", size - 1, FIXED),
                         file_like("rankpool", size, FIXED), open("/dev/null", O_RDWR | O_CLOEXEC)};
    for (size_t i = 0; i < N_OF(files); i++) {
        assert_true(files[i] >= 0);
        assert_null(rpi_doorbell_map(&(rpi_doorbell_address){.pid = getpid(), .descriptor = files[i]}));
        close(files[i]);
    }
}

/* One whose size is over the limit would be a signal. */
static void where_files_may_not_be_that_large_there_is_none(void **state)
{
    (void)state;
    rpi_doorbell_address address;
    struct rlimit before, lower;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    lower = before;
    lower.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &lower), 0);
    rpi_doorbell *made = rpi_doorbell_create(&address);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_null(made);
    assert_null(rpi_doorbell_map(&address));
}

/* ---- what is sent ---- */

enum { ROUNDS = 20000 };

typedef struct side {
    rpi_doorbell *mine;
    rpi_doorbell_address others; /* where it is */
    _Atomic uint32_t *number;    /* of the last message */
    uint32_t parity;
} side;

/* Each waits for the other's message and sends its own. One that is neither seen by a look nor rung for stops both. */
static bool play(const side *self)
{
    uint64_t deadline = rpi_deadline_ns(15);
    rpi_doorbell *other = rpi_doorbell_map(&self->others);
    for (uint32_t round = self->parity; round < ROUNDS && other; round += 2) {
        for (;;) {
            uint32_t seen = rpi_bell_count(&self->mine->bell);
            rpi_doorbell_listen(self->mine, true);
            if (rpi_now_ns() >= deadline) return false;
            if (atomic_load_explicit(self->number, memory_order_acquire) == round) break;
            rpi_bell_wait(&self->mine->bell, seen, deadline);
        }
        rpi_doorbell_listen(self->mine, false);
        atomic_store_explicit(self->number, round + 1, memory_order_release);
        rpi_doorbell_tell(other);
    }
    rpi_doorbell_unmap(other);
    return other;
}

static void *play_as_thread(void *argument) { return play(argument) ? argument : NULL; }

static void what_is_sent_is_seen_or_rung_for(void **state)
{
    (void)state;
    _Atomic uint32_t number = 0;
    rpi_doorbell_address where[2];
    side sides[2];
    pthread_t thread;
    void *played;
    for (uint32_t s = 0; s < 2; s++) sides[s] = (side){.mine = create(&where[s]), .number = &number, .parity = s};
    sides[0].others = where[1];
    sides[1].others = where[0];
    assert_int_equal(pthread_create(&thread, NULL, play_as_thread, &sides[1]), 0);
    assert_true(play(&sides[0]));
    assert_int_equal(pthread_join(thread, &played), 0);
    assert_non_null(played);
    for (int s = 0; s < 2; s++) rpi_doorbell_destroy(sides[s].mine, &where[s]);
}

UNIT_MAIN(UNIT(who_listens_is_rung_by_another_process), UNIT(who_does_not_listen_is_left_alone),
          UNIT(one_whose_process_let_it_go_is_rung_in_vain), UNIT(one_of_other_words_is_not_taken), UNIT(no_other_file_is_taken_for_one),
          UNIT(where_files_may_not_be_that_large_there_is_none), UNIT(what_is_sent_is_seen_or_rung_for))
