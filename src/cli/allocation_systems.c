/* allocation_systems.c: see allocation_systems.h. What a batch system calls its variables stands in one table. */
#include "allocation_systems.h"
#include "host_list.h"

#include <rankpool/text.h>

#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 256 };

/* Names of variables; NULL: there is none. */
typedef struct batch_system {
    const char *name;
    const char *job, *marker; /* both are set in a job */
    const char *job_name, *queue;
    const char *part, *no_part;            /* of an array of jobs; and what stands there outside of one */
    const char *n_nodes, *slots;           /* numbers */
    const char *host_file, *hosts, *pairs; /* a file with a host a line; hosts with blanks between; the same with a number behind each */
    const char *limit_s;                   /* seconds that the job may take */
} batch_system;

static const batch_system systems[] = {
    {.name = "PBS",
     .job = "PBS_JOBID",
     .marker = "PBS_JOBID",
     .job_name = "PBS_JOBNAME",
     .queue = "PBS_QUEUE",
     .part = "PBS_ARRAY_INDEX",
     .n_nodes = "PBS_NUM_NODES",
     .slots = "PBS_NP",
     .host_file = "PBS_NODEFILE",
     .limit_s = "PBS_WALLTIME"},
    {.name = "LSF",
     .job = "LSB_JOBID",
     .marker = "LSB_JOBID",
     .job_name = "LSB_JOBNAME",
     .queue = "LSB_QUEUE",
     .part = "LSB_JOBINDEX",
     .no_part = "0",
     .slots = "LSB_DJOB_NUMPROC",
     .hosts = "LSB_HOSTS",
     .pairs = "LSB_MCPU_HOSTS"},
    {.name = "Grid Engine",
     .job = "JOB_ID",
     .marker = "SGE_TASK_ID",
     .job_name = "JOB_NAME",
     .queue = "QUEUE",
     .part = "SGE_TASK_ID",
     .no_part = "undefined",
     .n_nodes = "NHOSTS",
     .slots = "NSLOTS",
     .host_file = "PE_HOSTFILE"},
    {.name = "Flux", .job = "FLUX_JOB_ID", .marker = "FLUX_JOB_ID", .n_nodes = "FLUX_JOB_NNODES", .slots = "FLUX_JOB_SIZE"},
};

/* NULL: it isn't set, or is empty. */
static const char *value_of(const char *name)
{
    const char *value = name ? getenv(name) : NULL;
    return value && *value ? value : NULL;
}

/* A variable, fit to be printed; "": it isn't set. */
static const char *shown(const char *name, char text[TEXT_SIZE])
{
    const char *value = value_of(name);
    (void)rp_printable(value ? value : "", value ? strlen(value) : 0, text, TEXT_SIZE);
    return text;
}

static void print_job(const batch_system *system, FILE *file)
{
    char text[TEXT_SIZE];
    const char *part = value_of(system->part);
    fprintf(file, "job        %s of %s", shown(system->job, text), system->name);
    if (part && !(system->no_part && strcmp(part, system->no_part) == 0)) fprintf(file, ", part %s", shown(system->part, text));
    if (value_of(system->job_name)) fprintf(file, ", %s", shown(system->job_name, text));
    if (value_of(system->queue)) fprintf(file, ", queue %s", shown(system->queue, text));
    putc('\n', file);
}

static void find_hosts(const batch_system *system, host_list *hosts)
{
    const char *path = value_of(system->host_file), *pairs = value_of(system->pairs), *names = value_of(system->hosts);
    if (path) (void)host_list_add_lines(hosts, path);
    else if (pairs) host_list_add_words(hosts, pairs, 2);
    else if (names) host_list_add_words(hosts, names, 1);
}

static void print_nodes(const batch_system *system, FILE *file)
{
    host_list hosts = {NULL, 0, 0};
    char text[TEXT_SIZE];
    find_hosts(system, &hosts);
    if (hosts.n > 0) fprintf(file, "nodes      %zu: ", hosts.n);
    else if (value_of(system->n_nodes)) fprintf(file, "nodes      %s", shown(system->n_nodes, text));
    host_list_print(&hosts, file);
    if (hosts.n > 0 || value_of(system->n_nodes)) putc('\n', file);
    if (value_of(system->slots)) fprintf(file, "slots      %s (%s)\n", shown(system->slots, text), system->slots);
    host_list_fini(&hosts);
}

static void print_limits(const batch_system *system, FILE *file)
{
    char text[TEXT_SIZE];
    if (value_of(system->limit_s)) fprintf(file, "time left  not known, of %s s (%s)\n", shown(system->limit_s, text), system->limit_s);
    else fprintf(file, "time left  not known, as %s doesn't tell it its jobs\n", system->name);
}

void allocation_systems_print(FILE *file)
{
    for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
        if (!value_of(systems[i].job) || !value_of(systems[i].marker)) continue;
        print_job(&systems[i], file);
        print_nodes(&systems[i], file);
        print_limits(&systems[i], file);
        return;
    }
}
