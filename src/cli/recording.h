/*
 * recording.h: the options --report and --trace of `run`: what the pool records for them, the files that they name, and what is written
 * when the run is over.
 */
#ifndef RANKPOOL_CLI_RECORDING_H
#define RANKPOOL_CLI_RECORDING_H

#include "report.h"
#include "setup.h"

typedef struct recording {
    output csv, trace; /* open if they are wanted */
    report report;
    int is_gathered;
} recording;

/* Called before the pool is opened. Opens the files, which must differ from each other, from --output, and from the file of the items; sets
 * the options of the pool. Give `*made` to recording_end, whatever this returns: RP_OK, RP_USAGE. */
rp_status recording_begin(setup *run, recording *made, rp_error *error);

/* Called after the calls, while the pool is still there. Without memory it prints so, and there is no report. */
void recording_gather(recording *made, rp_pool *pool);

/* Writes the table to standard error, and the files; closes them. RP_OK; RP_SYSTEM, RP_NO_MEMORY (a file is incomplete). */
rp_status recording_end(recording *made, const setup *run, rp_error *error);

#endif
