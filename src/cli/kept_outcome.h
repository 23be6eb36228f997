/*
 * kept_outcome.h: what became of an item, as bytes: the data of its record in the journal. Its row is kept as it was printed, so another
 * build prints the same. What a row isn't enough for is kept too: a failure, the item's text, and the result for jobs that look at it.
 */
#ifndef RANKPOOL_CLI_KEPT_OUTCOME_H
#define RANKPOOL_CLI_KEPT_OUTCOME_H

#include <rankpool/error.h>
#include <rankpool/task.h>
#include <stdbool.h>

typedef struct kept_outcome {
    rp_bytes row;  /* as it is printed; empty: it has none */
    rp_bytes item; /* its text */
    rp_bytes result;
    bool has_result; /* false: an emitting task's result isn't kept, or there is none */
    bool has_failure;
    rp_error failure; /* its text isn't kept */
} kept_outcome;

/* The bytes of an outcome, in memory that is used again; zeroed at first. */
typedef struct kept_bytes {
    char *data;
    size_t size, room;
} kept_bytes;

/* Writes an outcome. False: no memory. */
bool kept_outcome_write(const kept_outcome *outcome, kept_bytes *to);
void kept_bytes_fini(kept_bytes *bytes);

/* Reads what was written; the parts point into it. False: it is none. */
bool kept_outcome_read(rp_bytes bytes, kept_outcome *outcome);

#endif
