/* test_cgroup.c: what control groups allow, read from files that the test makes, in either version and however deep the groups are. */
#include "unit.h"

#include "base/cgroup.h"

#include <ftw.h>
#include <sys/stat.h>

#define V2_MOUNT "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
#define V1_MOUNTS                                                                                                                          \
    "29 24 0:25 / /sys/fs/cgroup ro - tmpfs tmpfs ro\n"                                                                                    \
    "31 29 0:27 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"                                                 \
    "32 29 0:28 / /sys/fs/cgroup/cpuset rw shared:9 - cgroup cgroup rw,cpuset\n"

static char top[] = "/tmp/test_cgroup_XXXXXX";

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *at)
{
    (void)status, (void)kind, (void)at;
    return remove(path);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(top + strlen(top) - 6, "XXXXXX");
    return mkdtemp(top) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Writes a file under the top, and makes the folders above it. */
static void put(const char *name, const char *text)
{
    char path[4096];
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

static void put_process(const char *mounts, const char *groups)
{
    put("/proc/self/mountinfo", mounts);
    put("/proc/self/cgroup", groups);
}

static void without_files_nothing_is_known(void **state)
{
    (void)state;
    assert_true(rpi_cgroup_quota(top) <= 0);
    assert_int_equal(rpi_cgroup_cores(top), 0);
}

static void version_2_has_quota_and_cores(void **state)
{
    (void)state;
    put_process(V2_MOUNT, "0::/job/step\n");
    put("/sys/fs/cgroup/job/step/cpu.max", "max 100000\n");
    assert_true(rpi_cgroup_quota(top) <= 0);
    put("/sys/fs/cgroup/job/cpu.max", "150000 100000\n");
    put("/sys/fs/cgroup/cpuset.cpus.effective", "0-63\n");
    put("/sys/fs/cgroup/job/cpuset.cpus.effective", "0-3,8\n");
    assert_true(rpi_cgroup_quota(top) > 1.49 && rpi_cgroup_quota(top) < 1.51);
    assert_int_equal(rpi_cgroup_cores(top), 5);
}

static void version_1_has_quota_and_cores(void **state)
{
    (void)state;
    put_process(V1_MOUNTS, "7:cpuset:/box\n4:cpu,cpuacct:/box/inner\n1:name=systemd:/elsewhere\n0::/\n");
    put("/sys/fs/cgroup/cpu,cpuacct/box/inner/cpu.cfs_quota_us", "-1\n");
    put("/sys/fs/cgroup/cpu,cpuacct/box/inner/cpu.cfs_period_us", "100000\n");
    assert_true(rpi_cgroup_quota(top) <= 0);
    put("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "300000\n");
    put("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
    assert_true(rpi_cgroup_quota(top) > 2.99 && rpi_cgroup_quota(top) < 3.01);
    put("/sys/fs/cgroup/cpuset/box/cpuset.cpus", "2-3\n");
    assert_int_equal(rpi_cgroup_cores(top), 2);
}

static void of_both_versions_the_tighter_counts(void **state)
{
    (void)state;
    put_process(V1_MOUNTS "40 29 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n", "4:cpu,cpuacct:/a\n0::/b\n");
    put("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "300000\n");
    put("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
    put("/sys/fs/cgroup/unified/b/cpu.max", "200000 100000\n");
    assert_true(rpi_cgroup_quota(top) > 1.99 && rpi_cgroup_quota(top) < 2.01);
}

/* A path of a kilobyte, as batch systems and containers nest them. */
static void a_long_path_is_followed(void **state)
{
    (void)state;
    char path[1200] = "", groups[1300], file[1400];
    while (strlen(path) < 1000) strcat(path, "/a-group-with-a-long-name-in-a-batch-system");
    snprintf(groups, sizeof groups, "0::%s\n", path);
    put_process(V2_MOUNT, groups);
    snprintf(file, sizeof file, "/sys/fs/cgroup%s/cpu.max", path);
    put(file, "100000 100000\n");
    assert_true(rpi_cgroup_quota(top) > 0.99 && rpi_cgroup_quota(top) < 1.01);
}

static void a_mount_may_begin_at_a_group_below_the_top(void **state)
{
    (void)state;
    put_process("31 29 0:27 /docker/77 /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n", "4:cpu:/docker/77/own\n");
    put("/sys/fs/cgroup/cpu/own/cpu.cfs_quota_us", "50000\n");
    put("/sys/fs/cgroup/cpu/own/cpu.cfs_period_us", "100000\n");
    assert_true(rpi_cgroup_quota(top) > 0.49 && rpi_cgroup_quota(top) < 0.51);
}

static void what_is_no_number_is_no_limit(void **state)
{
    (void)state;
    put_process(V2_MOUNT "garbage\n", "0::/\nmore garbage\n");
    put("/sys/fs/cgroup/cpu.max", "fast enough\n");
    put("/sys/fs/cgroup/cpuset.cpus.effective", "\n");
    assert_true(rpi_cgroup_quota(top) <= 0);
    assert_int_equal(rpi_cgroup_cores(top), 0);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(without_files_nothing_is_known), CASE(version_2_has_quota_and_cores),
                                       CASE(version_1_has_quota_and_cores),  CASE(of_both_versions_the_tighter_counts),
                                       CASE(a_long_path_is_followed),        CASE(a_mount_may_begin_at_a_group_below_the_top),
                                       CASE(what_is_no_number_is_no_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
