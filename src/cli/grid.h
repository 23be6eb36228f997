/*
 * grid.h: all combinations of the values of some axes, in order, the last axis fastest. An axis is a list of texts, or a range of numbers
 * that is never written out. So a grid takes memory for its lists alone. One thread.
 */
#ifndef RANKPOOL_CLI_GRID_H
#define RANKPOOL_CLI_GRID_H

#include "grid_axis.h"

typedef struct grid {
    grid_axis *axes;
    size_t n_axes;
    uint64_t size; /* combinations */
} grid;

/* All 0 is a grid without axes, and no combinations. */
void grid_fini(grid *self);

/* Adds an axis, as grid_axis_read takes it, with a name that no other axis has. Returns RP_OK; RP_USAGE (also: there are more than 2^63 - 1
 * combinations); RP_NO_MEMORY. */
rp_status grid_add(grid *self, const char *axis, rp_error *error);

/* Adds an axis without a name. Takes copies of the n texts, which have no 0 in them. `is_linked`: as in grid_axis, of the axis before,
 * which has to have as many values (RP_USAGE). */
rp_status grid_add_texts(grid *self, const rp_bytes *texts, size_t n, int is_linked, rp_error *error);

/* Names the axis that was added last, with a name that no other axis has. Returns RP_OK, RP_USAGE, RP_NO_MEMORY. */
rp_status grid_name_last(grid *self, rp_bytes name, rp_error *error);

/* The value of an axis in a combination, whose number is below `size`, with a 0 behind it. Numbers are written to `room`. */
rp_bytes grid_value(const grid *self, size_t axis, uint64_t combination, char room[GRID_NUMBER_SIZE]);

#endif
