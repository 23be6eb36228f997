/*
 * output_marks.h: records in a run's journal how far its output is, once that is on the disk. The disk is waited for in a thread of its
 * own, so a slow one stops no run: marks are only further apart then.
 */
#ifndef RANKPOOL_CLI_OUTPUT_MARKS_H
#define RANKPOOL_CLI_OUTPUT_MARKS_H

#include "streams.h"

#include "journal/journal.h"

typedef struct output_marks output_marks;

/* NULL: no memory, or no thread. The stream and the journal are borrowed. */
output_marks *output_marks_create(const stream *to, rpi_journal *journal);

/* The output, which is flushed, has that now. Passed over while the disk is waited for. Returns an errno of an earlier mark; 0: there was
 * none. */
int output_marks_add(output_marks *self, const rpi_printed *printed);

/* The same for the last one, which is waited for; then the thread ends. Returns an errno or 0. NULL does nothing. */
int output_marks_finish(output_marks *self, const rpi_printed *printed);

/* Ends the thread without a last mark, once the disk has answered. NULL does nothing. */
void output_marks_destroy(output_marks *self);

#endif
