/* test_lock.c: one run at a time has a journal. */
#include "disk.h"
#include "unit.h"

#include "journal/lock.h"

#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static rpi_folder folder;
static const rpi_lock_options plain = {.watch_s = 0.2}, takes_over = {.watch_s = 0.2, .take_over = true};

static void begin(void)
{
    disk_begin();
    assert_int_equal(rpi_folder_open(&folder, disk_path(NULL), true, NULL), RP_OK);
}

static void end(void)
{
    rpi_folder_close(&folder, false);
    disk_end();
}

static rpi_holder self_of(const char *job, unsigned restart)
{
    rpi_holder self;
    rpi_holder_self(&self, job, restart);
    self.epoch = 1;
    return self;
}

/* A lock that a process has left that isn't on this host, as far as can be told. */
static void leave_from_elsewhere(const char *job, unsigned restart, uint64_t epoch)
{
    char bytes[RPI_HOLDER_BYTES];
    rpi_holder other = self_of(job, restart);
    other.process.boot_id[0] ^= 1;
    other.epoch = epoch;
    rpi_holder_write(&other, bytes);
    disk_write("lock", bytes, sizeof bytes);
}

static rp_status take(rpi_lock *lock, const char *job, unsigned restart, const rpi_lock_options *options, rp_error *error)
{
    rpi_holder self = self_of(job, restart);
    return rpi_lock_take(lock, &folder, &self, options, error);
}

static void a_second_run_is_refused_while_the_first_one_lives(void **state)
{
    (void)state;
    begin();
    rpi_lock first, second;
    rp_error error;
    assert_int_equal(take(&first, "4711", 0, &plain, NULL), RP_OK);
    assert_refused(take(&second, NULL, 0, &plain, &error), error, "in use by job 4711 on ");
    assert_refused(take(&second, NULL, 0, &takes_over, &error), error, "in use by job 4711 on ");
    assert_int_equal(rpi_lock_check(&first, NULL), RP_OK);
    rpi_lock_release(&first);
    assert_int_equal(take(&second, NULL, 0, &plain, NULL), RP_OK);
    assert_int_equal(second.self.epoch, 2);
    rpi_lock_release(&second);
    end();
}

static void the_lock_of_a_process_that_was_killed_is_taken(void **state)
{
    (void)state;
    begin();
    rpi_lock lock;
    pid_t child = fork();
    if (child == 0) {
        rp_status taken = take(&lock, NULL, 0, &plain, NULL);
        pid_t grandchild = fork(); /* it has the flock as well, and outlives the killed one */
        if (grandchild == 0) pause();
        disk_write("grandchild", &grandchild, sizeof grandchild);
        _exit(taken == RP_OK ? 7 : 1);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    size_t size;
    pid_t *grandchild = (pid_t *)(void *)disk_read("grandchild", &size);
    rp_status status = take(&lock, NULL, 0, &plain, NULL);
    kill(*grandchild, SIGKILL);
    free(grandchild);
    assert_int_equal(WEXITSTATUS(how), 7);
    assert_int_equal(status, RP_OK);
    assert_int_equal(lock.self.epoch, 2);
    rpi_lock_release(&lock);
    end();
}

static void a_holder_elsewhere_is_refused_and_taken_over_when_told(void **state)
{
    (void)state;
    begin();
    rpi_lock lock;
    rp_error error;
    leave_from_elsewhere("4711", 0, 5);
    assert_refused(take(&lock, "4712", 0, &plain, &error), error, "can't be reached from here");
    assert_int_equal(take(&lock, "4712", 0, &takes_over, NULL), RP_OK);
    assert_int_equal(lock.self.epoch, 6);
    rpi_lock_release(&lock);
    end();
}

static atomic_bool beats;

static void *beat(void *argument)
{
    (void)argument;
    char bytes[RPI_HOLDER_BYTES];
    rpi_holder other = self_of("4711", 0);
    other.process.boot_id[0] ^= 1;
    while (beats) {
        other.beat++;
        rpi_holder_write(&other, bytes);
        FILE *file = fopen(disk_path("lock"), "r+");
        if (file) fwrite(bytes, 1, sizeof bytes, file), fclose(file);
        unit_sleep(0.001);
    }
    return NULL;
}

static void a_holder_elsewhere_that_moves_is_never_replaced(void **state)
{
    (void)state;
    begin();
    leave_from_elsewhere("4711", 0, 1);
    pthread_t thread;
    beats = true;
    assert_int_equal(pthread_create(&thread, NULL, beat, NULL), 0);
    rpi_lock lock;
    rp_error error;
    rpi_lock_options patient = {.watch_s = UNIT_WAIT_S, .take_over = true};
    assert_refused(take(&lock, "4712", 0, &patient, &error), error, "in use by job 4711");
    beats = false;
    pthread_join(thread, NULL);
    end();
}

static void a_later_start_of_the_same_job_takes_over(void **state)
{
    (void)state;
    begin();
    rpi_lock first, second;
    rp_error error;
    leave_from_elsewhere("4711", 1, 5);
    assert_int_equal(take(&first, "4711", 1, &plain, &error), RP_USAGE);
    assert_int_equal(take(&first, "4711", 2, &plain, NULL), RP_OK);
    assert_int_equal(take(&second, "4711", 3, &plain, NULL), RP_OK);
    assert_int_equal(rpi_lock_check(&first, &error), RP_LOST);
    assert_contains(rp_error_text(&error), "job 4711");
    rpi_lock_beat(&first); /* it writes to what is its own alone */
    rpi_lock_release(&first);
    assert_int_equal(rpi_lock_check(&second, NULL), RP_OK);
    rpi_lock_release(&second);
    end();
}

static void a_lock_that_is_empty_or_torn_is_taken(void **state)
{
    (void)state;
    begin();
    rpi_lock lock;
    for (size_t n = 0; n < 120; n += 30) {
        char bytes[RPI_HOLDER_BYTES];
        rpi_holder other = self_of(NULL, 0);
        rpi_holder_write(&other, bytes);
        disk_write("lock", bytes, n);
        assert_int_equal(take(&lock, NULL, 0, &plain, NULL), RP_OK);
        rpi_lock_release(&lock);
    }
    end();
}

static void without_flock_the_epoch_is_all_there_is(void **state)
{
    (void)state;
    static const int codes[] = {ENOSYS, ENOLCK, EOPNOTSUPP};
    for (size_t i = 0; i < N_OF(codes); i++) {
        begin();
        rpi_lock lock, second;
        disk_fail(DISK_FLOCK, -1, codes[i]);
        assert_int_equal(take(&lock, NULL, 0, &plain, NULL), RP_OK);
        assert_true(lock.has_no_flock);
        assert_in_range(disk_count(DISK_FLOCK), 1, 3);
        assert_int_equal(take(&second, NULL, 0, &plain, NULL), RP_USAGE);
        rpi_lock_release(&lock);
        end();
    }
}

static void a_stale_file_is_opened_again_three_times_at_most(void **state)
{
    (void)state;
    begin();
    rpi_lock lock;
    assert_int_equal(take(&lock, NULL, 0, &plain, NULL), RP_OK);
    disk_fail(DISK_OPEN, 1, ESTALE);
    assert_int_equal(rpi_lock_check(&lock, NULL), RP_OK);
    rpi_lock_release(&lock);
    disk_fail(DISK_OPEN, -1, ESTALE);
    int before = disk_count(DISK_OPEN);
    rp_error error;
    assert_int_equal(take(&lock, NULL, 0, &plain, &error), RP_SYSTEM);
    assert_int_equal(error.code, ESTALE);
    assert_int_equal(disk_count(DISK_OPEN) - before, 3);
    end();
}

static void a_lock_that_somebody_removed_is_made_anew(void **state)
{
    (void)state;
    begin();
    rpi_lock lock, second;
    assert_int_equal(take(&lock, NULL, 0, &plain, NULL), RP_OK);
    assert_int_equal(unlink(disk_path("lock")), 0);
    assert_int_equal(rpi_lock_check(&lock, NULL), RP_OK);
    assert_int_equal(take(&second, NULL, 0, &plain, NULL), RP_USAGE);
    assert_int_equal(unlink(disk_path("lock")), 0);
    disk_write("items.2", "", 0); /* a run that came in between */
    assert_int_equal(rpi_lock_check(&lock, NULL), RP_LOST);
    rpi_lock_release(&lock);
    end();
}

static void what_fails_leaves_the_lock_of_before(void **state)
{
    (void)state;
    static const disk_call calls[] = {DISK_PWRITE, DISK_FSYNC, DISK_RENAME};
    begin();
    rpi_lock lock;
    rpi_holder holder;
    bool is_there;
    assert_int_equal(take(&lock, "4711", 0, &plain, NULL), RP_OK);
    rpi_lock_release(&lock);
    for (size_t i = 0; i < N_OF(calls); i++) {
        rp_error error;
        disk_fail(calls[i], 1, ENOSPC);
        assert_int_equal(take(&lock, "4712", 0, &plain, &error), RP_SYSTEM);
        assert_int_equal(error.code, ENOSPC);
        assert_int_equal(rpi_lock_holder(&folder, &holder, &is_there, NULL), RP_OK);
        assert_true(is_there);
        assert_string_equal(holder.job, "4711");
    }
    assert_int_equal(take(&lock, "4712", 0, &plain, NULL), RP_OK);
    rpi_lock_release(&lock);
    end();
}

/* Who holds it isn't known, so it isn't taken. */
static void a_lock_that_can_not_be_read_is_not_taken(void **state)
{
    (void)state;
    rpi_lock lock;
    rp_error error;
    begin();
    leave_from_elsewhere("4711", 0, 3);
    disk_fail(DISK_OPEN, 2, EIO); /* the first one is for flock */
    assert_refused(take(&lock, NULL, 0, &plain, &error), error, "job 4711");
    disk_fail(DISK_OPEN, -2, EIO);
    assert_int_equal(take(&lock, NULL, 0, &plain, &error), RP_SYSTEM);
    assert_int_equal(error.code, EIO);
    end();
}

/* A short write isn't a failure. */
static void a_lock_is_written_in_several_calls(void **state)
{
    (void)state;
    rpi_lock lock;
    rpi_holder holder;
    bool is_there;
    begin();
    disk_cut(7);
    assert_int_equal(take(&lock, "4711", 0, &plain, NULL), RP_OK);
    disk_cut(0);
    assert_int_equal(rpi_lock_holder(&folder, &holder, &is_there, NULL), RP_OK);
    assert_true(is_there);
    assert_string_equal(holder.job, "4711");
    rpi_lock_release(&lock);
    end();
}

UNIT_MAIN(UNIT(a_lock_that_can_not_be_read_is_not_taken), UNIT(a_lock_is_written_in_several_calls),
          UNIT(a_second_run_is_refused_while_the_first_one_lives), UNIT(the_lock_of_a_process_that_was_killed_is_taken),
          UNIT(a_holder_elsewhere_is_refused_and_taken_over_when_told), UNIT(a_holder_elsewhere_that_moves_is_never_replaced),
          UNIT(a_later_start_of_the_same_job_takes_over), UNIT(a_lock_that_is_empty_or_torn_is_taken),
          UNIT(without_flock_the_epoch_is_all_there_is), UNIT(a_stale_file_is_opened_again_three_times_at_most),
          UNIT(a_lock_that_somebody_removed_is_made_anew), UNIT(what_fails_leaves_the_lock_of_before))
