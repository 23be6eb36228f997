/*
 * compare.c: the command `compare`: who takes part. Each method runs on each back end, and the best-known ones with a progress display too
 * if that is wanted.
 */
#include "compare.h"
#include "measure.h"
#include "program.h"

#include <errno.h>
#include <string.h>

/* Displays draw as often as a bar on a terminal does, to nowhere: standard error shows what is left. */
static const double bar_interval_s = 0.1;

static rp_status open_pool(contest *made, rp_executor executor, FILE *display, rp_pool **pool, rp_error *error)
{
    rp_pool_options options = made->setup.options.pool;
    options.executor = executor;
    options.progress = display ? RP_PROGRESS_ALWAYS : RP_PROGRESS_NEVER;
    options.progress_stream = display;
    options.progress_interval_s = bar_interval_s;
    return contest_open_pool(made, &options, pool, error);
}

static int takes_part(const contest *made, const method *candidate)
{
    const program_options *options = &made->setup.options;
    int is_chosen = options->n_methods == 0;
    for (size_t i = 0; i < options->n_methods; i++) is_chosen |= options->methods[i] == candidate;
    return is_chosen && (candidate->is_starred || items_width(made->setup.items) == 1);
}

static rp_status add_plain(contest *made, rp_executor executor, rp_error *error)
{
    rp_pool *pool;
    rp_status status = open_pool(made, executor, NULL, &pool, error);
    for (const method *candidate = methods; candidate->name && status == RP_OK; candidate++)
        if (takes_part(made, candidate))
            status = contest_add(made, (contestant){.label = candidate->name, .method = candidate, .pool = pool}, error);
    return status;
}

/* Methods that differ only in the number of columns draw alike, so one of them is enough. */
static rp_status add_drawing(contest *made, rp_executor executor, FILE *display, rp_error *error)
{
    static const char *const names[] = {"map", "starmap", "imap", "istarmap"};
    rp_pool *pool;
    rp_status status = open_pool(made, executor, display, &pool, error);
    int n = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names && status == RP_OK; i++) {
        const method *candidate = method_find(names[i]);
        int is_double = candidate->is_starred && n > 0 && items_width(made->setup.items) == 1;
        if (!takes_part(made, candidate) || is_double) continue;
        status = contest_add(made, (contestant){.label = candidate->name, .method = candidate, .pool = pool, .progress = 1}, error);
        n++;
    }
    return status;
}

static int has_baseline(const contest *made)
{
    for (size_t i = 0; i < made->n_contestants; i++) {
        rp_pool_info info;
        rp_pool_get_info(made->contestants[i].pool, &info);
        if (info.executor == RP_EXECUTOR_PTHREAD && !made->contestants[i].progress) return 1;
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

/* NULL: displays aren't wanted. */
static FILE *open_display(const program_options *options)
{
    int is_wanted = options->progress_is_given ? options->pool.progress == RP_PROGRESS_ALWAYS : options->all;
    FILE *display = is_wanted ? fopen("/dev/null", "we") : NULL;
    if (is_wanted && !display) program_say("warning: left out: methods with progress: can't write to /dev/null: %s", strerror(errno));
    return display;
}

static rp_status add_backends(contest *made, FILE *display, rp_error *error)
{
    rp_executor usual[OPTIONS_MAX_BACKENDS];
    size_t n_usual = usual_backends(usual);
    const program_options *options = &made->setup.options;
    const rp_executor *backends = options->n_backends ? options->backends : usual;
    size_t n = options->n_backends ? options->n_backends : n_usual;
    rp_status status = RP_OK;
    for (size_t i = 0; i < n && status == RP_OK; i++) {
        status = add_plain(made, backends[i], error);
        if (status == RP_OK && display) status = add_drawing(made, backends[i], display, error);
        if (status != RP_UNSUPPORTED || options->n_backends) continue;
        program_say("warning: left out: %s", rp_error_text(error));
        status = RP_OK;
    }
    return status;
}

/* The serial loop comes first. The pthread baseline takes part whatever was chosen. */
static rp_status add_contestants(contest *made, rp_error *error)
{
    rp_status status = contest_add_loop(made, error);
    made->display = open_display(&made->setup.options);
    if (status == RP_OK) status = add_backends(made, made->display, error);
    if (status == RP_OK) program_say_warnings(made->pools[made->n_pools - 1]);
    if (status != RP_OK || has_baseline(made)) return status;
    contestant baseline = {.label = contest_plain_method(made)->name, .method = contest_plain_method(made)};
    status = open_pool(made, RP_EXECUTOR_PTHREAD, NULL, &baseline.pool, error);
    return status == RP_OK ? contest_add(made, baseline, error) : status;
}

static void name(const leaderboard_row *row, char text[LEADERBOARD_NAME_SIZE])
{
    snprintf(text, LEADERBOARD_NAME_SIZE, "%s%s on %s (%d × %d)", row->method, row->progress ? " + progress" : "", row->backend, row->ranks,
             row->threads);
}

int compare_client(rp_pool *pool, int argc, char **argv)
{
    static const measure_kind kind = {OPTIONS_COMPARE, LEADERBOARD_METHODS, plot_script_bars, 1, 1, add_contestants, name};
    (void)pool;
    return measure(&kind, argc, argv);
}
