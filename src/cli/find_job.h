/* find_job.h: the job of a name. */
#ifndef RANKPOOL_CLI_FIND_JOB_H
#define RANKPOOL_CLI_FIND_JOB_H

#include <rankpool/rankpool.h>

#include <rankpool/job.h>

/* Finds the job of that name. RP_OK; RP_USAGE: the message lists the jobs that there are. */
rp_status find_job(const char *name, const rp_job **job, rp_error *error);

#endif
