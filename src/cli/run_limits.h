/* run_limits.h: what ends a run early by numbers of items: --halt, and with a journal --max-failures, as the pool counts this run alone. */
#ifndef RANKPOOL_CLI_RUN_LIMITS_H
#define RANKPOOL_CLI_RUN_LIMITS_H

#include "options.h"

typedef struct run_limits {
    const program_options *options;
    const item_source *items;
    uint64_t n_failed, n_succeeded; /* items that have ended */
    int goes_on;                    /* earlier runs count too */
    int is_halted;
    int was_reached; /* a limit, by earlier runs */
} run_limits;

/* An item has ended; ends the run if that was enough. */
void run_limits_count(run_limits *limits, rp_pool *pool, int has_failed);

/* Items that ended in earlier runs. 1: they were enough, and nothing may begin. */
int run_limits_go_on(run_limits *limits, uint64_t n_failed, uint64_t n_succeeded);

#endif
