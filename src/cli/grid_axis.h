/*
 * grid_axis.h: the values of one axis of a grid: lists of texts, and ranges of numbers that are never written out. One thread.
 */
#ifndef RANKPOOL_CLI_GRID_AXIS_H
#define RANKPOOL_CLI_GRID_AXIS_H

#include "decimal.h"

#include <rankpool/error.h>
#include <rankpool/task.h>

/* Values of an axis that follow each other: a list, or a range. */
typedef struct grid_part {
    uint64_t n;
    rp_bytes *texts;     /* the list, with a 0 behind each text; NULL: a range */
    decimal start, step; /* of the same exponent */
} grid_part;

typedef struct grid_axis {
    char *name; /* NULL: none */
    grid_part *parts;
    size_t n_parts;
    uint64_t n;       /* values of all parts */
    size_t most_text; /* bytes of the longest one */
    int is_linked;    /* its value has the same place as that of the axis before */
    char *text;       /* memory for what lists point to */
} grid_axis;

#define GRID_NUMBER_SIZE DECIMAL_TEXT_SIZE

/* Reads "mass=1,2,3" or "speed=0:10:0.1" into an axis that is all 0: values with commas between, each a text or a range START:END:STEP of
 * numbers, with its end if the steps reach it. What was made is the caller's, whatever this returns: RP_OK; RP_USAGE (says what is wrong);
 * RP_NO_MEMORY. */
rp_status grid_axis_read(grid_axis *axis, const char *text, rp_error *error);

/* Makes an axis without a name of copies of n texts, which have no 0 in them. Returns as grid_axis_read. */
rp_status grid_axis_copy(grid_axis *axis, const rp_bytes *texts, size_t n, rp_error *error);

void grid_axis_fini(grid_axis *axis);

/* The value at a place, with a 0 behind it. Numbers are written to `room`. */
rp_bytes grid_axis_value(const grid_axis *axis, uint64_t place, char room[GRID_NUMBER_SIZE]);

#endif
