/* run_end.c: see run_end.h. */
#include "run_end.h"
#include "closing.h"
#include "lost_ranks.h"
#include "program.h"
#include "run_watch.h"
#include "signals.h"

#include <stdio.h>

void run_end_count_unread(run_state *run)
{
    uint64_t told = run->failures.failed + run->failures.lost + run->n_interrupted, all = rp_pool_failures(run->pool);
    run->failures.unread = all > told ? all - told : 0;
}

static const char *what_ended(const run_state *run, int was_cut)
{
    if (run->failures.lost > 0) return "";
    if (run->limits.is_halted) return "; --halt ended the run";
    if (run->setup.options.pool.on_error != RP_ON_ERROR_COLLECT)
        return "; the first one ended the run, --on-error collect runs the others too";
    return was_cut ? "; --max-failures ended the run" : "";
}

int run_end_summarise(const run_state *run, int was_cut)
{
    char text[FAILURES_SUMMARY_SIZE];
    if (items_input_was_empty(run->setup.items)) program_say("warning: no items: standard input is empty");
    if (run->failures.failed + run->failures.unread + run->failures.lost == 0) return PROGRAM_OK;
    failures_summary(&run->failures, run->done, program_now_s() - run->begun_s, text);
    program_say("%s%s", text, what_ended(run, was_cut));
    return PROGRAM_ITEMS_FAILED;
}

/* The last line of a run that ended before its last item. How many items there are isn't known of a pipe, nor of a large file whose lines
 * can't be wrong. */
static void say_closing(const run_state *run, const char *why, const char *also, uint64_t done, uint64_t failed)
{
    char text[CLOSING_SIZE];
    program_say("%s", closing_text(&(closing){why, also, done, failed, items_total(run->setup.items), run->journal != NULL}, text));
}

int run_end_say(const run_state *run, int signal_number)
{
    char why[48] = "stopped for the time limit";
    uint64_t unread = run->failures.unread;
    if (!signal_number && !run->time_is_over) return run_end_summarise(run, 1);
    int drains = !signal_number || signals_drains(signal_number);
    if (signal_number) snprintf(why, sizeof why, "%s %s", drains ? "drained after" : "stopped by", signals_name(signal_number));
    if (lost_ranks_explain(signal_number)) return lost_ranks_say_ended(signals_name(signal_number));
    say_closing(run, why, NULL, run->done + unread, run->failures.failed + unread);
    return drains ? PROGRAM_DRAINED : PROGRAM_STOPPED + signal_number;
}

void run_end_say_given_up(void *argument, const char *why)
{
    const run_state *run = argument;
    uint64_t done = atomic_load(&run->n_told), before = atomic_load(&run->done_before);
    program_note_done(done > before ? done - before : 0);
    say_closing(run, why, "items that were running are given up", done, atomic_load(&run->n_told_failed));
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
