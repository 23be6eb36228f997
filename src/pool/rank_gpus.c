/* rank_gpus.c: see rank_gpus.h. */
#include "pool/rank_gpus.h"

#include "base/affinity.h"
#include "base/error.h"
#include "base/gpus.h"
#include "base/launcher.h"
#include "cluster/transport.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST_GPUS = 1024 };

/* For how many GPUs a rank this process was prepared. Global, as the variables are the process's. */
static uint64_t prepared;

static const char *variable_here(const void *environment, const char *name)
{
    (void)environment;
    return getenv(name);
}

/* A display that belongs to an integrated GPU counts, too: it is one for oneAPI. */
static bool has_intel(void)
{
    static const char pattern[] = "/sys/class/drm/renderD*/device/vendor";
    glob_t found;
    bool any = false;
    if (glob(pattern, 0, NULL, &found) != 0) return false;
    for (size_t k = 0; k < found.gl_pathc && !any; k++) {
        unsigned vendor = 0;
        FILE *file = fopen(found.gl_pathv[k], "re");
        any = file && fscanf(file, "%x", &vendor) == 1 && vendor == 0x8086;
        if (file) fclose(file);
    }
    globfree(&found);
    return any;
}

/* -1: the launcher of several ranks doesn't say. */
static int local_rank(void)
{
    rpi_launch launch;
    rpi_launcher_here(rpi_transport_mpi.kind, &launch);
    if (launch.way != RPI_LAUNCH_RANK || launch.n_ranks == 1 || !launch.by) return 0;
    for (int k = 0; k < RPI_LAUNCHER_NAMES && launch.by->local_rank[k]; k++) {
        const char *text = getenv(launch.by->local_rank[k]);
        if (text && *text >= '0' && *text <= '9') return atoi(text);
    }
    return -1;
}

static rpi_gpu_facts facts_here(void)
{
    int own = local_rank(), all = rpi_affinity_local_ranks();
    return (rpi_gpu_facts){.variable = variable_here,
                           .has_nvidia = access("/dev/nvidiactl", F_OK) == 0,
                           .has_amd = access("/dev/kfd", F_OK) == 0,
                           .has_intel = has_intel(),
                           .local_rank = own,
                           .local_ranks = all > own ? all : 0};
}

static rp_status refuse_again(uint64_t per_rank, rp_error *error)
{
    return rp_error_set(error, RP_UNSUPPORTED, 0, "gpus_per_rank is %llu, and this process was prepared for %llu",
                        (unsigned long long)per_rank, (unsigned long long)prepared);
}

rp_status rp_gpus_prepare(uint64_t per_rank, rp_error *error)
{
    rpi_gpu_setting settings[RPI_GPU_VARIABLES];
    size_t n = 0;
    if (per_rank == 0 || per_rank > MOST_GPUS)
        return rp_error_set(error, RP_USAGE, 0, "gpus_per_rank is %llu; it must be from 1 to %d", (unsigned long long)per_rank, MOST_GPUS);
    if (prepared) return prepared == per_rank ? RP_OK : refuse_again(per_rank, error);
    rpi_gpu_facts facts = facts_here();
    rp_status status = rpi_gpus_decide(&facts, (unsigned)per_rank, settings, &n, error);
    for (size_t k = 0; k < n && status == RP_OK; k++)
        if (setenv(settings[k].variable, settings[k].value, 1) != 0) status = rpi_error_system(error, errno, "setenv");
    if (status == RP_OK) prepared = per_rank;
    return status;
}

rp_status rpi_rank_gpus_check(uint64_t per_rank, rp_error *error)
{
    if (per_rank == 0 || per_rank == prepared) return RP_OK;
    if (prepared) return refuse_again(per_rank, error);
    return rp_error_set(
        error, RP_UNSUPPORTED, 0,
        "gpus_per_rank is %llu, and the variables of GPUs have to be set first thing in main, on all ranks: by rp_main, whose "
        "options have it, or by rp_gpus_prepare",
        (unsigned long long)per_rank);
}
