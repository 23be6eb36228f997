/*
 * job_file.h: a job in a shared library that the user names. It is loaded in each rank before MPI starts, so that the ranks can compare
 * their tasks. Also fills in what a job leaves out.
 */
#ifndef RANKPOOL_CLI_JOB_FILE_H
#define RANKPOOL_CLI_JOB_FILE_H

#include <rankpool/job.h>

/* Loads the library for good, and registers the job's task and initializer. RP_OK; RP_UNSUPPORTED: it isn't there, can't be loaded, or has
 * no job for this program. The main thread, before any pool is opened. */
rp_status job_file_load(const char *path, const rp_job **job, rp_error *error);

/* The job with tables in place of those that are NULL: no parameters, and the fields that follow from its task. They are constant. */
rp_job job_file_completed(const rp_job *job);

#endif
