/*
 * exec_output.h: what exec writes on rank 0: outputs of commands, with or without tags; files of a directory; rows of a job log. One
 * thread.
 */
#ifndef RANKPOOL_JOBS_EXEC_OUTPUT_H
#define RANKPOOL_JOBS_EXEC_OUTPUT_H

#include <rankpool/rankpool.h>

#include <rankpool/job.h>

typedef struct exec_output exec_output;

typedef struct exec_output_request {
    int is_tagged, is_live;
    const char *results, *joblog; /* directory and file; "": none */
} exec_output_request;

/* Opens what is asked for. `*output` is the caller's, closed by exec_output_close. RP_OK; RP_USAGE (it can't be written); RP_NO_MEMORY. */
rp_status exec_output_open(const exec_output_request *request, exec_output **output, rp_error *error);
void exec_output_close(exec_output *output);

/* A try of an item has failed, and another one follows: its row in the job log comes before that of the item, which knows the command.
 * RP_OK, RP_NO_MEMORY. */
rp_status exec_output_retried(exec_output *output, const rp_error *failure, double ended_s, rp_error *error);

/* An item has ended: its row in the job log, its files. RP_OK, RP_SYSTEM, RP_NO_MEMORY. */
rp_status exec_output_arrive(exec_output *output, const rp_job_outcome *outcome, rp_error *error);

/* Its turn: its standard output to `out`, its standard error to standard error; nothing when there are files, or when it was ended with the
 * run. RP_OK, RP_NO_MEMORY. */
rp_status exec_output_write(exec_output *output, const rp_job_outcome *outcome, FILE *out, rp_error *error);

/* The item that is next hasn't ended: the whole lines that it has printed by now, where they are wanted and known. `out` NULL: whether
 * there are any, RP_OK or RP_AGAIN. RP_OK, RP_NO_MEMORY. */
rp_status exec_output_look(exec_output *output, const rp_job_outcome *next, FILE *out, rp_error *error);

#endif
