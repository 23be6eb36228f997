/*
 * csv.h: records of comma-separated values (RFC 4180): fields in double quotes may hold commas, doubled quotes and line ends.
 */
#ifndef RANKPOOL_CLI_CSV_H
#define RANKPOOL_CLI_CSV_H

#include "lines.h"

#include <stdio.h>

typedef struct csv_reader {
    line_reader *lines;
    char *record; /* a record of several lines, as far as it is read */
    size_t size, room;
    int is_open;         /* its end is still to come: inside quotes */
    uint64_t first_line; /* of the record, from 1 */
} csv_reader;

/* Begins to read records from `lines`, which is borrowed. */
void csv_init(csv_reader *csv, line_reader *lines);
void csv_fini(csv_reader *csv);

/* Gives the next record as it is in the file, without its line end. Blank lines are skipped. Valid until the next call. Returns as
 * lines_next; RP_USAGE also when the file ends inside quotes. */
rp_status csv_next(csv_reader *csv, int may_wait, rp_bytes *record, rp_error *error);

/* Splits a record into at most `n` fields, unquoted into `room` (size + n bytes), a 0 after each. Returns how many fields the record has,
 * which may be more than n; -1: there is text after a closing quote. */
int csv_split(rp_bytes record, char *room, rp_bytes *fields, int n);

/* Writes all fields of a record to `room` (size + 1 bytes), unquoted, one after another, a 0 after each; `*texts` is the whole. Returns 0:
 * there is text after a closing quote. */
int csv_texts(rp_bytes record, char *room, rp_bytes *texts);

/* Writes one field, in quotes where it needs them. ferror reports failures. */
void csv_write(FILE *file, rp_bytes field);

#endif
