/* journal_row.h: an item of a run with a journal whose turn to be printed has come, and who prints it. */
#ifndef RANKPOOL_CLI_JOURNAL_ROW_H
#define RANKPOOL_CLI_JOURNAL_ROW_H

#include <rankpool/rankpool.h>

#include <rankpool/job.h>

typedef struct run_journal run_journal;

/* An item whose turn to be printed has come. Valid during the call. */
typedef struct journal_row {
    rp_job_outcome outcome; /* its result only where the job prints it itself */
    rp_bytes text;          /* its row; data NULL: the job prints it */
    int is_printed;         /* the output has it already */
    int is_old;             /* it is of an earlier run */
} journal_row;

typedef struct journal_sink {
    /* Prints a row, and counts. Any status but RP_OK ends the run, and no more rows come. */
    rp_status (*settle)(void *argument, const journal_row *row);
    void *argument;
} journal_sink;

#endif
