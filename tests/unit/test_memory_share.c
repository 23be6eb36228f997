/* test_memory_share.c: what is left for a rank, and how many workers fit. */
#include "unit.h"

#include "base/memory_left.h"
#include "base/memory_share.h"

#include <string.h>

static const char *node, *cpu, *cpus;

static char *variable(const char *name)
{
    const char *value = !strcmp(name, "SLURM_MEM_PER_NODE") ? node : !strcmp(name, "SLURM_MEM_PER_CPU") ? cpu : NULL;
    if (!strcmp(name, "SLURM_CPUS_ON_NODE")) value = cpus;
    return (char *)(uintptr_t)value;
}

static uint64_t share(int local_ranks)
{
    const char *by;
    return rpi_memory_share("/nowhere", variable, local_ranks, &by); /* the machine says nothing there */
}

static void what_slurm_gave_is_shared_by_the_ranks_of_the_host(void **state)
{
    (void)state;
    assert_true(share(1) == UINT64_MAX);
    node = "4096";
    assert_true(share(1) == UINT64_C(4) << 30 && share(4) == UINT64_C(1) << 30);
    node = "0"; /* all of the node */
    assert_true(share(4) == UINT64_MAX);
    node = NULL;
    cpu = "100";
    assert_true(share(1) == UINT64_MAX);
    cpus = "8";
    assert_true(share(2) == UINT64_C(400) << 20);
}

static void workers_are_as_many_as_fit(void **state)
{
    (void)state;
    const char *by;
    unsigned n = 7;
    rp_error error;
    uint64_t left = rpi_memory_left("", &by);
    assert_int_equal(rpi_memory_share_limit(0, 1, &n, &error), RP_OK);
    assert_int_equal(n, 7);
    assert_int_equal(rpi_memory_share_limit(1, 1, &n, &error), RP_OK);
    assert_int_equal(n, 7);
    if (left == UINT64_MAX) return;
    n = 1000;
    assert_int_equal(rpi_memory_share_limit(left / 3, 1, &n, &error), RP_OK);
    assert_in_range(n, 1, 5); /* others use memory meanwhile */
    assert_int_equal(rpi_memory_share_limit(UINT64_C(1) << 50, 1, &n, &error), RP_USAGE);
    assert_non_null(strstr(error.message, "memory_per_item is 1073741824 MiB"));
}

UNIT_MAIN(UNIT(what_slurm_gave_is_shared_by_the_ranks_of_the_host), UNIT(workers_are_as_many_as_fit))
