/*
 * setup.h: what run and compare share: a job with its bound arguments, and its items, checked before a pool is opened.
 */
#ifndef RANKPOOL_CLI_SETUP_H
#define RANKPOOL_CLI_SETUP_H

#include "failures.h"
#include "options.h"

typedef struct setup {
    program_options options;
    rp_columns bound;
    void *bound_state;
    int is_bound;
    item_source *items;
    rp_source inner;  /* with --delay: where the items come from */
    double next_at_s; /* with --delay: when the next item may be given, by the monotonic clock */
} setup;

/* On rank 0: parses the command line again, binds the parameters of the job and opens the items, which aren't read yet. Give `*made` to
 * setup_fini, whatever this returns: RP_OK, RP_USAGE, RP_NO_MEMORY, RP_SYSTEM. */
rp_status setup_init(setup *made, unsigned command, int argc, char **argv, rp_error *error);
void setup_fini(setup *made);

/* Tells the job of the pool that its items will run on. Returns RP_OK, or the job's error. */
rp_status setup_opened(const setup *made, const rp_pool *pool, rp_error *error);

/* Checks that a method fits the items of the job. Returns RP_OK, RP_USAGE. */
rp_status setup_check_method(const setup *made, const method *method, rp_error *error);

/* The call of a method on a pool. The items are columns if they are loaded, otherwise they come one by one. */
method_call setup_call(setup *made, rp_pool *pool, method_sink sink);

/* Makes a source wait between its items, as --delay says. */
void setup_delay(setup *made, rp_source *source);

/* Opens --output, which must not be the file of the items, and goes on with it from `end` (output_go_on); 0: anew. Returns as output_open.
 */
rp_status setup_open_output(const setup *made, output *out, uint64_t end, uint32_t sum, rp_error *error);

/* Makes the line of a failed item, see failures_line. Returns `text`. */
const char *setup_failure(const setup *made, int64_t index, const rp_error *failure, char text[FAILURES_LINE_SIZE]);

#endif
