/*
 * jobs.c: the table of the program's jobs, in the order in which `rankpool jobs` lists them.
 */
#include "jobs.h"

const rp_job *const *rp_jobs(void)
{
    static const rp_job *const jobs[] = {&rp_job_compute, &rp_job_exec, &rp_job_fetch, &rp_job_sleep, NULL};
    return jobs;
}
