/* environment.c: see environment.h. tests/structure/rows.sh checks that each variable that the program reads has a row. */
#include "environment.h"

#include <rankpool/rankpool.h>

#include <string.h>

const environment_row environment_variables[] = {
    {"RANKPOOL_THREADS", "worker threads of each rank, where --threads isn't given"},
    {"RANKPOOL_MPI", "0: run alone, whatever the launcher; 1: start MPI, whatever the launcher"},
    {"RANKPOOL_PROGRESS", "auto, always or never, where --progress isn't given"},
    {"RANKPOOL_JOURNAL", "the folder of the journal, where --journal isn't given"},
    {"RANKPOOL_GRACE", "seconds that running items have to finish after a signal; default 10 after SIGINT, 0.6 after others"},
    {"RANKPOOL_STATUS_FILE", "a file that rank 0 writes its exit status to, last thing; a launcher may end with another one"},
    {"RANKPOOL_END", "when the run has to end, in seconds since the epoch, where --time-limit isn't given; the batch scripts set it"},
    {"RANKPOOL_ASK", "in a job of Slurm's: seconds between two questions to squeue when it ends; default 600"},
    {"RANKPOOL_SHARED_MEMORY", "0: no other rank uses rank 0's memory; all are sent copies"},
    {"RANKPOOL_PML", "keep: leave the choice of the transport to Open MPI, also where there is no network fabric"},
    {"TERM", "dumb, or not set: progress has lines on a terminal too, and no bar"},
    {"OMP_NUM_THREADS",
     "worker threads of each rank, where RANKPOOL_THREADS isn't set either; its second number: threads of regions in tasks"},
    {"SLURM_CPUS_PER_TASK", "the same, where OMP_NUM_THREADS isn't set either; else the cores that a rank may use"},
    {"RANKPOOL_WAIT_POLICY", "active, passive or auto, where --wait-policy isn't given"},
    {"OMP_WAIT_POLICY", "the same, where RANKPOOL_WAIT_POLICY isn't set either"},
    {"OMP_STACKSIZE", "stack of the threads that run tasks, where --stack-size isn't given and it is the largest"},
    {"OMP_MAX_ACTIVE_LEVELS", "below 2: the OpenMP regions of tasks have one thread"},
    {"OMP_NESTED", "false: the same"},
    {"SLURM_CPUS_ON_NODE", "the cores of the job on this host"},
    {"OMPI_MCA_pml", "Open MPI's transport; set to ob1 under mpirun on one host without a network fabric, unless it is set already"},
    {"OMPI_MCA_btl_tcp_if_include", "Open MPI's networks; the connections for heartbeats use them first too"},
    {"RANKPOOL_ABOVE", "set by a rank for what it starts: the launches that don't count any more below it"},
    {"OMPI_COMMAND", "Open MPI: with PMIX_NAMESPACE alone, an MPI program above this one was started without a launcher"},
    {"OMPI_COMM_WORLD_RANK", "Open MPI's mpirun: this process's rank"},
    {"OMPI_COMM_WORLD_SIZE", "Open MPI's mpirun: the number of ranks"},
    {"OMPI_COMM_WORLD_LOCAL_RANK", "Open MPI's mpirun: which of the ranks on this host this is"},
    {"OMPI_COMM_WORLD_LOCAL_SIZE", "Open MPI's mpirun: the number of ranks on this host, which share its cores"},
    {"PMI_RANK", "MPICH's mpiexec, Intel MPI, srun --mpi=pmi2, PALS: this process's rank"},
    {"PMI_ID", "MPICH's mpiexec -pmi-port: this process's rank"},
    {"PMI_SIZE", "MPICH's mpiexec, Intel MPI, srun --mpi=pmi2, PALS: the number of ranks"},
    {"PMI_FD", "the same: the socket to the launcher, which tells one launch from another"},
    {"PMI_PORT", "the same: the launcher's address, likewise"},
    {"PMI_JOBID", "the same: the launch, likewise"},
    {"PMI_LOCAL_RANK", "PALS, Cray: which of the ranks on this host this is"},
    {"MPI_LOCALRANKID", "MPICH's mpiexec, Intel MPI: which of the ranks on this host this is"},
    {"MPI_LOCALNRANKS", "MPICH's mpiexec, Intel MPI: the number of ranks on this host, which share its cores"},
    {"MPICH_RANK_REORDER_METHOD", "Cray MPICH: set, MPI may number the ranks in another way than the launcher"},
    {"MV2_COMM_WORLD_RANK", "MVAPICH: this process's rank"},
    {"MV2_COMM_WORLD_SIZE", "MVAPICH: the number of ranks"},
    {"MV2_COMM_WORLD_LOCAL_RANK", "MVAPICH: which of the ranks on this host this is"},
    {"MVP_COMM_WORLD_RANK", "MVAPICH 3: this process's rank"},
    {"MVP_COMM_WORLD_SIZE", "MVAPICH 3: the number of ranks"},
    {"MVP_COMM_WORLD_LOCAL_RANK", "MVAPICH 3: which of the ranks on this host this is"},
    {"PALS_RANKID", "PALS (HPE's mpiexec): this process's rank"},
    {"PALS_SIZE", "PALS: the number of ranks"},
    {"PALS_LOCAL_RANKID", "PALS: which of the ranks on this host this is"},
    {"PALS_APID", "PALS: the launch"},
    {"FLUX_TASK_RANK", "Flux: this process's rank"},
    {"FLUX_JOB_SIZE", "Flux: the number of ranks"},
    {"FLUX_TASK_LOCAL_ID", "Flux: which of the ranks on this host this is"},
    {"FLUX_JOB_ID", "Flux: the launch"},
    {"FLUX_URI", "Flux: in its instances, srun's variables are those of the instance"},
    {"PMIX_NAMESPACE", "mpirun, srun --mpi=pmix and others with PMIx: the launch"},
    {"PMIX_RANK", "the same: this process's rank"},
    {"SLURM_PROCID", "srun: this process's rank"},
    {"SLURM_LOCALID", "srun: which of the ranks on this host this is"},
    {"SLURM_NTASKS_PER_NODE", "srun: the number of ranks on this host"},
    {"SLURM_STEP_NUM_TASKS", "srun: the number of ranks"},
    {"SLURM_NTASKS", "srun: the same; another number is that of a batch script"},
    {"SLURM_JOB_ID", "Slurm: the job"},
    {"SLURM_ARRAY_JOB_ID", "Slurm: the array that the job is a task of"},
    {"SLURM_ARRAY_TASK_ID", "the same: which task"},
    {"SLURM_JOB_NAME", "Slurm, for info: its name"},
    {"SLURM_JOB_PARTITION", "Slurm, for info: its partition"},
    {"SLURM_JOB_NUM_NODES", "Slurm, for info: the number of its nodes"},
    {"SLURM_JOB_NODELIST", "Slurm, for info: its nodes"},
    {"SLURM_JOB_END_TIME", "Slurm, for info: when its time is over; else squeue is asked"},
    {"SLURM_MEM_PER_NODE", "Slurm, for info: the memory that it has on each node, in MB"},
    {"SLURM_MEM_PER_CPU", "Slurm, for info: the same for each CPU"},
    {"SLURM_STEP_ID", "srun: the launch"},
    {"SLURM_RESTART_COUNT", "Slurm: how often the job was requeued; a later start takes the journal from an earlier one"},
    {NULL, NULL},
};

const environment_row environment_exit_statuses[] = {
    {"0", "success"},
    {"1", "some items failed"},
    {"2", "wrong usage"},
    {"3", "ended before its last item, for the time limit or after SIGUSR1, SIGUSR2 or SIGXCPU"},
    {"4", "a rank or the infrastructure was lost"},
    {"128 + N", "stopped by signal N"},
    {NULL, NULL},
};

void environment_print_help(FILE *file)
{
    for (const environment_row *row = environment_variables; row->name; row++)
        if (strncmp(row->name, "RANKPOOL_", strlen("RANKPOOL_")) == 0) fprintf(file, "  %-22s  %s\n", row->name, row->meaning);
}

void environment_print_causes(FILE *file)
{
    rp_name row;
    fputs("\nAn item's cause of failure:\n", file);
    for (size_t k = 0; rp_enumeration("rp_cause", k, &row); k++)
        if (*row.name) fprintf(file, "  %-8s  %s\n", row.name, row.text);
}

static void print_values(const char *enumeration, const char *option, FILE *file)
{
    rp_name row;
    fprintf(file, "\n## Values of %s\n\n| value | meaning |\n|---|---|\n", option);
    for (size_t k = 0; rp_enumeration(enumeration, k, &row); k++)
        if (*row.name) fprintf(file, "| %s | %s |\n", row.name, row.text);
}

void environment_print_reference(FILE *file)
{
    rp_option_info info;
    for (size_t k = 0; rp_pool_option(k, &info); k++)
        if (info.commands && info.enumeration) print_values(info.enumeration, info.name, file);
    print_values("rp_cause", "an item's cause of failure", file);
    fputs("\n## Environment\n\n| variable | meaning |\n|---|---|\n", file);
    for (const environment_row *row = environment_variables; row->name; row++) fprintf(file, "| `%s` | %s |\n", row->name, row->meaning);
    fputs("\n## Exit statuses\n\n| status | meaning |\n|---|---|\n", file);
    for (const environment_row *row = environment_exit_statuses; row->name; row++) fprintf(file, "| %s | %s |\n", row->name, row->meaning);
}
