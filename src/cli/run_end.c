/* run_end.c: see run_end.h. */
#include "run_end.h"
#include "closing.h"
#include "lost_ranks.h"
#include "program.h"
#include "run_watch.h"
#include "signals.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void run_end_count_unread(run_state *run)
{
    uint64_t told = run->failures.failed + run->failures.lost + run->n_interrupted, all = rp_pool_failures(run->pool);
    run->failures.unread = all > told ? all - told : 0;
}

static closing_cause cause_of(const run_state *run, int was_cut)
{
    const halt *wanted = &run->setup.options.halt;
    if (run->failures.lost > 0) return CLOSING_OUTSIDE;
    if (run->limits.is_halted) return wanted->counts_successes ? CLOSING_HALT_SUCCESSES : CLOSING_HALT_FAILURES;
    if (run->setup.options.pool.on_error != RP_ON_ERROR_COLLECT) return CLOSING_FIRST_FAILURE;
    return was_cut ? CLOSING_MAX_FAILURES : CLOSING_OUTSIDE;
}

static const char *what_ended(closing_cause cause)
{
    static const char *const texts[] = {
        [CLOSING_OUTSIDE] = "",
        [CLOSING_FIRST_FAILURE] = "; the first one ended the run, --on-error collect runs the others too",
        [CLOSING_MAX_FAILURES] = "; --max-failures ended the run",
        [CLOSING_HALT_FAILURES] = "; --halt ended the run",
        [CLOSING_HALT_SUCCESSES] = "; --halt ended the run",
    };
    return texts[cause];
}

/* How many items there are isn't known of a pipe, nor of a large file whose lines can't be wrong. */
static void say_closing(const run_state *run, closing end)
{
    char text[CLOSING_SIZE], also[64];
    uint64_t n = run->n_ended;
    if (n > 0 && !end.also) {
        snprintf(also, sizeof also, "%llu that had begun %s ended", (unsigned long long)n, n == 1 ? "was" : "were");
        end.also = also;
    }
    end.all = items_total(run->setup.items);
    end.has_journal = run->journal != NULL;
    program_say("%s", closing_text(&end, text));
}

/* Items that a lost rank had are to be run; a journal doesn't count them. */
static uint64_t n_done(const run_state *run) { return run->done + run->failures.unread - (run->journal ? 0 : run->failures.lost); }

/* Whether items are left that the user may want. A reader that doesn't want the rest of the output needn't hear of it. */
static int is_incomplete(const run_state *run, int was_cut, int exit_status)
{
    uint64_t all = items_total(run->setup.items);
    if (run->error.status == RP_SYSTEM && run->error.code == EPIPE) return 0;
    if (exit_status == PROGRAM_USAGE && n_done(run) == 0) return 0;
    if (all > 0) return n_done(run) < all;
    return was_cut || run->ends_here || exit_status != PROGRAM_OK;
}

int run_end_summarise(const run_state *run, int was_cut, int exit_status)
{
    char text[FAILURES_SUMMARY_SIZE] = "", why[FAILURES_SUMMARY_SIZE + 96];
    int has_failed = run->failures.failed + run->failures.unread + run->failures.lost > 0;
    closing_cause cause = has_failed || run->limits.is_halted ? cause_of(run, was_cut) : CLOSING_OUTSIDE;
    if (items_input_was_empty(run->setup.items)) program_say("warning: no items: standard input is empty");
    if (has_failed) failures_summary(&run->failures, run->done, program_now_s() - run->begun_s, text);
    snprintf(why, sizeof why, "%s%s", text, what_ended(cause));
    const char *begin = has_failed ? why : cause != CLOSING_OUTSIDE ? why + strlen("; ") : "ended early";
    int is_quiet = !has_failed && exit_status == PROGRAM_OK && run->setup.options.quiet;
    if (is_incomplete(run, was_cut, exit_status) && !is_quiet)
        say_closing(run, (closing){.why = begin, .done = n_done(run), .cause = cause});
    else if (has_failed) program_say("%s", why);
    return has_failed ? PROGRAM_ITEMS_FAILED : PROGRAM_OK;
}

int run_end_say(const run_state *run, int signal_number)
{
    char why[LOST_RANKS_WHY_SIZE] = "stopped for the time limit";
    uint64_t unread = run->failures.unread;
    if (!signal_number && !run->time_is_over) return run_end_summarise(run, 1, PROGRAM_OK);
    int drains = !signal_number || signals_drains(signal_number);
    if (signal_number) snprintf(why, sizeof why, "%s %s", drains ? "drained after" : "stopped by", signals_name(signal_number));
    int is_explained = lost_ranks_explain(signal_number);
    if (is_explained) (void)lost_ranks_why(signals_name(signal_number), why);
    say_closing(run, (closing){.why = why,
                               .also = is_explained ? lost_ranks_advice() : NULL,
                               .done = run->done + unread,
                               .failed = run->failures.failed + unread});
    if (is_explained) return PROGRAM_LOST;
    return drains ? PROGRAM_DRAINED : PROGRAM_STOPPED + signal_number;
}

void run_end_say_given_up(void *argument, const char *why, const char *also)
{
    const run_state *run = argument;
    uint64_t done = atomic_load(&run->n_told), before = atomic_load(&run->done_before);
    program_note_done(done > before ? done - before : 0);
    say_closing(run, (closing){.why = why,
                               .also = also ? also : "items that were running are given up",
                               .done = done,
                               .failed = atomic_load(&run->n_told_failed)});
}

void run_end_note_stop(void *argument) { run_watch_stops(((const run_state *)argument)->journal); }

void run_end_give_up(void *argument)
{
    run_state *run = argument;
    rp_error error;
    if (run->journal) run_watch_give_up(run->journal);
    if (!run->setup.options.pool.record) return;
    recording_gather(&run->recording, run->pool);
    if (recording_end(&run->recording, &run->setup, &error) != RP_OK) (void)program_fail(&error);
}

void run_end_time(run_state *run)
{
    rp_pool_time time;
    time_watch_end(run->time_watch);
    rp_pool_get_time(run->pool, &time);
    run->time_is_over = time.is_over != 0;
    program_note_done(run->done - atomic_load(&run->done_before));
}
