/* leaderboard_table.c: see leaderboard_table.h. A table has one unit of time. */
#include "leaderboard_table.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MOST_COLUMNS = 9, HEADING_SIZE = 24 };

static const char *plural(int n) { return n == 1 ? "" : "s"; }

static void write_title(const leaderboard *board, FILE *file)
{
    fprintf(file, "%s: %llu item%s, %d run%s of each after a warm-up; host %s, %d core%s", board->job, (unsigned long long)board->items,
            board->items == 1 ? "" : "s", board->runs, plural(board->runs), board->host, board->cores, plural(board->cores));
    if (board->load >= 0) fprintf(file, ", load %.2f before", board->load);
    fputs("\n\n", file);
}

/* ---- cells ---- */

static void add_place(table *made, const leaderboard_row *row)
{
    if (row->place > 0) table_add(made, "%d", row->place);
    else table_add(made, "-");
}

static void add_median(table *made, const leaderboard_row *row, leaderboard_unit unit)
{
    if (row->n_runs > 0) table_add(made, "%.*f", unit.decimals, row->times.median * unit.scale);
    else table_add(made, "failed");
}

static void add_interval(table *made, const leaderboard_row *row, leaderboard_unit unit)
{
    if (row->n_runs > 0)
        table_add(made, "%.*f – %.*f", unit.decimals, row->times.low * unit.scale, unit.decimals, row->times.high * unit.scale);
    else table_add(made, "-");
}

static void add_speedup(table *made, const leaderboard_row *row)
{
    if (row->speedup > 0) table_add(made, "%s%.2f", row->is_capped ? "≈" : "", row->speedup);
    else table_add(made, "-");
}

static void add_to_pthread(table *made, const leaderboard_row *row)
{
    if (row->to_pthread > 0) table_add(made, "%.2f", row->to_pthread);
    else table_add(made, "-");
}

static void add_efficiency(table *made, const leaderboard_row *row)
{
    if (row->efficiency > 0) table_add(made, "%.0f%%", 100 * row->efficiency);
    else table_add(made, "-");
}

static void add_method_row(table *made, const leaderboard_row *row, leaderboard_unit unit)
{
    add_place(made, row);
    table_add(made, "%s%s", row->method, row->progress ? " + progress" : "");
    table_add(made, "%s", row->backend);
    table_add(made, "%d × %d", row->ranks, row->threads);
    add_median(made, row, unit);
    add_speedup(made, row);
    add_interval(made, row, unit);
    add_to_pthread(made, row);
    add_efficiency(made, row);
}

static void add_curve_row(table *made, const leaderboard_row *row, leaderboard_unit unit)
{
    char workers[LEADERBOARD_WORKERS_SIZE];
    table_add(made, "%s", leaderboard_workers(row, workers));
    table_add(made, "%s", row->backend);
    table_add(made, "%d", row->workers);
    add_place(made, row);
    add_median(made, row, unit);
    add_speedup(made, row);
    add_interval(made, row, unit);
    add_efficiency(made, row);
}

/* ---- the whole ---- */

static size_t name_columns(leaderboard_layout layout, table_column columns[MOST_COLUMNS], const char *median, const char *interval)
{
    const table_column methods[] = {{"place", 0},    {"method", 1}, {"back end", 1},     {"workers", 0},   {median, 0},
                                    {"speed-up", 0}, {interval, 0}, {"time/pthread", 0}, {"efficiency", 0}};
    const table_column curves[] = {{"workers are", 1}, {"back end", 1}, {"workers", 0}, {"place", 0},
                                   {median, 0},        {"speed-up", 0}, {interval, 0},  {"efficiency", 0}};
    if (layout == LEADERBOARD_METHODS) memcpy(columns, methods, sizeof methods);
    else memcpy(columns, curves, sizeof curves);
    return layout == LEADERBOARD_METHODS ? sizeof methods / sizeof *methods : sizeof curves / sizeof *curves;
}

/* Where a terminal shows it, the columns that it has now; 0: no terminal. */
static int terminal_columns(const output *out)
{
    struct winsize size;
    if (!out->is_terminal) return 0;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static int has_utf8(void)
{
    const char *locale = getenv("LC_ALL");
    if (!locale || !*locale) locale = getenv("LC_CTYPE");
    if (!locale || !*locale) locale = getenv("LANG");
    return locale && (strcasestr(locale, "UTF-8") || strcasestr(locale, "UTF8"));
}

static void write_sentences(const verdict *about, FILE *file)
{
    char text[VERDICT_SIZE];
    int is_doubt;
    putc('\n', file);
    for (int k = 0; verdict_sentence(about, k, &is_doubt, text); k++) fprintf(file, "%s%s\n", k > 0 ? "\n" : "", text);
}

int leaderboard_table_write(const verdict *about, leaderboard_layout layout, output *out)
{
    const leaderboard *board = about->board;
    leaderboard_unit unit = leaderboard_unit_of(board);
    table_column columns[MOST_COLUMNS];
    char median[HEADING_SIZE], interval[HEADING_SIZE];
    table made;
    snprintf(median, sizeof median, "median (%s)", unit.name);
    snprintf(interval, sizeof interval, "%s (%s)", board->runs >= STATISTICS_LEAST_RUNS ? "interval" : "range", unit.name);
    table_init(&made, columns, name_columns(layout, columns, median, interval));
    for (size_t i = 0; i < board->n_rows; i++) {
        if (layout == LEADERBOARD_METHODS) add_method_row(&made, &board->rows[i], unit);
        else add_curve_row(&made, &board->rows[i], unit);
    }
    write_title(board, out->file);
    if (out->format == OUTPUT_MARKDOWN) table_write_markdown(&made, out->file);
    else table_write_text(&made, (size_t)terminal_columns(out), out->file);
    if (out->format == OUTPUT_TEXT && out->is_terminal) leaderboard_bars_write(board, terminal_columns(out), has_utf8(), out->file);
    write_sentences(about, out->file);
    int is_whole = !made.out_of_memory;
    table_fini(&made);
    return is_whole;
}

/* ---- bars ---- */

enum { LEAST_BAR = 8, MOST_BAR = 80, EIGHTHS = 8 };

static void write_bar(double share, int width, int has_blocks, FILE *file)
{
    static const char *const parts[EIGHTHS] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int eighths = (int)(share * width * EIGHTHS + 0.5), whole = eighths / EIGHTHS;
    for (int i = 0; i < whole; i++) fputs(has_blocks ? "█" : "#", file);
    if (has_blocks) fputs(parts[eighths % EIGHTHS], file);
}

void leaderboard_bars_write(const leaderboard *board, int columns, int has_blocks, FILE *file)
{
    leaderboard_unit unit = leaderboard_unit_of(board);
    int labels = 0, numbers = 0;
    double longest = 0;
    char number[40];
    for (size_t i = 0; i < board->n_rows; i++) {
        const leaderboard_row *row = &board->rows[i];
        int label = (int)table_width(row->name);
        int size = snprintf(number, sizeof number, "%.*f %s", unit.decimals, row->times.median * unit.scale, unit.name);
        if (row->n_runs == 0) continue;
        labels = label > labels ? label : labels;
        numbers = size > numbers ? size : numbers;
        longest = row->times.median > longest ? row->times.median : longest;
    }
    int width = columns - 1 - labels - 2 - numbers - 1;
    if (width < LEAST_BAR || longest <= 0) return;
    if (width > MOST_BAR) width = MOST_BAR;
    putc('\n', file);
    for (size_t i = 0; i < board->n_rows; i++) {
        const leaderboard_row *row = &board->rows[i];
        if (row->n_runs == 0) continue;
        fprintf(file, "%s%*s  ", row->name, labels - (int)table_width(row->name), "");
        write_bar(row->times.median / longest, width, has_blocks, file);
        fprintf(file, " %.*f %s\n", unit.decimals, row->times.median * unit.scale, unit.name);
    }
}
