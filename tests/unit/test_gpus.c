/* test_gpus.c: which GPUs a rank shows, from what the variables say and which drivers there are. */
#include "unit.h"

#include "base/gpus.h"

#include <string.h>

/* Variables as "NAME=value", one after another, the last one NULL. */
static const char *variable(const void *environment, const char *name)
{
    size_t size = strlen(name);
    for (const char *const *at = environment; *at; at++)
        if (!strncmp(*at, name, size) && (*at)[size] == '=') return *at + size + 1;
    return NULL;
}

static rpi_gpu_setting settings[RPI_GPU_VARIABLES];
static size_t n;
static rp_error error;

enum { NVIDIA = 1, AMD = 2, INTEL = 4 };

static rp_status decide(const char *const *environment, int drivers, int local_rank, int local_ranks, unsigned per_rank)
{
    const rpi_gpu_facts facts = {.variable = variable,
                                 .environment = environment,
                                 .has_nvidia = (drivers & NVIDIA) != 0,
                                 .has_amd = (drivers & AMD) != 0,
                                 .has_intel = (drivers & INTEL) != 0,
                                 .local_rank = local_rank,
                                 .local_ranks = local_ranks};
    n = 99;
    return rpi_gpus_decide(&facts, per_rank, settings, &n, &error);
}
#define SET(...) ((const char *const[]){__VA_ARGS__, NULL})
static const char *const nothing[] = {NULL};

static void check_one(const char *name, const char *value)
{
    assert_int_equal(n, 1);
    assert_string_equal(settings[0].variable, name);
    assert_string_equal(settings[0].value, value);
}

static void a_list_that_is_there_is_cut_by_local_rank_with_its_names(void **state)
{
    (void)state;
    assert_int_equal(decide(SET("CUDA_VISIBLE_DEVICES=3,5"), NVIDIA, 1, 2, 1), RP_OK);
    check_one("CUDA_VISIBLE_DEVICES", "5");
    assert_int_equal(decide(SET("CUDA_VISIBLE_DEVICES=MIG-1a,MIG-2b,GPU-3c,GPU-4d"), 0, 0, 2, 2), RP_OK);
    check_one("CUDA_VISIBLE_DEVICES", "MIG-1a,MIG-2b");
    assert_int_equal(decide(SET("CUDA_VISIBLE_DEVICES=MIG-1a,MIG-2b,GPU-3c,GPU-4d"), 0, 1, 0, 2), RP_OK);
    check_one("CUDA_VISIBLE_DEVICES", "GPU-3c,GPU-4d");
}

static void a_list_of_one_rank_stays(void **state)
{
    (void)state;
    assert_int_equal(decide(SET("CUDA_VISIBLE_DEVICES=0"), NVIDIA, 3, 4, 1), RP_OK);
    assert_int_equal(n, 0);
}

static void too_few_are_refused_with_both_numbers(void **state)
{
    (void)state;
    assert_int_equal(decide(SET("CUDA_VISIBLE_DEVICES=0,1,2"), NVIDIA, 0, 2, 2), RP_USAGE);
    assert_non_null(strstr(error.message, "need 4 GPUs"));
    assert_non_null(strstr(error.message, "CUDA_VISIBLE_DEVICES has 3"));
    assert_int_equal(n, 0);
    assert_int_equal(decide(SET("CUDA_VISIBLE_DEVICES="), NVIDIA, 0, 1, 1), RP_USAGE);
    assert_int_equal(decide(nothing, 0, 0, 1, 1), RP_USAGE);
    assert_int_equal(decide(SET("CUDA_VISIBLE_DEVICES=0,1"), NVIDIA, -1, 0, 1), RP_USAGE);
}

static void without_a_list_the_hosts_numbers_are_set(void **state)
{
    (void)state;
    assert_int_equal(decide(nothing, NVIDIA, 1, 2, 2), RP_OK);
    check_one("CUDA_VISIBLE_DEVICES", "2,3");
    assert_int_equal(decide(nothing, AMD, 1, 2, 1), RP_OK);
    check_one("ROCR_VISIBLE_DEVICES", "1");
    assert_int_equal(decide(nothing, INTEL, 2, 4, 1), RP_OK);
    check_one("ZE_AFFINITY_MASK", "2");
}

/* The runtime renumbers what ROCR_VISIBLE_DEVICES leaves. */
static void of_amds_variables_one_is_set(void **state)
{
    (void)state;
    assert_int_equal(decide(SET("ROCR_VISIBLE_DEVICES=0,3,4,7"), AMD, 1, 2, 2), RP_OK);
    check_one("ROCR_VISIBLE_DEVICES", "4,7");
    assert_int_equal(decide(SET("ROCR_VISIBLE_DEVICES=0,3,4,7", "HIP_VISIBLE_DEVICES=0,1,2,3"), AMD, 1, 4, 1), RP_OK);
    check_one("HIP_VISIBLE_DEVICES", "1");
    assert_int_equal(decide(SET("CUDA_VISIBLE_DEVICES=0,1", "ROCR_VISIBLE_DEVICES=0,1"), AMD, 1, 2, 1), RP_OK);
    check_one("CUDA_VISIBLE_DEVICES", "1");
}

static void a_selector_of_oneapi_is_cut_where_it_lists_devices(void **state)
{
    (void)state;
    assert_int_equal(decide(SET("ONEAPI_DEVICE_SELECTOR=level_zero:0,1.0,1.1,2"), INTEL, 1, 2, 2), RP_OK);
    check_one("ONEAPI_DEVICE_SELECTOR", "level_zero:1.1,2");
    assert_int_equal(decide(SET("ONEAPI_DEVICE_SELECTOR=level_zero:*"), INTEL, 0, 2, 1), RP_USAGE);
    assert_int_equal(decide(SET("ONEAPI_DEVICE_SELECTOR=level_zero:*", "ZE_AFFINITY_MASK=0,1"), INTEL, 1, 2, 1), RP_OK);
    check_one("ZE_AFFINITY_MASK", "1");
}

UNIT_MAIN(UNIT(a_list_that_is_there_is_cut_by_local_rank_with_its_names), UNIT(a_list_of_one_rank_stays),
          UNIT(too_few_are_refused_with_both_numbers), UNIT(without_a_list_the_hosts_numbers_are_set), UNIT(of_amds_variables_one_is_set),
          UNIT(a_selector_of_oneapi_is_cut_where_it_lists_devices))
