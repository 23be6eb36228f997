/* launcher.c: see launcher.h. */
#include "base/launcher.h"

#include <stddef.h>
#include <stdlib.h>

static int number_of(const char *name)
{
    const char *text = getenv(name);
    return text && *text >= '0' && *text <= '9' ? atoi(text) : -1;
}

/* A single rank needs no MPI. In an allocation SLURM_NTASKS is also set for programs that srun didn't start; only srun
 * sets PMIX_NAMESPACE. */
bool rpi_launcher_has_ranks(void)
{
    int size = number_of("OMPI_COMM_WORLD_SIZE");
    if (size >= 0) return size > 1;
    if (!getenv("PMIX_NAMESPACE")) return false;
    size = number_of("SLURM_STEP_NUM_TASKS");
    return size != 1;
}

int rpi_launcher_rank(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_PROCID"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (number_of(names[i]) >= 0) return number_of(names[i]);
    return 0;
}
