/* allocation.c: see allocation.h. From what Slurm sets in the environment of a job; the rest from squeue. */
#include "allocation.h"
#include "allocation_systems.h"
#include "tool.h"
#include "values.h"

#include <rankpool/text.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TEXT_SIZE = 256, ASK_S = 5 };

/* A variable, fit to be printed; "": it isn't set. */
static const char *variable(const char *name, char text[TEXT_SIZE])
{
    const char *value = getenv(name);
    (void)rp_printable(value ? value : "", value ? strlen(value) : 0, text, TEXT_SIZE);
    return text;
}

/* Seconds, as Slurm writes them: [D-]HH:MM:SS. */
static void print_seconds(int64_t seconds, FILE *file)
{
    int64_t days = seconds / 86400;
    if (days > 0) fprintf(file, "%lld-", (long long)days);
    fprintf(file, days > 0 ? "%02lld:%02lld:%02lld" : "%lld:%02lld:%02lld", (long long)(seconds / 3600 % 24),
            (long long)(seconds / 60 % 60), (long long)(seconds % 60));
}

/* What squeue says of the time that is left: "59:12", "UNLIMITED". Empty: it can't be asked. */
static void ask_time_left(const char *job, char text[TEXT_SIZE])
{
    const char *const argv[] = {"squeue", "--noheader", "--format=%L", "--jobs", job, NULL};
    char said[TEXT_SIZE];
    int status = tool_run(argv, NULL, said, sizeof said, ASK_S);
    said[strcspn(said, " \n")] = '\0';
    (void)rp_printable(said, status == 0 ? strlen(said) : 0, text, TEXT_SIZE);
}

static void print_time_left(const char *job, FILE *file)
{
    char text[TEXT_SIZE];
    int64_t end;
    if (value_integer(variable("SLURM_JOB_END_TIME", text), 1, INT64_MAX, &end)) {
        int64_t left = end - (int64_t)time(NULL);
        fputs("time left  ", file);
        print_seconds(left > 0 ? left : 0, file);
        putc('\n', file);
        return;
    }
    ask_time_left(job, text);
    fprintf(file, "time left  %s\n", strcmp(text, "UNLIMITED") == 0 ? "no limit" : *text ? text : "not known, as squeue doesn't answer");
}

static void print_memory(FILE *file)
{
    char text[TEXT_SIZE];
    if (*variable("SLURM_MEM_PER_NODE", text)) fprintf(file, "memory     %s MB of each node (SLURM_MEM_PER_NODE)\n", text);
    else if (*variable("SLURM_MEM_PER_CPU", text)) fprintf(file, "memory     %s MB for each CPU (SLURM_MEM_PER_CPU)\n", text);
    else fputs("memory     all of the nodes': the job has no limit\n", file);
}

void allocation_print(FILE *file)
{
    char job[TEXT_SIZE], text[TEXT_SIZE];
    if (!*variable("SLURM_JOB_ID", job)) {
        allocation_systems_print(file);
        return;
    }
    fprintf(file, "job        %s of Slurm's", job);
    if (*variable("SLURM_JOB_NAME", text)) fprintf(file, ", %s", text);
    if (*variable("SLURM_JOB_PARTITION", text)) fprintf(file, ", partition %s", text);
    putc('\n', file);
    if (*variable("SLURM_JOB_NUM_NODES", text)) fprintf(file, "nodes      %s", text);
    if (*text) fprintf(file, ": %s\n", variable("SLURM_JOB_NODELIST", text));
    print_time_left(job, file);
    print_memory(file);
}
