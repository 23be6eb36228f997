/* find_job.h: the job of a name. */
#ifndef RANKPOOL_CLI_FIND_JOB_H
#define RANKPOOL_CLI_FIND_JOB_H

#include <rankpool/rankpool.h>

#include <rankpool/job.h>

/* Finds the job of that name, or loads that of the file, if it has a slash. RP_OK; RP_USAGE: the message lists the jobs that there are;
 * RP_UNSUPPORTED: the file has no job for this program. */
rp_status find_job(const char *name, const rp_job **job, rp_error *error);

#endif
