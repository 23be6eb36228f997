/*
 * gpus.h: which GPUs of its host a rank shows to its tasks, by the variables that the vendors' runtimes read. Decided before MPI starts, as
 * an MPI library may look at devices itself.
 *
 * A variable that is set says what the job was given. So the rank gets a part of that list, with the names as they are. A list that is as
 * long as what one rank gets was cut already, by a batch system. Of AMD's variables one is set only: the runtime renumbers what
 * ROCR_VISIBLE_DEVICES leaves, and HIP_VISIBLE_DEVICES, as which it reads CUDA_VISIBLE_DEVICES too, counts among those.
 */
#ifndef RPI_BASE_GPUS_H
#define RPI_BASE_GPUS_H

#include <rankpool/error.h>

#include <stdbool.h>
#include <stddef.h>

enum { RPI_GPU_VARIABLES = 3, RPI_GPU_LIST = 1024 };

typedef struct rpi_gpu_facts {
    const char *(*variable)(const void *environment, const char *name); /* as getenv */
    const void *environment;
    bool has_nvidia, has_amd, has_intel; /* the host has their drivers */
    int local_rank;                      /* among the ranks of the host; -1: not known */
    int local_ranks;                     /* 0: not known */
} rpi_gpu_facts;

typedef struct rpi_gpu_setting {
    const char *variable; /* static text */
    char value[RPI_GPU_LIST];
} rpi_gpu_setting;

/* Pure: which variables to set. RP_OK; RP_USAGE: there are too few GPUs, a list can't be cut, or the local rank isn't known. */
rp_status rpi_gpus_decide(const rpi_gpu_facts *facts, unsigned per_rank, rpi_gpu_setting settings[RPI_GPU_VARIABLES], size_t *n,
                          rp_error *error);

#endif
