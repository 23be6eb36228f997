/* journal_notes.h: what a run with a journal says on standard error, and whether an output is still as the journal knows it. */
#ifndef RANKPOOL_CLI_JOURNAL_NOTES_H
#define RANKPOOL_CLI_JOURNAL_NOTES_H

#include "options.h"

#include "journal/journal.h"

/* A journal couldn't be opened: adds what can be done, where that isn't said. Returns `status`. */
rp_status journal_notes_refused(rp_status status, const program_options *options, rp_error *error);

/* What the journal has of `n_items` (0: not known), and what should be known of where it lies. */
void journal_notes_opened(rpi_journal *journal, const program_options *options, uint64_t n_items);

/* The same of the hosts of a pool: whether they share it. */
void journal_notes_begun(const rpi_journal *journal, const program_options *options, const rp_pool *pool);

/* Whether the file begins with what the journal knows to be printed. */
int journal_notes_output_is(const char *path, const rpi_printed *printed);

/* That rows of earlier runs are printed again, as their output isn't there or can't be cut. `kept`: bytes that stay. */
void journal_notes_output(const rpi_journal_summary *summary, const program_options *options, uint64_t kept);

/* That results wait for the journal's disk; and that nobody will know what this process ran when it died. */
void journal_notes_slow(const program_options *options);
void journal_notes_no_begun(const program_options *options);

/* That the journal couldn't be written, and what is safe. */
void journal_notes_broken(const program_options *options, const rpi_writer_state *state);

#endif
