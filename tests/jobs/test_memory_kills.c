/* test_memory_kills.c: how often the kernel has ended a process for want of memory, from files as they are in /proc and /sys. */
#include "memory_kills.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Writes a text to a file below the root, and makes its folders. */
static void put(const char *root, const char *path, const char *text)
{
    char folder[SCRATCH_PATH_SIZE];
    (void)snprintf(folder, sizeof(folder), "%s%s", root, path);
    for (char *slash = folder + strlen(root) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        (void)mkdir(folder, 0777);
    }
    scratch_write(root, path + 1, text);
}

static void check(const char *root, const char *path, const char *before, const char *after)
{
    memory_kills kills;
    put(root, path, before);
    memory_kills_begin(&kills, root);
    memory_kills_look(&kills);
    assert_int_equal(memory_kills_grew(&kills), 0);
    put(root, path, after);
    assert_int_equal(memory_kills_grew(&kills), 1);
    assert_int_equal(memory_kills_grew(&kills), 0); /* it is told once */
    memory_kills_end(&kills);
}

static void of_the_group_by_cgroup_v2(void **state)
{
    put(*state, "/proc/self/cgroup", "0::/job/7\n");
    put(*state, "/proc/vmstat", "oom_kill 100\n");
    check(*state, "/sys/fs/cgroup/job/7/memory.events", "low 0\nmax 9\noom 3\noom_kill 1\n", "low 0\nmax 9\noom 3\noom_kill 2\n");
}

static void of_the_group_by_cgroup_v1(void **state)
{
    put(*state, "/proc/self/cgroup", "12:cpu,cpuacct:/a\n4:memory:/job/7\n1:name=systemd:/b\n");
    check(*state, "/sys/fs/cgroup/memory/job/7/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n",
          "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
}

static void of_the_host_where_no_group_counts(void **state)
{
    put(*state, "/proc/self/cgroup", "0::/\n");
    check(*state, "/proc/vmstat", "nr_free_pages 1\noom_kill 5\ndrop_pagecache 0\n", "nr_free_pages 1\noom_kill 7\n");
}

static void of_nothing_where_nothing_counts(void **state)
{
    memory_kills kills;
    memory_kills_begin(&kills, *state);
    assert_int_equal(memory_kills_grew(&kills), 0);
    put(*state, "/proc/vmstat", "oom_kill x\n");
    memory_kills_begin(&kills, *state);
    memory_kills_look(&kills);
    assert_int_equal(memory_kills_grew(&kills), 0);
    memory_kills_end(&kills);
}

/* What the group had counted before a command began isn't that command's. */
static void what_was_before_does_not_count(void **state)
{
    static const char path[] = "/sys/fs/cgroup/job/memory.events";
    memory_kills kills;
    put(*state, "/proc/self/cgroup", "0::/job\n");
    put(*state, path, "oom_kill 1\n");
    memory_kills_begin(&kills, *state);
    put(*state, path, "oom_kill 2\n");
    memory_kills_look(&kills);
    assert_int_equal(memory_kills_grew(&kills), 0);
    memory_kills_end(&kills);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(of_the_group_by_cgroup_v2),         IN_SCRATCH(of_the_group_by_cgroup_v1),
        IN_SCRATCH(of_the_host_where_no_group_counts), IN_SCRATCH(of_nothing_where_nothing_counts),
        IN_SCRATCH(what_was_before_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
