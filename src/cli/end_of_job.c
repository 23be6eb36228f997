/* end_of_job.c: see end_of_job.h. */
#include "end_of_job.h"
#include "tool.h"
#include "values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ASK_S = 5, TEXT_SIZE = 256 };

static const double ask_each_s = 600, first_ask_s = 1, not_known_yet_s = 1e9;

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* The number of an array is that of its last task too, so a task has both. */
static void name_job(char name[END_OF_JOB_NAME_SIZE])
{
    const char *array = variable("SLURM_ARRAY_JOB_ID"), *task = variable("SLURM_ARRAY_TASK_ID"), *job = variable("SLURM_JOB_ID");
    if (array && task) snprintf(name, END_OF_JOB_NAME_SIZE, "%s_%s", array, task);
    else snprintf(name, END_OF_JOB_NAME_SIZE, "%s", job ? job : "");
    if (strspn(name, "0123456789_") != strlen(name)) *name = '\0';
}

static rp_status read_number(const char *name, int64_t *number, rp_error *error)
{
    const char *text = variable(name);
    if (!text || value_integer(text, 1, INT64_MAX, number)) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "%s is \"%s\"; it must be a whole number of seconds", name, text);
}

rp_status end_of_job_find(end_of_job *end, rp_pool_options *pool, rp_error *error)
{
    int64_t at = 0, ask = (int64_t)ask_each_s;
    *end = (end_of_job){.job = ""};
    rp_status status = read_number("RANKPOOL_END", &at, error);
    if (status == RP_OK) status = read_number("RANKPOOL_ASK", &ask, error);
    if (status != RP_OK || pool->time_limit_s > 0) return status;
    name_job(end->job);
    double left_s = at > 0 ? (double)(at - (int64_t)time(NULL)) : not_known_yet_s;
    if (at == 0 && !*end->job) return RP_OK;
    pool->time_limit_s = left_s < 1e-3 ? 1e-3 : left_s < not_known_yet_s ? left_s : not_known_yet_s;
    if (!*end->job) return RP_OK;
    end->ask_s = (double)ask;
    end->first_ask_s = at > 0 ? end->ask_s : first_ask_s;
    return RP_OK;
}

int64_t end_of_job_read(const char *said)
{
    char text[TEXT_SIZE];
    int64_t at;
    snprintf(text, sizeof text, "%.*s", (int)strcspn(said, " \n"), said);
    return value_integer(text, 1, INT64_MAX, &at) ? at : 0;
}

int64_t end_of_job_ask(const char *job)
{
    const char *const argv[] = {"env", "SLURM_TIME_FORMAT=%s", "squeue", "--noheader", "--format=%e", "--jobs", job, NULL};
    char said[TEXT_SIZE];
    return tool_run(argv, NULL, said, sizeof said, ASK_S) == 0 ? end_of_job_read(said) : 0;
}
