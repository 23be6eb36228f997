/* environment.c: see environment.h. tests/structure/rows.sh checks that each variable that the program reads has a row. */
#include "environment.h"

#include <rankpool/rankpool.h>

#include <string.h>

static const struct variable {
    const char *name, *meaning;
} variables[] = {
    {"RANKPOOL_THREADS", "worker threads of each rank, where --threads isn't given"},
    {"RANKPOOL_MPI", "0: don't use the launcher's ranks, each process is a rank 0 by itself"},
    {"RANKPOOL_GRACE", "seconds that running items have to finish after a signal; default 10 after SIGINT, 0.6 after others"},
    {"RANKPOOL_PML", "keep: leave the choice of the transport to Open MPI, also where there is no network fabric"},
    {"OMP_NUM_THREADS",
     "worker threads of each rank, where RANKPOOL_THREADS isn't set either; its second number: threads of regions in tasks"},
    {"SLURM_CPUS_PER_TASK", "the same, where OMP_NUM_THREADS isn't set either; else the cores that a rank may use"},
    {"OMP_STACKSIZE", "stack of the threads that run tasks, where --stack-size isn't given and it is the largest"},
    {"OMP_MAX_ACTIVE_LEVELS", "below 2: the OpenMP regions of tasks have one thread"},
    {"OMP_NESTED", "false: the same"},
    {"SLURM_CPUS_ON_NODE", "the cores of the job on this host"},
    {"OMPI_MCA_pml", "Open MPI's transport; set to ob1 where there is no network fabric, unless it is set already"},
    {"OMPI_COMM_WORLD_RANK", "mpirun: this process's rank"},
    {"OMPI_COMM_WORLD_SIZE", "mpirun: the number of ranks"},
    {"OMPI_COMM_WORLD_LOCAL_RANK", "mpirun: which of the ranks on this host this is"},
    {"OMPI_COMM_WORLD_LOCAL_SIZE", "mpirun: the number of ranks on this host, which share its cores"},
    {"PMIX_NAMESPACE", "a launcher started this process"},
    {"PMIX_RANK", "this process's rank"},
    {"SLURM_PROCID", "srun: this process's rank"},
    {"SLURM_LOCALID", "srun: which of the ranks on this host this is"},
    {"SLURM_NTASKS_PER_NODE", "srun: the number of ranks on this host"},
    {"SLURM_STEP_NUM_TASKS", "srun: the number of ranks"},
};

static const struct exit_status {
    const char *status, *meaning;
} exit_statuses[] = {
    {"0", "success"},
    {"1", "some items failed"},
    {"2", "wrong usage"},
    {"4", "a rank or the infrastructure was lost"},
    {"128 + N", "stopped by signal N"},
};

void environment_print_help(FILE *file)
{
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (strncmp(variables[i].name, "RANKPOOL_", strlen("RANKPOOL_")) == 0)
            fprintf(file, "  %-18s  %s\n", variables[i].name, variables[i].meaning);
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
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        fprintf(file, "| `%s` | %s |\n", variables[i].name, variables[i].meaning);
    fputs("\n## Exit statuses\n\n| status | meaning |\n|---|---|\n", file);
    for (size_t i = 0; i < sizeof exit_statuses / sizeof *exit_statuses; i++)
        fprintf(file, "| %s | %s |\n", exit_statuses[i].status, exit_statuses[i].meaning);
}
