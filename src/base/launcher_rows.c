/* launcher_rows.c: see launcher_rows.h. Of two launchers that fit as well, the first row counts. */
#include "base/launcher_rows.h"

enum { ANY_MPI = RPI_MPI_OPEN_MPI | RPI_MPI_MPICH | RPI_MPI_OTHER };

/*
 * In a batch script of Slurm's SLURM_PROCID is 0 and SLURM_NTASKS is that of the job; only srun sets SLURM_STEP_NUM_TASKS. A script that
 * was submitted from a task of srun's inherits that one, but has a SLURM_NTASKS of its own. The first process of a Flux instance that srun
 * started has srun's variables and FLUX_URI.
 *
 * Open MPI that no launcher started sets PMIx's variables itself, and OMPI_COMMAND, for processes that it might spawn.
 *
 * MPICH can be built with PMIx, or with Slurm's PMI-1, of which the environment says nothing. So where a launcher isn't made for it, MPI is
 * started and asked. Open MPI would end the process there, with a long text.
 */
#define STEP_OF_SRUN                                                                                                                       \
    .size = {"SLURM_STEP_NUM_TASKS"}, .rank = {"SLURM_PROCID"}, .local_rank = {"SLURM_LOCALID"}, .not_with = "FLUX_URI",                   \
    .same_size = "SLURM_NTASKS", .identity = {"SLURM_JOB_ID", "SLURM_STEP_ID"}, .is_outer = true

const rpi_launcher_row rpi_launcher_rows[] = {
    {.name = "Open MPI's mpirun",
     .key = "openmpi",
     .size = {"OMPI_COMM_WORLD_SIZE"},
     .rank = {"OMPI_COMM_WORLD_RANK"},
     .local_rank = {"OMPI_COMM_WORLD_LOCAL_RANK"},
     .identity = {"PMIX_NAMESPACE"},
     .connects = RPI_MPI_OPEN_MPI | RPI_MPI_OTHER,
     .may_connect = RPI_MPI_MPICH},
    {.name = "MVAPICH's mpirun",
     .key = "mvapich",
     .size = {"MV2_COMM_WORLD_SIZE", "MVP_COMM_WORLD_SIZE"},
     .rank = {"MV2_COMM_WORLD_RANK", "MVP_COMM_WORLD_RANK"},
     .local_rank = {"MV2_COMM_WORLD_LOCAL_RANK", "MVP_COMM_WORLD_LOCAL_RANK"},
     .identity = {"PMI_PORT", "PMI_FD", "SLURM_JOB_ID"},
     .connects = RPI_MPI_MPICH | RPI_MPI_OTHER},
    {.name = "Flux",
     .key = "flux",
     .size = {"FLUX_JOB_SIZE"},
     .rank = {"FLUX_TASK_RANK"},
     .local_rank = {"FLUX_TASK_LOCAL_ID"},
     .identity = {"FLUX_JOB_ID"},
     .connects = ANY_MPI},
    /* Hydra: MPICH, Intel MPI. srun --mpi=pmi2 sets the same ones. With hydra's option -pmi-port PMI doesn't say how many there are. */
    {.name = "a launcher with PMI, as MPICH's mpiexec,",
     .key = "pmi",
     .not_with = "PALS_RANKID",
     .size = {"PMI_SIZE"},
     .rank = {"PMI_RANK", "PMI_ID"},
     .local_rank = {"MPI_LOCALRANKID", "PMI_LOCAL_RANK", "SLURM_LOCALID"},
     .identity = {"PMI_JOBID", "PMI_PORT", "PMI_FD"},
     .connects = RPI_MPI_MPICH | RPI_MPI_OTHER},
    {.name = "srun with PMIx",
     .key = "srun",
     STEP_OF_SRUN,
     .needs = "PMIX_NAMESPACE",
     .begins = "slurm.pmix.",
     .connects = RPI_MPI_OPEN_MPI | RPI_MPI_OTHER,
     .may_connect = RPI_MPI_MPICH},
    {.name = "a launcher with PMIx",
     .key = "pmix",
     .rank = {"PMIX_RANK"},
     .needs = "PMIX_NAMESPACE",
     .not_with = "OMPI_COMMAND",
     .begins_not = "slurm.pmix.",
     .identity = {"PMIX_NAMESPACE"},
     .connects = RPI_MPI_OPEN_MPI | RPI_MPI_OTHER,
     .may_connect = RPI_MPI_MPICH,
     .is_outer = true},
    {.name = "srun without PMIx", .key = "srun", STEP_OF_SRUN, .may_connect = RPI_MPI_MPICH | RPI_MPI_OTHER},
    /* HPE's mpiexec; also srun --mpi=cray_shasta and Flux on such a machine. */
    {.name = "PALS",
     .key = "pals",
     .size = {"PMI_SIZE", "PALS_SIZE", "SLURM_STEP_NUM_TASKS"},
     .rank = {"PMI_RANK", "PALS_RANKID"},
     .local_rank = {"PALS_LOCAL_RANKID", "PMI_LOCAL_RANK", "SLURM_LOCALID"},
     .needs = "PALS_RANKID",
     .identity = {"PALS_APID"},
     .connects = RPI_MPI_MPICH | RPI_MPI_OTHER,
     .is_outer = true},
};

const size_t rpi_n_launcher_rows = sizeof rpi_launcher_rows / sizeof rpi_launcher_rows[0];
