/*
 * recording.h: `run`'s options --report and --trace: what the pool is to record for them, the files that they name, and what is written
 * once the run is over.
 */
#ifndef RANKPOOL_CLI_RECORDING_H
#define RANKPOOL_CLI_RECORDING_H

#include "report.h"
#include "setup.h"

typedef struct recording {
    output csv, trace; /* open when they are wanted */
    report report;
    int is_gathered;
} recording;

/* Before the pool is opened: opens the files, which must be neither each other nor --output nor where the items come from, and sets the
 * pool's options. `*made` is to be given to recording_end, whatever this returns: RP_OK, RP_USAGE. */
rp_status recording_begin(setup *run, recording *made, rp_error *error);

/* While the pool is there, after its calls. Without memory it says so, and there will be no report. */
void recording_gather(recording *made, rp_pool *pool);

/* Writes the table to standard error, and the files; closes them. RP_OK; RP_SYSTEM, RP_NO_MEMORY (a file isn't whole). */
rp_status recording_end(recording *made, const setup *run, rp_error *error);

#endif
