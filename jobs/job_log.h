/*
 * job_log.h: a file with a row for each try of each item that has ended, in the columns of GNU parallel's: Seq, Host, Starttime,
 * JobRuntime, Send, Receive, Exitval, Signal, Command. A row is one line: tabs, line ends and backslashes of the command are escaped. It is
 * written at once.
 */
#ifndef RANKPOOL_JOBS_JOB_LOG_H
#define RANKPOOL_JOBS_JOB_LOG_H

#include "command_result.h"

#include <rankpool/job.h>

/* Opens the file, or makes it. What is in it stays: another mistake may be found yet. RP_OK; RP_USAGE: it can't be written. */
rp_status job_log_open(const char *path, int *file, rp_error *error);

/* Empties it, and writes its first line. RP_OK; RP_SYSTEM: it can't be written. */
rp_status job_log_begin(int file, rp_error *error);

typedef struct job_log_row {
    int64_t index;
    double begun_s, seconds;
    uint64_t received; /* bytes of standard output */
    int exit, signal;  /* as GNU parallel has them */
    char host[RP_ERROR_HOST_SIZE];
} job_log_row;

/* The row of an item; `result` NULL: it has none. */
job_log_row job_log_row_of(const rp_job_outcome *outcome, const command_result *result);

/* The row of a try that failed and was followed by another one. */
job_log_row job_log_row_of_try(const rp_error *failure, double ended_s);

/* Adds a row, with its command. RP_OK, RP_SYSTEM, RP_NO_MEMORY. */
rp_status job_log_add(int file, const job_log_row *row, rp_bytes line, rp_error *error);

#endif
