/* memory_share.c: see memory_share.h. */
#include "base/memory_share.h"

#include "base/memory_left.h"

#include <stdlib.h>

/* A variable of Slurm's, in MiB, as bytes. 0: it isn't set, or says that there is no limit. */
static uint64_t of_slurm(char *(*variable)(const char *name), const char *name)
{
    const char *text = variable(name);
    return text && *text >= '0' && *text <= '9' ? strtoull(text, NULL, 10) << 20 : 0;
}

static uint64_t given_by_slurm(char *(*variable)(const char *name))
{
    uint64_t node = of_slurm(variable, "SLURM_MEM_PER_NODE"), cpu = of_slurm(variable, "SLURM_MEM_PER_CPU");
    const char *cpus = variable("SLURM_CPUS_ON_NODE");
    if (node > 0 || cpu == 0 || !cpus) return node;
    return cpu * strtoull(cpus, NULL, 10);
}

uint64_t rpi_memory_share(const char *top, char *(*variable)(const char *name), int local_ranks, const char **limited_by)
{
    uint64_t left = rpi_memory_left(top, limited_by), slurm = given_by_slurm(variable);
    if (slurm > 0 && slurm < left) {
        left = slurm;
        *limited_by = "by what Slurm gave the job";
    }
    return left == UINT64_MAX || local_ranks < 1 ? left : left / (unsigned)local_ranks;
}

rp_status rpi_memory_share_limit(uint64_t per_item, int local_ranks, unsigned *n_workers, rp_error *error)
{
    const char *limited_by;
    if (per_item == 0) return RP_OK;
    uint64_t share = rpi_memory_share("", getenv, local_ranks, &limited_by), fit = share / per_item;
    if (fit == 0)
        return rp_error_set(error, RP_USAGE, 0, "memory_per_item is %llu MiB, and this rank has %llu MiB (%s%s)",
                            (unsigned long long)(per_item >> 20), (unsigned long long)(share >> 20), limited_by,
                            local_ranks > 1 ? ", shared by the ranks of this host" : "");
    if (fit < *n_workers) *n_workers = (unsigned)fit;
    return RP_OK;
}
