/* run_limits.c: see run_limits.h. */
#include "run_limits.h"
#include "program.h"

static int is_over(const run_limits *limits)
{
    uint64_t most = limits->options->pool.max_failures;
    return limits->goes_on && most > 0 && limits->n_failed > most;
}

static int is_halt(const run_limits *limits)
{
    return halt_is_reached(&limits->options->halt, limits->n_failed, limits->n_succeeded, items_total(limits->items));
}

void run_limits_count(run_limits *limits, rp_pool *pool, int has_failed)
{
    if (has_failed) limits->n_failed++;
    else limits->n_succeeded++;
    if (is_over(limits)) rp_pool_stop(pool);
    if (limits->is_halted || !is_halt(limits)) return;
    limits->is_halted = 1;
    int is_now = limits->options->halt.how == HALT_NOW;
    if (!is_now) rp_pool_stop(pool);
    else if (limits->options->job->task->flags & RP_TASK_ENDS_ITEMS) rp_pool_end_running(pool, 0);
    else rp_pool_terminate(pool);
    if (is_now)
        program_say("--halt ends the run; what still runs is ended%s",
                    limits->options->format == OUTPUT_TEXT ? ", and its output dropped" : "");
}

int run_limits_go_on(run_limits *limits, uint64_t n_failed, uint64_t n_succeeded)
{
    limits->goes_on = 1;
    limits->n_failed = n_failed;
    limits->n_succeeded = n_succeeded;
    limits->is_halted = is_halt(limits);
    limits->was_reached = limits->is_halted || is_over(limits);
    return limits->was_reached;
}
