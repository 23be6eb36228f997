/*
 * output.h: the results of a run as text, csv or JSON lines. They are written as they come, and every write is checked. A regular file ends
 * with a whole row, also when its disk is full; a table or a report, whose rows aren't told to streams.h, is there as a whole or not at
 * all.
 */
#ifndef RANKPOOL_CLI_OUTPUT_H
#define RANKPOOL_CLI_OUTPUT_H

#include "json_row.h"
#include "streams.h"

#include <rankpool/rankpool.h>

#include <rankpool/job.h>

typedef enum output_format { OUTPUT_TEXT = 0, OUTPUT_CSV, OUTPUT_JSONL, OUTPUT_MARKDOWN } output_format;

typedef struct output {
    FILE *file;
    stream *stream;   /* of the file; NULL: none */
    const char *name; /* for messages */
    output_format format;
    const rp_job *job;
    int out_of_memory; /* a row is missing */
    int is_terminal;
    char *room;   /* for texts that are written otherwise than they are */
    json_row row; /* of jsonl */
} output;

/* Opens the output. `path`: NULL is standard output; an existing file is emptied. Returns RP_OK; RP_USAGE (it can't be written;
 * standard output is closed, or open for reading only). */
rp_status output_open(output *out, const char *path, output_format format, rp_error *error);

/* Goes on with a file that has rows, up to `end` bytes, whose sum (streams.h) is `sum`; 0: as output_open. Returns as that. */
rp_status output_go_on(output *out, const char *path, output_format format, uint64_t end, uint32_t sum, rp_error *error);

/* Writes the first line of csv; nothing in the other formats. */
void output_begin_results(output *out, const rp_job *job);

/* Writes the row of one item: its result, its failure, or both. In text format a failed item has no line, unless the job writes its texts
 * itself; `state` is for that. Returns as output_flush, or what the job returned. */
rp_status output_result(output *out, const rp_job_outcome *outcome, void *state, rp_error *error);

/* Has a job write what its next item has printed by now (`look` of rp_job). Returns as output_flush, or what the job returned. */
rp_status output_look(output *out, const rp_job_outcome *next, void *state, rp_error *error);

/* Writes a row that row_text.h has made. On a terminal its control characters are escaped. Returns as output_flush. */
rp_status output_row(output *out, rp_bytes row, rp_error *error);

/* Flushes what was written so far. Returns RP_OK; RP_SYSTEM when this or an earlier write failed. */
rp_status output_flush(output *out, rp_error *error);

/* Flushes and closes; standard output stays open. Does nothing if it isn't open. Returns as output_flush. */
rp_status output_close(output *out, rp_error *error);

#endif
