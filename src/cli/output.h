/*
 * output.h: the results of a run as text, csv or JSON lines, written as they come, every write checked.
 */
#ifndef RANKPOOL_CLI_OUTPUT_H
#define RANKPOOL_CLI_OUTPUT_H

#include <rankpool/rankpool.h>

#include <rankpool/job.h>

typedef enum output_format { OUTPUT_TEXT = 0, OUTPUT_CSV, OUTPUT_JSONL } output_format;

typedef struct output {
    FILE *file;
    const char *name; /* for messages */
    output_format format;
    const rp_job *job;
    int out_of_memory; /* a row is missing */
} output;

/* `path`: NULL is standard output; an existing file is emptied. Returns RP_OK, RP_USAGE (it can't be written there). */
rp_status output_open(output *out, const char *path, output_format format, rp_error *error);

/* The first line of csv; nothing in the other formats. */
void output_begin_results(output *out, const rp_job *job);

/* One item's row: `result`, or, when that is NULL, its failure. In text format a failed item has no line. Returns as output_flush. */
rp_status output_result(output *out, int64_t index, rp_bytes item, const void *result, const rp_error *failure, rp_error *error);

/* What was written so far goes out. Returns RP_OK; RP_SYSTEM when this or anything before it couldn't be written. */
rp_status output_flush(output *out, rp_error *error);

/* Flushes and closes; standard output stays open. Returns as output_flush. Harmless when it isn't open. */
rp_status output_close(output *out, rp_error *error);

#endif
