/*
 * job_log.h: a file with a row for each item that has ended, in the columns of GNU parallel's: Seq, Host, Starttime, JobRuntime, Send,
 * Receive, Exitval, Signal, Command. A row is one line: tabs, line ends and backslashes of the command are escaped. It is written at once.
 */
#ifndef RANKPOOL_JOBS_JOB_LOG_H
#define RANKPOOL_JOBS_JOB_LOG_H

#include "command_result.h"

#include <rankpool/job.h>

/* Opens the file, or makes it. What is in it stays: another mistake may be found yet. RP_OK; RP_USAGE: it can't be written. */
rp_status job_log_open(const char *path, int *file, rp_error *error);

/* Empties it, and writes its first line. RP_OK; RP_SYSTEM: it can't be written. */
rp_status job_log_begin(int file, rp_error *error);

/* Adds the row of an item. `result` NULL: it has none. RP_OK, RP_SYSTEM, RP_NO_MEMORY. */
rp_status job_log_add(int file, const rp_job_outcome *outcome, const command_result *result, rp_error *error);

#endif
