/*
 * row_text.h: the rows of an output as bytes in memory, for a journal: what output.h would write to a file that no people look at.
 */
#ifndef RANKPOOL_CLI_ROW_TEXT_H
#define RANKPOOL_CLI_ROW_TEXT_H

#include "kept_outcome.h"
#include "output.h"

#include <stdbool.h>

typedef struct row_text {
    output out;
    kept_bytes bytes; /* what was written since the last row began */
    bool has_failed;  /* there was no memory for it */
} row_text;

/* RP_OK, RP_NO_MEMORY. Give it to row_text_fini, whatever this returns; `*rows` must not move. */
rp_status row_text_init(row_text *rows, const rp_job *job, output_format format, rp_error *error);
void row_text_fini(row_text *rows);

/* The first line; empty: the format has none. Valid, as what the next one gives, until the next call. */
rp_status row_text_header(row_text *rows, rp_bytes *text, rp_error *error);

/* The row of an item, as output_result writes it. */
rp_status row_text_make(row_text *rows, const rp_job_outcome *outcome, void *state, rp_bytes *text, rp_error *error);

#endif
