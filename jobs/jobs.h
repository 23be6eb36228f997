/*
 * jobs.h: the jobs that the program is built with, one file each. A new job is its file here, a line below, and a line in jobs.c.
 */
#ifndef RANKPOOL_JOBS_H
#define RANKPOOL_JOBS_H

#include <rankpool/rankpool.h>

#include <rankpool/job.h>

extern const rp_job rp_job_compute; /* compute.c */
extern const rp_job rp_job_exec;    /* exec.c */
extern const rp_job rp_job_fetch;   /* fetch.c */
extern const rp_job rp_job_sleep;   /* sleep.c */

/* What the jobs were built with, as "libcurl/7.88.1 OpenSSL/3.0.15". Never NULL; any thread. */
const char *rp_jobs_versions(void);

#endif
