/* pool_policy.c: see pool_policy.h. */
#include "pool_policy.h"

#include <stdlib.h>

/* What the environment says goes before what a job says. */
static int names_threads(void)
{
    static const char *const variables[] = {"RANKPOOL_THREADS", "OMP_NUM_THREADS", "SLURM_CPUS_PER_TASK"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value) return 1;
    }
    return 0;
}

void pool_policy_take_defaults(rp_pool_options *pool, const rp_job *job)
{
    const rp_job_defaults *defaults = &job->defaults;
    if (pool->on_error == RP_ON_ERROR_DEFAULT) pool->on_error = (rp_on_error)defaults->on_error;
    if (pool->threads == 0 && !names_threads()) pool->threads = (int)defaults->threads;
    if (pool->retries == 0) pool->retries = defaults->retries;
    if (pool->chunk == 0) pool->chunk = defaults->chunk;
    if (job->ends_items) pool->isolation = RP_ISOLATION_NONE;
}

rp_status pool_policy_check(rp_pool_options *pool, rp_error *error)
{
    if (pool->max_tasks_per_child > 0 && pool->isolation == RP_ISOLATION_NONE)
        return rp_error_set(error, RP_USAGE, 0, "--max-tasks-per-child needs --isolate, as without it there are no children");
    if (pool->max_failures == 0 && pool->max_failures_percent <= 0) return RP_OK;
    if (pool->on_error == RP_ON_ERROR_STOP)
        return rp_error_set(error, RP_USAGE, 0, "--max-failures doesn't go with --on-error stop, which ends at the first");
    pool->on_error = RP_ON_ERROR_COLLECT;
    return RP_OK;
}
