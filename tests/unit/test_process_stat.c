/* test_process_stat.c: who is slow, and who is stuck. */
#include "unit.h"

#include "base/process_stat.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t begin(bool spins)
{
    pid_t pid = fork();
    while (pid == 0)
        if (!spins) pause();
    assert_true(pid > 0);
    return pid;
}

static void end(pid_t pid)
{
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void assert_becomes(pid_t pid, bool waits)
{
    double deadline = unit_now() + UNIT_WAIT_S;
    while (rpi_process_is_kept_waiting(pid) != waits) {
        assert_true(unit_now() < deadline);
        unit_sleep(0.001);
    }
}

static void one_that_computes_only_waits_for_a_core(void **state)
{
    (void)state;
    pid_t pid = begin(true);
    assert_becomes(pid, true);
    end(pid);
}

static void one_that_sleeps_or_is_stopped_or_is_gone_does_not(void **state)
{
    (void)state;
    pid_t pid = begin(false);
    assert_becomes(pid, false);
    end(pid);
    pid = begin(true);
    assert_int_equal(kill(pid, SIGSTOP), 0);
    assert_becomes(pid, false);
    end(pid);
    assert_false(rpi_process_is_kept_waiting(pid));
}

static void a_number_and_a_start_name_one_process(void **state)
{
    (void)state;
    char letter;
    uint64_t own, again, child;
    pid_t pid = begin(false);
    assert_true(rpi_process_stat(getpid(), &letter, &own) && rpi_process_stat(getpid(), &letter, &again));
    assert_true(rpi_process_stat(pid, &letter, &child));
    assert_true(own > 0 && own == again && child >= own);
    double up_s = 0;
    FILE *uptime = fopen("/proc/uptime", "re");
    assert_true(uptime && fscanf(uptime, "%lf", &up_s) == 1);
    fclose(uptime);
    assert_true((double)child / (double)sysconf(_SC_CLK_TCK) <= up_s);
    end(pid);
    assert_false(rpi_process_stat(pid, &letter, &child));
}

UNIT_MAIN(UNIT(one_that_computes_only_waits_for_a_core), UNIT(one_that_sleeps_or_is_stopped_or_is_gone_does_not),
          UNIT(a_number_and_a_start_name_one_process))
