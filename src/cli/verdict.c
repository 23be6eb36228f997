/* verdict.c: see verdict.h. */
#include "verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double looks_unequal = 1.1; /* times the best median */
static const double slow_start = 1.5;    /* times its median: a first run that is told of */

/* Appends; what doesn't fit is cut off. */
__attribute__((format(printf, 2, 3))) static void add(char text[VERDICT_SIZE], const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, VERDICT_SIZE - used, format, arguments);
    va_end(arguments);
}

/* The place-1 row of least median; NULL: there are no places. */
static const leaderboard_row *find_best(const leaderboard *board)
{
    const leaderboard_row *best = NULL;
    for (size_t i = 0; i < board->n_rows; i++) {
        const leaderboard_row *row = &board->rows[i];
        if (row->place == 1 && (!best || row->times.median < best->times.median)) best = row;
    }
    return best;
}

static const leaderboard_row *find_fewest(const leaderboard *board)
{
    const leaderboard_row *fewest = NULL;
    for (size_t i = 0; i < board->n_rows; i++) {
        const leaderboard_row *row = &board->rows[i];
        if (row->place == 1 && (!fewest || row->workers < fewest->workers)) fewest = row;
    }
    return fewest;
}

/* Whether what shares place 1 looks unequal: with more runs it may not share it. */
static int is_doubtful(const leaderboard *board, const leaderboard_row *best)
{
    for (size_t i = 0; i < board->n_rows; i++)
        if (board->rows[i].place == 1 && board->rows[i].times.median > looks_unequal * best->times.median) return 1;
    return 0;
}

/* ---- sentences; each returns 0 when there is nothing to say ---- */

static int say_too_few(const verdict *about, char text[VERDICT_SIZE])
{
    if (about->board->runs >= STATISTICS_LEAST_RUNS) return 0;
    add(text, "Too few runs to say what is faster: %d of each; it takes %d (--runs).", about->board->runs, STATISTICS_LEAST_RUNS);
    return 1;
}

static int say_fastest(const verdict *about, char text[VERDICT_SIZE])
{
    const leaderboard *board = about->board;
    const leaderboard_row *best = find_best(board), *fewest = about->wants_fewest ? find_fewest(board) : NULL;
    const char *separator = " As fast as the best, within the spread: ";
    if (!best) return 0;
    add(text, "Fastest: %s.", best->name);
    for (size_t i = 0; i < board->n_rows; i++) {
        if (board->rows[i].place != 1 || &board->rows[i] == best) continue;
        add(text, "%s%s", separator, board->rows[i].name);
        separator = ", ";
    }
    if (*separator == ',') add(text, ".");
    if (is_doubtful(board, best)) add(text, " More runs (--runs) may tell these apart.");
    if (fewest && fewest->workers < best->workers) add(text, " The fewest workers of these: %s.", fewest->name);
    return 1;
}

static int say_hidden(const verdict *about, char text[VERDICT_SIZE])
{
    if (about->n_hidden == 0) return 0;
    add(text, "These are the best method of each back end; --all shows %zu more rows.", about->n_hidden);
    return 1;
}

static int say_capped(const verdict *about, char text[VERDICT_SIZE])
{
    size_t n = 0;
    for (size_t i = 0; i < about->board->n_rows; i++) n += about->board->rows[i].is_capped != 0;
    if (n == 0) return 0;
    add(text, "≈: measured above the number of workers, which workers alone don't explain: caches, or a disturbed serial loop, may.");
    return 1;
}

static int say_outliers(const verdict *about, char text[VERDICT_SIZE])
{
    const leaderboard *board = about->board;
    const leaderboard_row *worst = NULL;
    leaderboard_unit unit = leaderboard_unit_of(board);
    size_t n = 0, n_runs = 0;
    double worst_s = 0, worst_ratio = 0;
    for (size_t i = 0; i < board->n_rows; i++) {
        const leaderboard_row *row = &board->rows[i];
        double farthest = row->times.median;
        if (row->n_runs == 0) continue;
        n_runs += row->n_runs;
        n += spread_outliers(row->sorted, row->n_runs, &farthest);
        double ratio = farthest > row->times.median ? farthest / row->times.median : row->times.median / farthest;
        if (!(ratio > worst_ratio)) continue;
        worst = row, worst_s = farthest, worst_ratio = ratio;
    }
    if (n == 0) return 0;
    add(text, "Outliers: %zu of %zu runs, the farthest of %s: %.*f %s, where the median is %.*f. They count as the others do.", n, n_runs,
        worst->name, unit.decimals, worst_s * unit.scale, unit.name, unit.decimals, worst->times.median * unit.scale);
    return 1;
}

static int say_slow_start(const verdict *about, char text[VERDICT_SIZE])
{
    const leaderboard_row *slowest = NULL;
    double most = slow_start;
    for (size_t i = 0; i < about->board->n_rows; i++) {
        const leaderboard_row *row = &about->board->rows[i];
        if (!(row->times.median > 0) || row->warm_up_s < most * row->times.median || row->warm_up_s <= row->times.maximum) continue;
        most = row->warm_up_s / row->times.median;
        slowest = row;
    }
    if (!slowest) return 0;
    add(text, "First runs were slower, and don't count: that of %s took %.1f times its median.", slowest->name, most);
    return 1;
}

typedef int sentence(const verdict *about, char text[VERDICT_SIZE]);

const char *verdict_sentence(const verdict *about, int k, int *is_doubt, char text[VERDICT_SIZE])
{
    static sentence *const sentences[] = {say_too_few, say_fastest, say_hidden, say_capped, say_outliers, say_slow_start};
    enum { N = sizeof sentences / sizeof *sentences, FIRST_DOUBT = 4 };
    for (int i = 0; i < N; i++) {
        text[0] = '\0';
        if (!sentences[i](about, text)) continue;
        *is_doubt = i >= FIRST_DOUBT;
        if (k-- == 0) return text;
    }
    *is_doubt = 1;
    return about->before ? machine_doubt(about->before, about->after, k, text) : NULL;
}
