/*
 * run.c: the command `run`. All mistakes that can be found before the pool is opened are found then. After that, each result is written and
 * each failure is printed as it comes.
 */
#include "run.h"
#include "interrupted.h"
#include "lost_ranks.h"
#include "program.h"
#include "run_display.h"
#include "run_end.h"
#include "run_settle.h"
#include "run_watch.h"
#include "signals.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* For the signal thread: of all runs. */
static void tell_counts(run_state *run, const journal_counts *counts)
{
    atomic_store(&run->n_told, counts->n_done + counts->n_failed);
    atomic_store(&run->n_told_failed, counts->n_failed);
}

/* The outcome is recorded first, and printed when the record is in the file. */
static rp_status take_with_journal(run_state *run, const rp_job_outcome *outcome)
{
    journal_counts counts;
    rp_status status = run_journal_take(run->journal, outcome, run->place.seconds, run->place.rank, &run->error);
    run_journal_count(run->journal, &counts);
    tell_counts(run, &counts);
    return status;
}

/* The item counts as not run. Its row says so, unless there is a journal, by which it is run again and then has its own. Where rows come in
 * order, nothing behind it is printed. */
static rp_status pass_ended(run_state *run, const rp_job_outcome *outcome, rp_status status)
{
    int goes_on = run->journal || run->waiting || !run->method->is_ordered;
    run->n_ended++;
    if (status == RP_OK && !run->journal) status = run_settle(run, outcome);
    items_forget(run->setup.items, outcome->index);
    return status == RP_OK && !goes_on ? RP_CANCELLED : status;
}

/* The job is told of tries before the items that they are of. */
static rp_status tell_tries(run_state *run)
{
    rp_error failure;
    double ended_s;
    rp_status status = RP_OK;
    while (status == RP_OK && run->tries && tries_take(run->tries, &failure, &ended_s))
        status = run->setup.options.job->retried(run->setup.bound_state, &failure, ended_s, &run->error);
    return status;
}

/* method_sink.deliver: an item has ended. */
static rp_status deliver(void *argument, int64_t index, const void *result, const rp_error *failure)
{
    run_state *run = argument;
    const rp_job *job = run->setup.options.job;
    char room[VALUE_TEXT_SIZE];
    rp_job_outcome outcome = {index, items_text(run->setup.items, index, room), result, failure};
    if (!outcome.item.data)
        return rp_error_set(&run->error, RP_NO_MEMORY, ENOMEM, "out of memory for the text of item %lld", (long long)index);
    rp_error ended;
    if (failure && interrupted_is(failure, &run->n_waits)) {
        run->n_interrupted++;
        ended = *failure;
        ended.cause = RP_CAUSE_ENDED;
        outcome.failure = &ended;
    }
    rp_status status = tell_tries(run);
    if (status == RP_OK && job->arrive) status = job->arrive(run->setup.bound_state, &outcome, &run->error);
    if (run_settle_was_ended(outcome.failure)) return pass_ended(run, &outcome, status);
    run_limits_count(&run->limits, run->pool, outcome.failure != NULL);
    if (status == RP_OK && run->journal) status = take_with_journal(run, &outcome);
    else if (status == RP_OK) status = run_settle(run, &outcome);
    items_forget(run->setup.items, index);
    return status;
}

/* Where items end one after the other, some gather first: to be woken for each, and to write it, takes longer than a short item. With
 * several ranks this thread has other things to do while it waits. */
static void let_some_gather(run_state *run)
{
    static const double often_s = 5e-4;
    const struct timespec a_moment = {.tv_nsec = 500000};
    if (rp_main_ranks() == 1 && program_now_s() < run->idled_s + often_s) (void)nanosleep(&a_moment, NULL);
    run->idled_s = program_now_s();
}

/* method_sink.idle. Flushes, so that a reader of the output, or of a pipe, sees all results so far. */
static rp_status idle(void *argument)
{
    run_state *run = argument;
    rp_status status = run->journal ? run_journal_settle(run->journal, &run->error) : run_settle_look(run);
    if (run->journal) time_watch_need(run->time_watch, 2 * run_journal_sync_s(run->journal));
    let_some_gather(run);
    return status == RP_OK ? output_flush(&run->out, &run->error) : status;
}

/* method_sink.wait_s. */
static double wait_s(void *argument)
{
    static const double look_s = 0.1;
    const run_state *run = argument;
    return run->journal ? run_journal_wait_s(run->journal) : look_s;
}

static const method *default_method(const run_state *run)
{
    int is_starred = run->setup.options.items.kind == ITEMS_CSV || items_width(run->setup.items) != 1;
    return method_find(is_starred ? "istarmap" : "imap");
}

/* With a journal, results of all methods are recorded as they come. */
static rp_status open_journal(run_state *run, rp_error *error)
{
    if (!run->setup.options.resume.path) return RP_OK;
    rp_pool_options *pool = &run->setup.options.pool;
    if (pool->on_lost == RP_ON_LOST_DEFAULT) pool->on_lost = RP_ON_LOST_GO_ON;
    rp_status status = run_journal_open(&run->setup, run->method->is_ordered, &run->journal, error);
    run->method = method_find(run->method->is_starred ? "istarmap_unordered" : "imap_unordered");
    return status;
}

/* A job that looks at each end, or at large outputs, gets results as they come; they are put in order here, with a disk for what waits. */
static rp_status choose_order(run_state *run, rp_error *error)
{
    const rp_job *job = run->setup.options.job;
    char name[32];
    if (run->journal || !job->arrive || !run->method->is_lazy || !run->method->is_ordered) return RP_OK;
    snprintf(name, sizeof name, "%s_unordered", run->method->name);
    run->method = method_find(name);
    run->waiting = in_order_create();
    return run->waiting ? RP_OK : rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory to begin with");
}

static int is_live(const program_options *options)
{
    const rp_job *job = options->job;
    for (size_t i = 0; job->look && job->live_param && job->params[i].name; i++)
        if (strcmp(job->params[i].name, job->live_param) == 0) return options->values[i].integer != 0;
    return 0;
}

/* What a try has printed that fails, and what a journal may have to print again, can't be taken back. */
static rp_status choose_looks(run_state *run, rp_error *error)
{
    const program_options *options = &run->setup.options;
    run->looks = is_live(options);
    int has_order = options->job->arrive && run->method->is_lazy && run->method->is_ordered && !options->resume.path;
    int has_retries = options->pool.retries > 0 && options->pool.retries != RP_NO_RETRIES;
    int fits = has_order && !has_retries && options->format == OUTPUT_TEXT;
    if (!run->looks || fits) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "--param %s=1 goes with text in the order of the items, without --retries and --journal",
                        options->job->live_param);
}

static rp_status choose_tries(run_state *run, rp_error *error)
{
    program_options *options = &run->setup.options;
    if (!options->job->retried || options->pool.retries == 0) return RP_OK;
    run->tries = tries_create();
    options->pool.retried = tries_note;
    options->pool.retried_argument = run->tries;
    return run->tries ? RP_OK : rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory to begin with");
}

/* All checks on rank 0 alone. Opens the output last, so that an old file isn't emptied when something else is wrong. */
static rp_status prepare(run_state *run, int argc, char **argv, rp_error *error)
{
    rp_status status = setup_init(&run->setup, OPTIONS_RUN, argc, argv, error);
    if (status != RP_OK) return status;
    const program_options *options = &run->setup.options;
    run->method = options->n_methods ? options->methods[0] : default_method(run);
    status = setup_check_method(&run->setup, run->method, error);
    if (status == RP_OK && options->delay_s > 0 && !run->method->is_lazy)
        status = rp_error_set(error, RP_USAGE, 0, "--delay goes with the methods imap and istarmap");
    if (status == RP_OK && !run->method->is_lazy) status = items_load(run->setup.items, error);
    else if (status == RP_OK && options->delay_s <= 0) status = items_check(run->setup.items, error);
    if (status == RP_OK) status = choose_looks(run, error);
    if (status == RP_OK) status = open_journal(run, error);
    if (status == RP_OK) status = choose_order(run, error);
    if (status == RP_OK) status = choose_tries(run, error);
    if (status == RP_OK) status = run_display_choose(&run->setup.options, &run->shares_terminal, error);
    if (status == RP_OK) status = end_of_job_find(&run->end, &run->setup.options.pool, error);
    if (status == RP_OK) status = recording_begin(&run->setup, &run->recording, error);
    if (status == RP_OK && run->journal) return run_journal_open_output(run->journal, &run->out, error);
    if (status == RP_OK) status = setup_open_output(&run->setup, &run->out, 0, 0, error);
    return status;
}

/* A call that gives all results at once reports its first failure instead of its early end. */
static int was_cut_short(const run_state *run)
{
    return run->limits.was_reached || (!run->method->is_lazy && run->done < items_count(run->setup.items));
}

static rp_status begin_journal(run_state *run, method_call *call, rp_error *error)
{
    journal_counts counts;
    if (!run->journal) return RP_OK;
    run_journal_count(run->journal, &counts);
    tell_counts(run, &counts);
    atomic_store(&run->done_before, counts.n_done + counts.n_failed);
    if (run_limits_go_on(&run->limits, counts.n_failed, counts.n_done)) run_journal_give_nothing(run->journal);
    call->are_loaded = 0;
    call->stream = run_journal_source(run->journal);
    call->place = run_journal_place(run->journal);
    setup_delay(&run->setup, &call->stream);
    rp_status status = run_journal_begin(run->journal, (journal_sink){run_settle_row, run}, error);
    if (status == RP_OK) run_watch_begin(run->journal, run->pool, call);
    return status;
}

/* What is done is that of all runs. */
static void finish_journal(run_state *run)
{
    journal_counts counts;
    if (run->error.status == RP_OK) (void)run_journal_finish(run->journal, &run->error);
    run_journal_leave_output(run->journal);
    run_journal_count(run->journal, &counts);
    run->done = counts.n_done + counts.n_failed;
    if (counts.n_failed <= run->failures.failed) return;
    run->failures.by_cause[RP_CAUSE_TASK] += counts.n_failed - run->failures.failed; /* their turn to be printed hasn't come */
    run->failures.failed = counts.n_failed;
}

static int call_method(run_state *run, rp_pool *pool)
{
    rp_error error;
    if (!run->journal) output_begin_results(&run->out, run->setup.options.job);
    method_call call =
        setup_call(&run->setup, pool, (method_sink){deliver, idle, run->journal || run->looks ? wait_s : NULL, run, &run->place});
    rp_status status = begin_journal(run, &call, &error);
    if (status == RP_OK) status = run->method->run(&call, &error);
    if (run->journal) finish_journal(run);
    if (run->waiting && run->error.status == RP_OK && !run->ends_here) {
        in_order_end(run->waiting);
        (void)run_settle_waiting(run);
    }
    if (run->error.status != RP_OK) return program_fail(&run->error);
    int is_short = run->n_ended > 0 && (status == RP_OK || status == RP_FAILED);
    if (status == RP_CANCELLED || status == RP_CLOSED || is_short) return PROGRAM_STOPPED;
    int is_told = status == RP_OK || (status == RP_FAILED && run->failures.failed > 0);
    return is_told ? PROGRAM_OK : program_fail(&error);
}

/* Before anything else can fail. The error of a call that ended early may be the same. */
static int flush(run_state *run, int exit_status)
{
    rp_error error;
    int is_told = run->error.status != RP_OK || output_flush(&run->out, &error) == RP_OK;
    return is_told ? exit_status : program_fail(&error);
}

/* A lost rank counts more than how the call ended. What it had may have been printed already. */
static int check_ranks(const rp_pool *pool, int exit_status)
{
    rp_error lost;
    if (exit_status == PROGRAM_LOST || rp_pool_check(pool, &lost) == RP_OK) return exit_status;
    return program_fail(&lost);
}

static int open_pool(run_state *run)
{
    rp_error error;
    if (run->setup.options.pool.executor == RP_EXECUTOR_SERIAL) signals_spare_main();
    lost_ranks_watch(&run->setup.options.pool, run->setup.options.quiet);
    if (rp_pool_open(&run->setup.options.pool, &run->pool, &error) != RP_OK) return program_fail(&error);
    if (setup_opened(&run->setup, run->pool, &error) != RP_OK) {
        rp_pool_free(run->pool);
        return program_fail(&error);
    }
    program_has_bar(run->pool);
    signals_spare_main(); /* a blocking call runs items in this thread too */
    if (!run->setup.options.quiet) program_say_warnings(run->pool);
    if (!run->setup.options.quiet) run_display_advise(&run->setup.options);
    return PROGRAM_OK;
}

/* What the job makes of all results. */
static int finish_job(run_state *run, int exit_status)
{
    const rp_job *job = run->setup.options.job;
    rp_error error;
    if (!job->finish || job->finish(run->setup.bound_state, &error) == RP_OK) return exit_status;
    int failed = program_fail(&error);
    return exit_status == PROGRAM_OK ? failed : exit_status;
}

static int run_prepared(run_state *run)
{
    int opened = open_pool(run);
    if (opened != PROGRAM_OK) return opened;
    rp_pool *pool = run->pool;
    const rp_pool_options *options = &run->setup.options.pool;
    signals_watch(pool, &(signals_end){.stops = run->journal ? run_end_note_stop : NULL,
                                       .give_up = options->record || run->journal ? run_end_give_up : NULL,
                                       .say = run_end_say_given_up,
                                       .argument = run,
                                       .ends_items = run->setup.options.job->task->flags & RP_TASK_ENDS_ITEMS});
    run->time_watch = time_watch_begin(&run->end, pool, options->time_request_s, !run->setup.options.quiet);
    run->limits = (run_limits){.options = &run->setup.options, .items = run->setup.items};
    run->begun_s = program_now_s();
    int exit_status = call_method(run, pool);
    exit_status = flush(run, exit_status);
    int signal_number = signals_unwatch();
    int was_cut = was_cut_short(run);
    run_end_time(run);
    run_end_count_unread(run);
    exit_status = check_ranks(pool, exit_status);
    if (run->setup.options.pool.record) recording_gather(&run->recording, pool);
    program_has_bar(NULL);
    rp_pool_free(pool); /* draws the last line of the progress */
    rp_status told = run->error.status == RP_OK ? tell_tries(run) : RP_OK;
    if (told != RP_OK && exit_status == PROGRAM_OK) exit_status = program_fail(&run->error);
    exit_status = finish_job(run, exit_status);
    int is_ended = signal_number || run->time_is_over;
    if (exit_status == PROGRAM_STOPPED || (exit_status == PROGRAM_OK && is_ended && was_cut)) return run_end_say(run, signal_number);
    int failed = run_end_summarise(run, was_cut, exit_status);
    return exit_status == PROGRAM_OK ? failed : exit_status;
}

int run_client(rp_pool *pool, int argc, char **argv)
{
    (void)pool;
    run_state *run = calloc(1, sizeof *run);
    rp_error error;
    if (!run) return program_fail_memory();
    int exit_status = prepare(run, argc, argv, &error) == RP_OK ? run_prepared(run) : program_fail(&error);
    if (output_close(&run->out, &error) != RP_OK && exit_status != PROGRAM_LOST) exit_status = program_fail(&error);
    if (recording_end(&run->recording, &run->setup, &error) != RP_OK && exit_status != PROGRAM_LOST) exit_status = program_fail(&error);
    if (run_journal_close(run->journal, exit_status == PROGRAM_LOST, &error) != RP_OK && exit_status != PROGRAM_LOST)
        exit_status = program_fail(&error);
    in_order_destroy(run->waiting);
    tries_destroy(run->tries);
    setup_fini(&run->setup);
    free(run);
    return exit_status;
}
