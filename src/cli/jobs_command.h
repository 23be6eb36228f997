/* jobs_command.h: `rankpool jobs`: which jobs there are, and what a job takes and gives. */
#ifndef RANKPOOL_CLI_JOBS_COMMAND_H
#define RANKPOOL_CLI_JOBS_COMMAND_H

#include <rankpool/rankpool.h>

#include <rankpool/job.h>

/* Prints all jobs, or (`job` not NULL) one with its parameters, items and results. Returns the exit status. */
int jobs_command(const rp_job *job);

#endif
