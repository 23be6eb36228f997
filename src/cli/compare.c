/*
 * compare.c: the command `compare`. All pools are open all the time; idle ones sleep. After a warm-up, each round runs every contestant
 * once, and each round begins with another contestant. So what disturbs the machine for a while disturbs all of them. The results of every
 * run are compared with those of the serial loop.
 */
#include "compare.h"
#include "gather.h"
#include "leaderboard.h"
#include "program.h"
#include "setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Five back ends, each without and with progress, and two for the reference points. */
enum { MAX_POOLS = 2 * OPTIONS_MAX_BACKENDS + 2, MAX_CONTESTANTS = MAX_POOLS * OPTIONS_MAX_METHODS };

typedef struct contestant {
    const char *label;
    const method *method;
    int progress;
    rp_pool *pool;
    double *seconds;
} contestant;

typedef struct compare {
    setup setup;
    rp_pool *pools[MAX_POOLS];
    size_t n_pools;
    contestant contestants[MAX_CONTESTANTS];
    size_t n_contestants;
    double *seconds; /* runs for each contestant */
    FILE *progress;  /* where displays go */
    gather reference, results;
    output out;
} compare;

/* ---- the contestants ---- */

static rp_status open_pool(compare *all, rp_executor executor, int progress, rp_pool **pool, rp_error *error)
{
    rp_pool_options options = all->setup.options.pool;
    options.executor = executor;
    options.progress = progress ? RP_PROGRESS_ALWAYS : RP_PROGRESS_NEVER;
    options.progress_stream = all->progress;
    rp_status status = rp_pool_open(&options, pool, error);
    if (status == RP_OK) all->pools[all->n_pools++] = *pool;
    return status;
}

static void add(compare *all, const char *label, const method *chosen, int progress, rp_pool *pool)
{
    all->contestants[all->n_contestants++] = (contestant){label, chosen, progress, pool, NULL};
}

static int takes_part(const compare *all, const method *candidate)
{
    const program_options *options = &all->setup.options;
    int is_chosen = options->n_methods == 0;
    for (size_t i = 0; i < options->n_methods; i++) is_chosen |= options->methods[i] == candidate;
    return is_chosen && (candidate->is_starred || items_width(all->setup.items) == 1);
}

/* Adds the methods of a back end without progress, and the best-known ones with progress too. */
static rp_status add_backend(compare *all, rp_executor executor, rp_error *error)
{
    static const char *const with_progress[] = {"map", "starmap", "imap", "istarmap"};
    rp_pool *plain, *drawing = NULL;
    rp_status status = open_pool(all, executor, 0, &plain, error);
    if (status == RP_OK && all->progress) status = open_pool(all, executor, 1, &drawing, error);
    if (status != RP_OK) return status;
    for (const method *candidate = methods; candidate->name; candidate++)
        if (takes_part(all, candidate)) add(all, candidate->name, candidate, 0, plain);
    int n_drawing = 0;
    for (size_t i = 0; drawing && i < sizeof with_progress / sizeof *with_progress; i++) {
        const method *candidate = method_find(with_progress[i]);
        int is_double = candidate->is_starred && n_drawing > 0 && items_width(all->setup.items) == 1;
        if (!takes_part(all, candidate) || is_double) continue;
        add(all, candidate->name, candidate, 1, drawing);
        n_drawing++;
    }
    return RP_OK;
}

static int has_baseline(const compare *all)
{
    for (size_t i = 0; i < all->n_contestants; i++) {
        rp_pool_info info;
        rp_pool_get_info(all->contestants[i].pool, &info);
        if (info.executor == RP_EXECUTOR_PTHREAD && !all->contestants[i].progress) return 1;
    }
    return 0;
}

/* All back ends of this build; those over ranks only if there are several ranks. Returns how many. */
static size_t usual_backends(rp_executor usual[OPTIONS_MAX_BACKENDS])
{
    rp_name row;
    size_t n = 0;
    for (size_t k = 0; n < OPTIONS_MAX_BACKENDS && rp_enumeration("rp_executor", k, &row); k++) {
        int spans_ranks = row.value == RP_EXECUTOR_MPI || row.value == RP_EXECUTOR_HYBRID;
        if (row.value != RP_EXECUTOR_AUTO && (!spans_ranks || rp_main_ranks() > 1)) usual[n++] = (rp_executor)row.value;
    }
    return n;
}

/* The serial loop comes first. The pthread baseline takes part whatever was chosen. */
static rp_status add_contestants(compare *all, rp_error *error)
{
    rp_executor usual[OPTIONS_MAX_BACKENDS];
    size_t n_usual = usual_backends(usual);
    const program_options *options = &all->setup.options;
    const rp_executor *backends = options->n_backends ? options->backends : usual;
    size_t n = options->n_backends ? options->n_backends : n_usual;
    const method *loop = method_find(items_width(all->setup.items) == 1 ? "map" : "starmap");
    rp_pool *pool;
    rp_status status = open_pool(all, RP_EXECUTOR_SERIAL, 0, &pool, error);
    if (status == RP_OK) add(all, "serial loop", loop, 0, pool);
    for (size_t i = 0; i < n && status == RP_OK; i++) {
        status = add_backend(all, backends[i], error);
        if (status == RP_UNSUPPORTED && !options->n_backends) {
            program_say("warning: left out: %s", rp_error_text(error));
            status = RP_OK;
        }
    }
    if (status != RP_OK || has_baseline(all)) return status;
    status = open_pool(all, RP_EXECUTOR_PTHREAD, 0, &pool, error);
    if (status == RP_OK) add(all, loop->name, loop, 0, pool);
    return status;
}

/* ---- the runs ---- */

static rp_status say_different(const compare *all, const contestant *one, int64_t index, rp_error *error)
{
    char room[VALUE_TEXT_SIZE], shown[VALUE_SHOWN_SIZE];
    rp_pool_info info;
    rp_pool_get_info(one->pool, &info);
    value_shown(items_text(all->setup.items, index, room), shown);
    return rp_error_set(error, RP_FAILED, 0, "WRONG RESULT: %s on %s differs from the serial loop at item %lld (%s)", one->label,
                        rp_executor_name(info.executor), (long long)index, shown);
}

static rp_status run_once(compare *all, const contestant *one, gather *results, double *seconds, rp_error *error)
{
    gather_reset(results);
    method_call call = setup_call(&all->setup, one->pool, gather_sink(results));
    double start = program_now_s();
    rp_status status = one->method->run(&call, error);
    *seconds = program_now_s() - start;
    if (results->failed >= 0) {
        char text[FAILURES_LINE_SIZE];
        setup_failure(&all->setup, results->failed, &results->failure, text);
        return rp_error_set(error, RP_FAILED, 0, "%s", text);
    }
    if (status != RP_OK || results == &all->reference) return status;
    int64_t different = gather_difference(&all->results, &all->reference, all->setup.options.job);
    return different < 0 ? RP_OK : say_different(all, one, different, error);
}

static rp_status run_all(compare *all, rp_error *error)
{
    size_t n = all->n_contestants;
    double warm_up;
    rp_status status = run_once(all, &all->contestants[0], &all->reference, &warm_up, error);
    for (size_t i = 1; i < n && status == RP_OK; i++) status = run_once(all, &all->contestants[i], &all->results, &warm_up, error);
    for (int round = 0; round < all->setup.options.runs; round++) {
        for (size_t i = 0; i < n && status == RP_OK; i++) {
            const contestant *one = &all->contestants[(i + (size_t)round) % n];
            status = run_once(all, one, &all->results, &one->seconds[round], error);
        }
    }
    return status;
}

/* ---- before and after ---- */

/* Progress displays always draw, so that their cost counts. They are invisible when standard error is no terminal. */
static void open_progress(compare *all)
{
    const program_options *options = &all->setup.options;
    if (options->progress_is_given && options->pool.progress == RP_PROGRESS_NEVER) return;
    all->progress = isatty(STDERR_FILENO) ? stderr : fopen("/dev/null", "we");
    if (!all->progress) program_say("warning: left out: methods with progress: can't write to /dev/null: %s", strerror(errno));
}

static rp_status prepare(compare *all, int argc, char **argv, rp_error *error)
{
    rp_status status = setup_init(&all->setup, OPTIONS_COMPARE, argc, argv, error);
    const program_options *options = &all->setup.options;
    for (size_t i = 0; i < options->n_methods && status == RP_OK; i++) status = setup_check_method(&all->setup, options->methods[i], error);
    if (status == RP_OK) status = items_load(all->setup.items, error);
    if (status == RP_OK) status = setup_open_output(&all->setup, &all->out, error);
    if (status != RP_OK) return status;
    uint64_t n_items = items_count(all->setup.items);
    status = gather_init(&all->reference, options->job->task, n_items, error);
    return status == RP_OK ? gather_init(&all->results, options->job->task, n_items, error) : status;
}

static rp_status make_room(compare *all, rp_error *error)
{
    size_t runs = (size_t)all->setup.options.runs;
    all->seconds = calloc(all->n_contestants * runs, sizeof *all->seconds);
    if (!all->seconds) return rp_error_set(error, RP_NO_MEMORY, 0, "no memory for %zu runs", runs);
    for (size_t i = 0; i < all->n_contestants; i++) all->contestants[i].seconds = all->seconds + i * runs;
    return RP_OK;
}

static leaderboard_row row_of(const contestant *one, int runs)
{
    rp_pool_info info;
    rp_pool_get_info(one->pool, &info);
    return (leaderboard_row){.method = one->label,
                             .backend = rp_executor_name(info.executor),
                             .progress = one->progress,
                             .ranks = info.ranks,
                             .threads = info.threads,
                             .workers = info.workers,
                             .seconds = statistics_of(one->seconds, runs)};
}

static rp_status write_board(compare *all, rp_error *error)
{
    const program_options *options = &all->setup.options;
    rp_rank_info here = {.cores = 0};
    leaderboard_row *rows = calloc(all->n_contestants, sizeof *rows);
    if (!rows) return rp_error_set(error, RP_NO_MEMORY, 0, "no memory for the leaderboard");
    for (size_t i = 0; i < all->n_contestants; i++) rows[i] = row_of(&all->contestants[i], options->runs);
    rp_pool_get_rank_info(all->pools[0], 0, &here);
    uint64_t n_items = items_count(all->setup.items);
    leaderboard board = {options->job->name, here.host, here.cores, n_items, options->runs, rows, all->n_contestants, 0};
    leaderboard_rank(&board);
    leaderboard_write(&board, &all->out);
    free(rows);
    return output_flush(&all->out, error);
}

static int run_prepared(compare *all)
{
    rp_error error;
    open_progress(all);
    rp_status status = add_contestants(all, &error);
    if (status == RP_OK) program_say_warnings(all->pools[all->n_pools - 1]);
    if (status == RP_OK) status = make_room(all, &error);
    if (status == RP_OK) status = run_all(all, &error);
    if (status == RP_OK) status = write_board(all, &error);
    return status == RP_OK ? PROGRAM_OK : program_fail(&error);
}

int compare_client(rp_pool *pool, int argc, char **argv)
{
    (void)pool;
    compare *all = calloc(1, sizeof *all);
    rp_error error;
    if (!all) return program_fail_memory();
    int exit_status = prepare(all, argc, argv, &error) == RP_OK ? run_prepared(all) : program_fail(&error);
    while (all->n_pools > 0) rp_pool_free(all->pools[--all->n_pools]);
    if (output_close(&all->out, &error) != RP_OK && exit_status != PROGRAM_LOST) exit_status = program_fail(&error);
    if (all->progress && all->progress != stderr) fclose(all->progress);
    gather_fini(&all->reference);
    gather_fini(&all->results);
    free(all->seconds);
    setup_fini(&all->setup);
    free(all);
    return exit_status;
}
