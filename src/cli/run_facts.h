/*
 * run_facts.h: what the results of a run depend on, as facts for its journal. What doesn't matter is left out: ranks, threads, chunks,
 * retries, where results go, and parameters that the job says change nothing (rp_job.free_params).
 */
#ifndef RANKPOOL_CLI_RUN_FACTS_H
#define RANKPOOL_CLI_RUN_FACTS_H

#include "setup.h"

#include "journal/facts.h"

/* Makes the facts, to be freed by rpi_facts_fini. RP_OK, RP_NO_MEMORY. */
rp_status run_facts_make(const setup *made, rpi_facts *facts, rp_error *error);

#endif
