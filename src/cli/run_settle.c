/* run_settle.c: see run_settle.h. */
#include "run_settle.h"
#include "program.h"

#include <errno.h>
#include <string.h>

static void take_failure(run_state *run, const rp_job_outcome *outcome, const rp_error *failure)
{
    char text[FAILURES_LINE_SIZE], shown[VALUE_SHOWN_SIZE];
    failures_say say = failures_add(&run->failures, failure, run->setup.options.format != OUTPUT_TEXT);
    if (say == FAILURES_SAY_NOTHING) return;
    if (say == FAILURES_SAY_MORE) program_say("%s", failures_more());
    else program_say("%s", failures_line(outcome->index, value_shown(outcome->item, shown), failure, text));
}

/* Whether more than max_failures items failed. With apply and apply_async each item is a call of its own, so that the pool can't count. A
 * percentage counts only in calls of many items. */
static int failed_too_often(const run_state *run)
{
    int counts = run->method->is_lazy || strncmp(run->method->name, "apply", strlen("apply")) != 0;
    return !counts && run->setup.options.pool.max_failures > 0 && run->failures.failed > run->setup.options.pool.max_failures;
}

/* Writes a row. The bar must not be in the line that it is written to. */
static rp_status write_result(run_state *run, const rp_job_outcome *outcome)
{
    rp_pool *pool = run->shares_terminal ? run->pool : NULL;
    rp_pool_progress_hide(pool);
    rp_status status = output_result(&run->out, outcome, run->setup.bound_state, &run->error);
    rp_pool_progress_show(pool);
    return status;
}

/* The row of an item is written: its failure counts. */
static rp_status count(run_state *run, const rp_job_outcome *outcome, rp_status status)
{
    const rp_error *failure = outcome->failure;
    int is_lost = failure && failure->status == RP_LOST;
    run->done++;
    if (!run->journal && !is_lost) atomic_fetch_add(&run->n_told, 1); /* what is lost is still to do */
    if (!run->journal && !is_lost && failure) atomic_fetch_add(&run->n_told_failed, 1);
    if (status != RP_OK || !failure || is_lost) return status; /* a loss ends the call by itself, after all its rows */
    if (failed_too_often(run)) return RP_CANCELLED;
    run->ends_here = run->setup.options.pool.on_error != RP_ON_ERROR_COLLECT;
    return run->ends_here ? RP_FAILED : RP_OK;
}

int run_settle_was_ended(const rp_error *failure) { return failure && failure->cause == RP_CAUSE_ENDED; }

/* The turn of an item has come: writes its row, and prints its failure. */
static rp_status settle(run_state *run, const rp_job_outcome *outcome)
{
    rp_status status = write_result(run, outcome);
    if (run_settle_was_ended(outcome->failure)) return status;
    if (outcome->failure) take_failure(run, outcome, outcome->failure);
    return count(run, outcome, status);
}

static rp_status write_row(run_state *run, const journal_row *row)
{
    if (row->is_printed) return RP_OK;
    if (!row->text.data) return write_result(run, &row->outcome);
    rp_pool *pool = run->shares_terminal ? run->pool : NULL;
    rp_pool_progress_hide(pool);
    rp_status status = output_row(&run->out, row->text, &run->error);
    rp_pool_progress_show(pool);
    return status;
}

/* What an earlier run has told isn't told again. */
rp_status run_settle_row(void *argument, const journal_row *row)
{
    run_state *run = argument;
    rp_status status = write_row(run, row);
    if (row->outcome.failure && row->is_old) (void)failures_add(&run->failures, row->outcome.failure, 0);
    else if (row->outcome.failure) take_failure(run, &row->outcome, row->outcome.failure);
    return count(run, &row->outcome, status);
}

rp_status run_settle_waiting(run_state *run)
{
    rp_job_outcome outcome;
    rp_status status = RP_OK;
    int taken;
    while (status == RP_OK && (taken = in_order_take(run->waiting, &outcome)) != 0) {
        if (taken < 0) return rp_error_set(&run->error, RP_SYSTEM, errno, "can't read results that wait: %s", strerror(errno));
        status = settle(run, &outcome);
    }
    return status;
}

static rp_status settle_in_turn(run_state *run, const rp_job_outcome *outcome)
{
    if (!in_order_is_next(run->waiting, outcome->index)) return in_order_keep(run->waiting, outcome, &run->error);
    in_order_pass(run->waiting);
    rp_status status = settle(run, outcome);
    return status == RP_OK ? run_settle_waiting(run) : status;
}

rp_status run_settle(run_state *run, const rp_job_outcome *outcome)
{
    return run->waiting ? settle_in_turn(run, outcome) : settle(run, outcome);
}

rp_status run_settle_look(run_state *run)
{
    const rp_job *job = run->setup.options.job;
    char room[VALUE_TEXT_SIZE];
    int64_t next = run->looks ? in_order_next(run->waiting) : -1;
    uint64_t all = items_total(run->setup.items);
    if (next < 0 || (all > 0 && (uint64_t)next >= all)) return RP_OK;
    rp_job_outcome outcome = {next, items_text(run->setup.items, next, room), NULL, NULL};
    if (job->look(run->setup.bound_state, &outcome, NULL, &run->error) != RP_OK) return RP_OK;
    rp_pool *pool = run->shares_terminal ? run->pool : NULL;
    rp_pool_progress_hide(pool);
    rp_status status = output_look(&run->out, &outcome, run->setup.bound_state, &run->error);
    rp_pool_progress_show(pool);
    return status;
}
