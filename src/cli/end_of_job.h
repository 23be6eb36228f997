/*
 * end_of_job.h: when the time of a run is over, and who says so: --time-limit; else RANKPOOL_END; else, in a job of Slurm's, squeue, which
 * is asked anew from time to time, as the end may move both ways.
 */
#ifndef RANKPOOL_CLI_END_OF_JOB_H
#define RANKPOOL_CLI_END_OF_JOB_H

#include <rankpool/rankpool.h>

#define END_OF_JOB_NAME_SIZE 64

typedef struct end_of_job {
    char job[END_OF_JOB_NAME_SIZE]; /* Slurm's name of the job, as 4711 or 4711_3; "": in none, or --time-limit counts */
    double first_ask_s, ask_s;      /* when squeue is asked first, and then again; 0: never */
} end_of_job;

/* Says when the time ends, and sets the pool's limit if there may be one. RP_OK; RP_USAGE: RANKPOOL_END or RANKPOOL_ASK is no number. */
rp_status end_of_job_find(end_of_job *end, rp_pool_options *pool, rp_error *error);

/* Asks squeue, for 5 s at most. Returns the end, in seconds since the epoch; 0: it doesn't say, so the last one counts. */
int64_t end_of_job_ask(const char *job);

/* What squeue printed, as a time; 0: it is none ("N/A", "NONE", nothing). Pure. */
int64_t end_of_job_read(const char *said);

#endif
