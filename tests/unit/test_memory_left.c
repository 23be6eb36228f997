/* test_memory_left.c: the least that the machine and the control groups leave, read from files that the test makes. */
#include "unit.h"

#include "base/memory_left.h"

#include <sys/stat.h>
#include <unistd.h>

static char top[64];
static const char *limited_by;

static void put(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s%s", top, name);
    for (char *slash = path + strlen(top) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        (void)mkdir(path, 0700);
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    fclose(file);
}

static int set_up(void **state)
{
    (void)state;
    const char *folder = getenv("TMPDIR");
    snprintf(top, sizeof top, "%.40s/memory_left_XXXXXX", folder ? folder : "/tmp");
    return mkdtemp(top) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", top);
    return system(command);
}

static void without_files_it_is_not_known(void **state)
{
    (void)state;
    assert_true(rpi_memory_left(top, &limited_by) == UINT64_MAX);
}

static void it_is_what_the_machine_has_available(void **state)
{
    (void)state;
    put("/proc/meminfo", "MemTotal:       16000 kB\nMemFree:        1000 kB\nMemAvailable:    3000 kB\n");
    assert_int_equal(rpi_memory_left(top, &limited_by), 3000 * 1024);
    assert_contains(limited_by, "MemAvailable");
}

/* What the page cache has can be taken back. */
static void a_control_group_may_leave_less(void **state)
{
    (void)state;
    put("/proc/meminfo", "MemAvailable:    3000 kB\n");
    put("/proc/self/mountinfo", "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n");
    put("/proc/self/cgroup", "0::/a/b\n");
    put("/sys/fs/cgroup/a/b/memory.max", "max\n");
    put("/sys/fs/cgroup/a/memory.max", "1000000\n");
    put("/sys/fs/cgroup/a/memory.current", "700000\n");
    put("/sys/fs/cgroup/a/memory.stat", "anon 500000\nfile 200000\ninactive_file 100000\nactive_file 50000\n");
    assert_int_equal(rpi_memory_left(top, &limited_by), 450000);
    assert_contains(limited_by, "control group");
    put("/sys/fs/cgroup/a/memory.current", "9000000\n");
    assert_int_equal(rpi_memory_left(top, &limited_by), 1);
}

UNIT_MAIN(cmocka_unit_test_setup_teardown(without_files_it_is_not_known, set_up, tear_down),
          cmocka_unit_test_setup_teardown(it_is_what_the_machine_has_available, set_up, tear_down),
          cmocka_unit_test_setup_teardown(a_control_group_may_leave_less, set_up, tear_down))
