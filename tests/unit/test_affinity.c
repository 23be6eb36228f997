/* test_affinity.c: the cores of this process, and the text of the mask. */
#include "unit.h"

#include "base/affinity.h"

#include <sched.h>
#include <unistd.h>

static const char *const variables[] = {"OMPI_COMM_WORLD_LOCAL_SIZE", "SLURM_PROCID", "SLURM_NTASKS_PER_NODE", "SLURM_CPUS_ON_NODE"};
static cpu_set_t all_cores;

static int set_up(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_OF(variables); k++) unsetenv(variables[k]);
    return sched_getaffinity(0, sizeof all_cores, &all_cores);
}

static int tear_down(void **state)
{
    (void)state;
    return sched_setaffinity(0, sizeof all_cores, &all_cores);
}

static size_t first_core(void)
{
    size_t core = 0;
    while (!CPU_ISSET(core, &all_cores)) core++;
    return core;
}

static void bind_to_first_core(void)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first_core(), &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
}

static void ranks_that_see_all_cores_share_them(void **state)
{
    (void)state;
    int cores = rpi_affinity_cores();
    if (!rpi_affinity_sees_all_cores()) skip();
    assert_int_equal(rpi_affinity_cores_of_rank(1), cores);
    assert_int_equal(rpi_affinity_cores_of_rank(2), cores / 2 > 1 ? cores / 2 : 1);
    assert_int_equal(rpi_affinity_cores_of_rank(10000), 1);
}

static void a_bound_process_has_one_core(void **state)
{
    (void)state;
    char text[64], expected[16];
    bind_to_first_core();
    snprintf(expected, sizeof expected, "%zu", first_core());
    assert_int_equal(rpi_affinity_mask(text, sizeof text), 1);
    assert_string_equal(text, expected);
    assert_int_equal(rpi_affinity_cores(), 1);
    assert_int_equal(rpi_affinity_cores_of_rank(1), 1);
    assert_int_equal(rpi_affinity_cores_of_rank(2), 1);
}

static void the_mask_names_each_core(void **state)
{
    (void)state;
    char text[256];
    assert_int_equal(rpi_affinity_mask(text, sizeof text), CPU_COUNT(&all_cores));
    int n = 0;
    for (char *at = text; *at;) {
        size_t from = strtoul(at, &at, 10), to = from;
        if (*at == '-') to = strtoul(at + 1, &at, 10);
        for (size_t core = from; core <= to; core++, n++) assert_true(CPU_ISSET(core, &all_cores));
        assert_true(*at == '\0' || *at == ',');
        if (*at == ',') at++;
    }
    assert_int_equal(n, CPU_COUNT(&all_cores));
    assert_int_equal(rpi_affinity_mask(NULL, 0), CPU_COUNT(&all_cores));
}

static void a_mask_that_does_not_fit_is_shortened(void **state)
{
    (void)state;
    char text[32];
    for (size_t size = 1; size < 16; size++) {
        memset(text, 'z', sizeof text);
        assert_int_equal(rpi_affinity_mask(text, size), CPU_COUNT(&all_cores));
        assert_true(memchr(text, '\0', size));
        for (size_t i = size; i < sizeof text; i++) assert_int_equal(text[i], 'z');
    }
}

static void local_ranks_are_the_launchers(void **state)
{
    (void)state;
    assert_int_equal(rpi_affinity_local_ranks(), 1);
    setenv("SLURM_NTASKS_PER_NODE", "3", 1);
    assert_int_equal(rpi_affinity_local_ranks(), 1); /* a batch script, not a rank */
    setenv("SLURM_PROCID", "0", 1);
    assert_int_equal(rpi_affinity_local_ranks(), 3);
    setenv("OMPI_COMM_WORLD_LOCAL_SIZE", "4", 1);
    assert_int_equal(rpi_affinity_local_ranks(), 4);
}

static void rank_info_holds_it_all(void **state)
{
    (void)state;
    rp_rank_info info;
    memset(&info, 0x5a, sizeof info);
    rpi_affinity_rank_info("a-host", 12, &info);
    assert_string_equal(info.host, "a-host");
    assert_int_equal(info.threads, 12);
    assert_int_equal(info.cores, rpi_affinity_cores());
    assert_true(strlen(info.affinity) > 0);
    assert_true(info.host_cores >= 1 && info.host_cores <= sysconf(_SC_NPROCESSORS_ONLN));
    setenv("SLURM_CPUS_ON_NODE", "1", 1);
    rpi_affinity_rank_info("a-host", 12, &info);
    assert_int_equal(info.host_cores, 1);
}

#define WITH(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

UNIT_MAIN(WITH(ranks_that_see_all_cores_share_them), WITH(a_bound_process_has_one_core), WITH(the_mask_names_each_core),
          WITH(a_mask_that_does_not_fit_is_shortened), WITH(local_ranks_are_the_launchers), WITH(rank_info_holds_it_all))
