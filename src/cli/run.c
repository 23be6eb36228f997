/*
 * run.c: the command `run`. All mistakes that can be found before the pool is opened are found then. After that, each result is written and
 * each failure is printed as it comes.
 */
#include "run.h"
#include "in_order.h"
#include "program.h"
#include "recording.h"
#include "setup.h"
#include "signals.h"
#include "tries.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct run_state {
    setup setup;
    const method *method;
    in_order *waiting; /* results come as items end, and wait for their turn here; NULL: they come in the order they are written in */
    tries *tries;      /* that failed, and that the job hasn't been told of; NULL: it doesn't ask for them */
    rp_pool *pool;
    output out;
    recording recording;
    uint64_t done;                  /* items that ran, with a result or a failure */
    uint64_t n_failed, n_succeeded; /* items that have ended, for --halt */
    int is_halted;
    int ends_here; /* an item failed, and what comes behind it isn't wanted, although some of it may have run */
    failures failures;
    double begun_s, idled_s; /* when the run began, and when there was nothing to write last */
    int shares_terminal;     /* results go where the progress bar is */
    rp_error error;          /* why the sink ended the call */
} run_state;

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

/* The turn of an item has come: writes its row, and prints its failure. */
static rp_status settle(run_state *run, const rp_job_outcome *outcome)
{
    const rp_error *failure = outcome->failure;
    run->done++;
    rp_status status = write_result(run, outcome);
    if (failure) take_failure(run, outcome, failure);
    if (status != RP_OK || !failure || failure->status == RP_LOST) return status; /* a loss ends the call by itself, after all its rows */
    if (failed_too_often(run)) return RP_CANCELLED;
    run->ends_here = run->setup.options.pool.on_error != RP_ON_ERROR_COLLECT;
    return run->ends_here ? RP_FAILED : RP_OK;
}

/* Settles what waits and whose turn has come. */
static rp_status settle_waiting(run_state *run)
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
    return status == RP_OK ? settle_waiting(run) : status;
}

/* --halt. */
static void count_for_halt(run_state *run, const rp_job_outcome *outcome)
{
    const halt *wanted = &run->setup.options.halt;
    if (outcome->failure) run->n_failed++;
    else run->n_succeeded++;
    if (run->is_halted || !halt_is_reached(wanted, run->n_failed, run->n_succeeded, items_total(run->setup.items))) return;
    run->is_halted = 1;
    if (wanted->how == HALT_NOW) rp_pool_terminate(run->pool);
    else rp_pool_stop(run->pool);
    if (wanted->how == HALT_NOW) program_say("--halt ends the run; what still runs is ended, and its output dropped");
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
    rp_status status = tell_tries(run);
    if (status == RP_OK && job->arrive) status = job->arrive(run->setup.bound_state, &outcome, &run->error);
    count_for_halt(run, &outcome);
    if (status == RP_OK) status = run->waiting ? settle_in_turn(run, &outcome) : settle(run, &outcome);
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
    let_some_gather(run);
    return output_flush(&run->out, &run->error);
}

static const method *default_method(const run_state *run)
{
    int is_starred = run->setup.options.items.kind == ITEMS_CSV || items_width(run->setup.items) != 1;
    return method_find(is_starred ? "istarmap" : "imap");
}

/* A job that looks at each end, or at large outputs, gets results as they come; they are put in order here, with a disk for what waits. */
static rp_status choose_order(run_state *run, rp_error *error)
{
    const rp_job *job = run->setup.options.job;
    char name[32];
    if (!job->arrive || !run->method->is_lazy || !run->method->is_ordered) return RP_OK;
    snprintf(name, sizeof name, "%s_unordered", run->method->name);
    run->method = method_find(name);
    run->waiting = in_order_create();
    return run->waiting ? RP_OK : rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory to begin with");
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

static int are_one_terminal(int a, int b)
{
    struct stat of_a, of_b;
    return isatty(a) && isatty(b) && fstat(a, &of_a) == 0 && fstat(b, &of_b) == 0 && of_a.st_rdev == of_b.st_rdev;
}

/* Bars and lines are the default: a batch job's log should say how far it is. */
static rp_status choose_progress(run_state *run, rp_error *error)
{
    program_options *options = &run->setup.options;
    const char *wanted = getenv("RANKPOOL_PROGRESS");
    rp_error cause;
    if (!options->progress_is_given) options->pool.progress = RP_PROGRESS_AUTO;
    if (!options->progress_is_given && wanted && *wanted && rp_pool_options_set(&options->pool, "progress", wanted, &cause) != RP_OK)
        return rp_error_set(error, RP_USAGE, 0, "RANKPOOL_PROGRESS: %s", cause.message);
    if (options->quiet) options->pool.progress = RP_PROGRESS_NEVER;
    options->pool.progress_name = options->job->name;
    run->shares_terminal = !options->output && are_one_terminal(STDOUT_FILENO, STDERR_FILENO);
    return RP_OK;
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
    if (status == RP_OK) status = choose_order(run, error);
    if (status == RP_OK) status = choose_tries(run, error);
    if (status == RP_OK) status = choose_progress(run, error);
    if (status == RP_OK) status = recording_begin(&run->setup, &run->recording, error);
    if (status == RP_OK) status = setup_open_output(&run->setup, &run->out, error);
    return status;
}

/* A call that gives all results at once reports its first failure instead of its early end. */
static int was_cut_short(const run_state *run) { return !run->method->is_lazy && run->done < items_count(run->setup.items); }

/* Counts failures of calls that were given up, whose results nobody asked for. */
static void count_unread(run_state *run, const rp_pool *pool)
{
    uint64_t told = run->failures.failed + run->failures.lost, all = rp_pool_failures(pool);
    run->failures.unread = all > told ? all - told : 0;
}

static const char *what_ended(const run_state *run, int was_cut)
{
    if (run->failures.lost > 0) return "";
    if (run->is_halted) return "; --halt ended the run";
    if (run->setup.options.pool.on_error != RP_ON_ERROR_COLLECT)
        return "; the first one ended the run, --on-error collect runs the others too";
    return was_cut ? "; --max-failures ended the run" : "";
}

/* Prints the closing line, when something failed. */
static int summarise(const run_state *run, int was_cut)
{
    char text[FAILURES_SUMMARY_SIZE];
    if (items_input_was_empty(run->setup.items)) program_say("warning: no items: standard input is empty");
    if (run->failures.failed + run->failures.unread + run->failures.lost == 0) return PROGRAM_OK;
    failures_summary(&run->failures, run->done, program_now_s() - run->begun_s, text);
    program_say("%s%s", text, what_ended(run, was_cut));
    return PROGRAM_ITEMS_FAILED;
}

/* How many items there are isn't known of a pipe, nor of a large file whose lines can't be wrong. */
static int say_drained(const run_state *run, int signal_number, const char *failed)
{
    unsigned long long done = run->done + run->failures.unread, all = items_total(run->setup.items);
    const char *name = signals_name(signal_number);
    if (all > 0) program_say("drained after %s: %llu of %llu items are done%s", name, done, all, failed);
    else program_say("drained after %s: %llu items are done%s; how many are left isn't known", name, done, failed);
    return PROGRAM_DRAINED;
}

/* Prints what stopped the run: a signal, or else too many failed items. */
static int say_stopped(const run_state *run, int signal_number)
{
    char failed[64] = "";
    uint64_t unread = run->failures.unread, n_failed = run->failures.failed + unread;
    if (!signal_number) return summarise(run, 1);
    if (n_failed > 0) snprintf(failed, sizeof failed, ", of which %llu failed", (unsigned long long)n_failed);
    if (signals_drains(signal_number)) return say_drained(run, signal_number, failed);
    program_say("stopped by %s after %llu items%s", signals_name(signal_number), (unsigned long long)(run->done + unread), failed);
    return PROGRAM_STOPPED + signal_number;
}

static int call_method(run_state *run, rp_pool *pool)
{
    rp_error error;
    output_begin_results(&run->out, run->setup.options.job);
    method_call call = setup_call(&run->setup, pool, (method_sink){deliver, idle, run});
    rp_status status = run->method->run(&call, &error);
    if (run->waiting && run->error.status == RP_OK && !run->ends_here) {
        in_order_end(run->waiting);
        (void)settle_waiting(run);
    }
    if (run->error.status != RP_OK) return program_fail(&run->error);
    if (status == RP_CANCELLED || status == RP_CLOSED) return PROGRAM_STOPPED;
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

/* People who try functions like to know it; scripts chose already. */
static void advise_isolation(const run_state *run)
{
    const program_options *options = &run->setup.options;
    if (!options->job->may_crash || options->pool.isolation != RP_ISOLATION_NONE || !isatty(STDERR_FILENO)) return;
    program_say("if what %s runs crashes, the run ends; with --isolate only its item fails", options->job->name);
}

static int open_pool(run_state *run)
{
    rp_error error;
    if (run->setup.options.pool.executor == RP_EXECUTOR_SERIAL) signals_spare_main();
    if (rp_pool_open(&run->setup.options.pool, &run->pool, &error) != RP_OK) return program_fail(&error);
    if (setup_opened(&run->setup, run->pool, &error) != RP_OK) {
        rp_pool_free(run->pool);
        return program_fail(&error);
    }
    program_has_bar(run->pool);
    signals_spare_main(); /* a blocking call runs items in this thread too */
    if (!run->setup.options.quiet) program_say_warnings(run->pool);
    if (!run->setup.options.quiet) advise_isolation(run);
    return PROGRAM_OK;
}

/* In the signal thread: items don't end, and the program will end without them. */
static void give_up(void *argument)
{
    run_state *run = argument;
    rp_error error;
    recording_gather(&run->recording, run->pool);
    if (recording_end(&run->recording, &run->setup, &error) != RP_OK) (void)program_fail(&error);
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
    signals_watch(pool, run->setup.options.pool.record ? give_up : NULL, run);
    run->begun_s = program_now_s();
    int exit_status = call_method(run, pool);
    exit_status = flush(run, exit_status);
    int signal_number = signals_unwatch();
    int was_cut = was_cut_short(run);
    count_unread(run, pool);
    exit_status = check_ranks(pool, exit_status);
    if (run->setup.options.pool.record) recording_gather(&run->recording, pool);
    program_has_bar(NULL);
    rp_pool_free(pool); /* draws the last line of the progress */
    rp_status told = run->error.status == RP_OK ? tell_tries(run) : RP_OK;
    if (told != RP_OK && exit_status == PROGRAM_OK) exit_status = program_fail(&run->error);
    exit_status = finish_job(run, exit_status);
    if (exit_status == PROGRAM_STOPPED || (exit_status == PROGRAM_OK && signal_number && was_cut)) return say_stopped(run, signal_number);
    int failed = summarise(run, was_cut);
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
    in_order_destroy(run->waiting);
    tries_destroy(run->tries);
    setup_fini(&run->setup);
    free(run);
    return exit_status;
}
