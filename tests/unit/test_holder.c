/* test_holder.c: who has a journal, as text and back; and whether it lives. */
#include "unit.h"

#include "journal/holder.h"

#include <sys/wait.h>
#include <unistd.h>

static rpi_holder self_of(const char *job, unsigned restart)
{
    rpi_holder self;
    rpi_holder_self(&self, job, restart);
    return self;
}

static void a_holder_comes_back_as_it_was(void **state)
{
    (void)state;
    char bytes[RPI_HOLDER_BYTES], name[100];
    rpi_holder self = self_of("4711", 2), back;
    self.epoch = UINT64_MAX;
    self.beat = 17;
    self.is_free = true;
    rpi_holder_write(&self, bytes);
    assert_true(rpi_holder_read(bytes, sizeof bytes, &back));
    assert_int_equal(back.process.pid, getpid());
    assert_true(back.start == self.start && back.start > 0);
    assert_true(back.epoch == UINT64_MAX && back.beat == 17 && back.is_free && back.restart == 2);
    assert_string_equal(back.job, "4711");
    assert_string_equal(back.process.boot_id, self.process.boot_id);
    assert_contains(rpi_holder_name(&back, name, sizeof name), "job 4711 on ");
}

static void names_that_no_file_may_have_do_no_harm(void **state)
{
    (void)state;
    char bytes[RPI_HOLDER_BYTES];
    rpi_holder self = self_of("47 11\nepoch 9", 0), back;
    memset(self.process.host, ' ', sizeof self.process.host - 1);
    rpi_holder_write(&self, bytes);
    assert_true(rpi_holder_read(bytes, sizeof bytes, &back));
    assert_string_equal(back.job, "4711epoch9");
    assert_string_equal(back.process.host, "");
    self = self_of(NULL, 0);
    rpi_holder_write(&self, bytes);
    assert_true(rpi_holder_read(bytes, sizeof bytes, &back));
    assert_string_equal(back.job, "");
}

static void a_torn_one_is_none(void **state)
{
    (void)state;
    char bytes[RPI_HOLDER_BYTES], changed[RPI_HOLDER_BYTES];
    rpi_holder self = self_of("4711", 0), back;
    rpi_holder_write(&self, bytes);
    size_t size = sizeof bytes;
    while (bytes[size - 2] == '\n') size--;
    for (size_t n = 0; n < size - 1; n++) {
        memcpy(changed, bytes, sizeof changed);
        memset(changed + n, 0, sizeof changed - n);
        assert_false(rpi_holder_read(changed, sizeof changed, &back));
        assert_false(rpi_holder_read(bytes, n, &back));
    }
    self.beat = 5;
    rpi_holder_write(&self, changed);
    memcpy(changed + 30, bytes + 30, sizeof changed - 30);
    assert_false(rpi_holder_read(changed, sizeof changed, &back));
}

static void this_process_lives_and_one_that_ended_does_not(void **state)
{
    (void)state;
    rpi_holder self = self_of(NULL, 0), other = self;
    assert_int_equal(rpi_holder_life(&self, &self), RPI_LIFE_ALIVE);
    other.start++; /* another process had the number before */
    assert_int_equal(rpi_holder_life(&other, &self), RPI_LIFE_DEAD);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        other = self_of(NULL, 0);
        _exit(write(ends[1], &other, sizeof other) == (ssize_t)sizeof other ? 0 : 1);
    }
    assert_int_equal(read(ends[0], &other, sizeof other), sizeof other);
    close(ends[0]);
    close(ends[1]);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0); /* nobody has waited for it */
    assert_int_equal(rpi_holder_life(&other, &self), RPI_LIFE_DEAD);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(rpi_holder_life(&other, &self), RPI_LIFE_DEAD);
}

static void a_host_is_known_by_its_boot_and_not_by_its_name(void **state)
{
    (void)state;
    rpi_holder self = self_of(NULL, 0), other = self;
    snprintf(other.process.host, sizeof other.process.host, "elsewhere");
    assert_int_equal(rpi_holder_life(&other, &self), RPI_LIFE_ALIVE);
    other = self;
    other.process.boot_id[0] ^= 1;
    assert_int_equal(rpi_holder_life(&other, &self), RPI_LIFE_UNKNOWN);
    other = self;
    other.process.pid_namespace++;
    assert_int_equal(rpi_holder_life(&other, &self), RPI_LIFE_UNKNOWN);
}

static void only_a_later_start_of_the_same_job_restarts(void **state)
{
    (void)state;
    rpi_holder first = self_of("4711", 0), again = self_of("4711", 1), other = self_of("4712", 1), none = self_of(NULL, 1);
    assert_true(rpi_holder_restarts(&again, &first));
    assert_false(rpi_holder_restarts(&first, &again));
    assert_false(rpi_holder_restarts(&first, &first));
    assert_false(rpi_holder_restarts(&other, &first));
    assert_false(rpi_holder_restarts(&none, &none));
}

UNIT_MAIN(UNIT(a_holder_comes_back_as_it_was), UNIT(names_that_no_file_may_have_do_no_harm), UNIT(a_torn_one_is_none),
          UNIT(this_process_lives_and_one_that_ended_does_not), UNIT(a_host_is_known_by_its_boot_and_not_by_its_name),
          UNIT(only_a_later_start_of_the_same_job_restarts))
