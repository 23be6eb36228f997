/* test_thread_count.c: how many workers follow from the environment and the cores, and how many threads the regions of tasks get. */
#include "unit.h"

#include "base/affinity.h"
#include "base/thread_count.h"

static const char *const variables[] = {"RANKPOOL_THREADS", "OMP_NUM_THREADS", "SLURM_CPUS_PER_TASK", "OMP_MAX_ACTIVE_LEVELS",
                                        "OMP_NESTED"};

static int set_up(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_OF(variables); k++) unsetenv(variables[k]);
    return 0;
}

static void check(int local_ranks, int threads, const char *from)
{
    rpi_thread_count count = {0};
    rp_error error;
    assert_int_equal(rpi_thread_count_find(local_ranks, &count, &error), RP_OK);
    assert_int_equal(count.n, threads);
    assert_string_equal(count.from, from);
    assert_int_equal(count.from_cores, !strncmp(from, "cores", 5));
}

static void the_environment_decides_in_order(void **state)
{
    (void)state;
    check(1, rpi_affinity_cores_of_rank(1), "cores of this process");
    check(2, rpi_affinity_cores_of_rank(2), "cores of this rank");
    setenv("SLURM_CPUS_PER_TASK", "3", 1);
    check(1, 3, "SLURM_CPUS_PER_TASK");
    setenv("OMP_NUM_THREADS", "5", 1);
    check(1, 5, "OMP_NUM_THREADS");
    setenv("RANKPOOL_THREADS", "7", 1);
    check(1, 7, "RANKPOOL_THREADS");
    check(4, 7, "RANKPOOL_THREADS");
}

static void lists_are_read_as_openmp_reads_them(void **state)
{
    (void)state;
    static const char *const good[] = {"6", "6,2", "6 ,2", " 6", "6 ", "\t6 , 2 , 3 "};
    for (size_t k = 0; k < N_OF(good); k++) {
        setenv("OMP_NUM_THREADS", good[k], 1);
        check(1, 6, "OMP_NUM_THREADS");
        assert_false(rpi_thread_count_doubt(0, (char[8]){0}, 8));
    }
}

static const char *const bad[] = {"0", "-2", "-1", "many", "abc", "4x", "1.5", "99999999999999999999", "1000000", ",3", "4;2", "0x4", " "};

static void a_wrong_number_of_ours_is_refused(void **state)
{
    (void)state;
    setenv("SLURM_CPUS_PER_TASK", "3", 1);
    for (size_t k = 0; k < N_OF(bad); k++) {
        rpi_thread_count count = {99, "nothing", false};
        rp_error error;
        setenv("RANKPOOL_THREADS", bad[k], 1);
        assert_refused(rpi_thread_count_find(1, &count, &error), error, "RANKPOOL_THREADS is \"");
        assert_contains(rp_error_text(&error), "a whole number from 1 to 65536");
        assert_int_equal(count.n, 99);
    }
    setenv("RANKPOOL_THREADS", "4,2", 1);
    assert_int_equal(rpi_thread_count_check(NULL), RP_USAGE);
    setenv("RANKPOOL_THREADS", "", 1);
    check(1, 3, "SLURM_CPUS_PER_TASK");
}

static void wrong_numbers_of_others_are_passed_over_and_told(void **state)
{
    (void)state;
    char text[256];
    for (size_t k = 0; k < N_OF(bad); k++) {
        setenv("OMP_NUM_THREADS", bad[k], 1);
        setenv("SLURM_CPUS_PER_TASK", "3", 1);
        check(1, 3, "SLURM_CPUS_PER_TASK");
        assert_true(rpi_thread_count_doubt(0, text, sizeof text));
        assert_contains(text, "OMP_NUM_THREADS is \"");
        assert_contains(text, "and is ignored");
        assert_false(rpi_thread_count_doubt(1, text, sizeof text));
        setenv("SLURM_CPUS_PER_TASK", bad[k], 1);
        check(1, rpi_affinity_cores_of_rank(1), "cores of this process");
        assert_true(rpi_thread_count_doubt(1, text, sizeof text));
        assert_contains(text, "SLURM_CPUS_PER_TASK is \"");
    }
}

static void regions_of_tasks_get_the_cores_that_workers_leave(void **state)
{
    (void)state;
    unsigned cores = (unsigned)rpi_affinity_cores_of_rank(1);
    assert_int_equal(rpi_thread_count_nested(1, 1), cores);
    assert_int_equal(rpi_thread_count_nested(cores, 1), 1);
    assert_int_equal(rpi_thread_count_nested(10 * cores, 1), 1);
    setenv("OMP_NUM_THREADS", "4", 1);
    assert_int_equal(rpi_thread_count_nested(1, 1), cores);
    setenv("OMP_NUM_THREADS", "4 , 3", 1);
    assert_int_equal(rpi_thread_count_nested(1, 1), 3);
    assert_int_equal(rpi_thread_count_nested(64, 1), 3);
    setenv("OMP_MAX_ACTIVE_LEVELS", "1", 1);
    assert_int_equal(rpi_thread_count_nested(1, 1), 1);
    setenv("OMP_MAX_ACTIVE_LEVELS", "2", 1);
    assert_int_equal(rpi_thread_count_nested(1, 1), 3);
    unsetenv("OMP_MAX_ACTIVE_LEVELS");
    setenv("OMP_NESTED", "FALSE", 1);
    assert_int_equal(rpi_thread_count_nested(1, 1), 1);
}

#define WITH(function) cmocka_unit_test_setup(function, set_up)

UNIT_MAIN(WITH(the_environment_decides_in_order), WITH(lists_are_read_as_openmp_reads_them), WITH(a_wrong_number_of_ours_is_refused),
          WITH(wrong_numbers_of_others_are_passed_over_and_told), WITH(regions_of_tasks_get_the_cores_that_workers_leave))
