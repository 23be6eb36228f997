/* measure.c: see measure.h. */
#include "measure.h"
#include "leaderboard_data.h"
#include "program.h"

#include <stdlib.h>
#include <string.h>

typedef struct measurement {
    const measure_kind *kind;
    contest contest;
    machine_state before, after;
    leaderboard_row *rows;
    leaderboard board;
} measurement;

/* ---- the rows ---- */

static leaderboard_row row_of(const contestant *one, int is_loop, size_t runs)
{
    rp_pool_info info;
    rp_pool_get_info(one->pool, &info);
    return (leaderboard_row){.method = one->label,
                             .backend = rp_executor_name(info.executor),
                             .is_loop = is_loop,
                             .progress = one->progress,
                             .ranks = info.ranks,
                             .threads = info.threads,
                             .workers = info.workers,
                             .seconds = one->seconds,
                             .sorted = one->sorted,
                             .n_runs = one->failed ? 0 : runs,
                             .warm_up_s = one->warm_up_s};
}

static rp_status make_board(measurement *all, rp_rank_info *here, rp_error *error)
{
    const contest *from = &all->contest;
    const program_options *options = &from->setup.options;
    all->rows = calloc(from->n_contestants, sizeof *all->rows);
    if (!all->rows) return rp_error_set(error, RP_NO_MEMORY, 0, "no memory for the leaderboard");
    for (size_t i = 0; i < from->n_contestants; i++) {
        leaderboard_row *row = &all->rows[i];
        *row = row_of(&from->contestants[i], i == 0, (size_t)options->runs);
        if (row->is_loop) snprintf(row->name, sizeof row->name, "the serial loop");
        else all->kind->name(row, row->name);
    }
    rp_pool_get_rank_info(from->pools[0], 0, here);
    all->board = (leaderboard){.job = options->job->name,
                               .host = here->host,
                               .cores = here->cores,
                               .load = all->before.load,
                               .items = items_count(from->setup.items),
                               .runs = options->runs,
                               .rows = all->rows,
                               .n_rows = from->n_contestants};
    leaderboard_rate(&all->board);
    return RP_OK;
}

/* ---- what is written ---- */

static int is_for_people(const program_options *options) { return options->format == OUTPUT_TEXT || options->format == OUTPUT_MARKDOWN; }

/* Data has all rows, and doubts about it go to standard error. */
static void say_doubts(const verdict *about)
{
    char text[VERDICT_SIZE];
    int is_doubt;
    for (int k = 0; verdict_sentence(about, k, &is_doubt, text); k++)
        if (is_doubt) program_say("%s", text);
}

/* Returns how many rows were left out. */
static size_t choose_rows(measurement *all)
{
    const program_options *options = &all->contest.setup.options;
    size_t n = all->board.n_rows;
    if (all->kind->keeps_best && !options->all && options->n_methods == 0) leaderboard_keep_best(&all->board);
    return n - all->board.n_rows;
}

static rp_status write_board(measurement *all, rp_error *error)
{
    output *out = &all->contest.out;
    verdict about = {
        .board = &all->board, .before = &all->before, .after = &all->after, .wants_fewest = all->kind->layout == LEADERBOARD_CURVES};
    int is_table = is_for_people(&all->contest.setup.options);
    if (is_table) about.n_hidden = choose_rows(all);
    int done = leaderboard_place(&all->board);
    if (all->kind->is_sorted) leaderboard_sort(&all->board);
    if (is_table) done = leaderboard_table_write(&about, all->kind->layout, out) && done;
    else leaderboard_data_write(&all->board, out);
    rp_status status = done ? output_flush(out, error) : rp_error_set(error, RP_NO_MEMORY, 0, "no memory for the table");
    if (status == RP_OK && !is_table) say_doubts(&about);
    return status;
}

/* After the table, which is there whatever becomes of the picture. */
static rp_status draw(measurement *all, rp_error *error)
{
    const char *path = all->contest.setup.options.plot;
    if (!path) return RP_OK;
    (void)choose_rows(all);
    if (!leaderboard_place(&all->board)) return rp_error_set(error, RP_NO_MEMORY, 0, "no memory for the picture");
    return plot_make(&all->board, all->kind->plot, path, error);
}

/* ---- the course ---- */

static rp_status check_picture(const contest *made, rp_error *error)
{
    const program_options *options = &made->setup.options;
    if (!options->plot) return RP_OK;
    if (items_come_from(made->setup.items, options->plot) || (options->output && strcmp(options->output, options->plot) == 0))
        return rp_error_set(error, RP_USAGE, 0, "--plot: '%s' is another file of this command; give another name", options->plot);
    return plot_check(options->plot, error);
}

static rp_status run(measurement *all, int argc, char **argv, rp_error *error)
{
    rp_rank_info here = {.cores = 0};
    contest *made = &all->contest;
    rp_status status = contest_init(made, all->kind->command, argc, argv, error);
    if (status == RP_OK) status = check_picture(made, error);
    if (status != RP_OK) return status;
    machine_look("", &all->before);
    status = all->kind->add(made, error);
    if (status == RP_OK) status = contest_run(made, error);
    machine_look("", &all->after);
    if (status == RP_OK) status = make_board(all, &here, error);
    if (status == RP_OK) status = write_board(all, error);
    return status == RP_OK ? draw(all, error) : status;
}

int measure(const measure_kind *kind, int argc, char **argv)
{
    rp_error error;
    measurement *all = calloc(1, sizeof *all);
    if (!all) return program_fail_memory();
    all->kind = kind;
    int exit_status = run(all, argc, argv, &error) == RP_OK ? PROGRAM_OK : program_fail(&error);
    if (exit_status == PROGRAM_OK && all->contest.n_failed > 0) exit_status = PROGRAM_ITEMS_FAILED;
    if (output_close(&all->contest.out, &error) != RP_OK && exit_status != PROGRAM_LOST) exit_status = program_fail(&error);
    contest_fini(&all->contest);
    free(all->rows);
    free(all);
    return exit_status;
}
