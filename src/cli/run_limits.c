/* run_limits.c: see run_limits.h. */
#include "run_limits.h"
#include "program.h"

static void look(run_limits *limits, rp_pool *pool)
{
    const halt *wanted = &limits->options->halt;
    uint64_t most = limits->options->pool.max_failures;
    if (limits->goes_on && most > 0 && limits->n_failed > most) rp_pool_stop(pool);
    if (limits->is_halted || !halt_is_reached(wanted, limits->n_failed, limits->n_succeeded, items_total(limits->items))) return;
    limits->is_halted = 1;
    if (wanted->how == HALT_NOW) rp_pool_terminate(pool);
    else rp_pool_stop(pool);
    if (wanted->how == HALT_NOW) program_say("--halt ends the run; what still runs is ended, and its output dropped");
}

void run_limits_count(run_limits *limits, rp_pool *pool, int has_failed)
{
    if (has_failed) limits->n_failed++;
    else limits->n_succeeded++;
    look(limits, pool);
}

void run_limits_go_on(run_limits *limits, rp_pool *pool, uint64_t n_failed, uint64_t n_succeeded)
{
    limits->goes_on = 1;
    limits->n_failed = n_failed;
    limits->n_succeeded = n_succeeded;
    look(limits, pool);
}
