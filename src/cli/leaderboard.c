/* leaderboard.c: see leaderboard.h. */
#include "leaderboard.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- ratios ---- */

static int is_baseline(const leaderboard_row *row, const char *method, int progress)
{
    return row->n_runs > 0 && strcmp(row->backend, "pthread") == 0 && strcmp(row->method, method) == 0 && row->progress == progress;
}

static const leaderboard_row *baseline_of(const leaderboard *board, const leaderboard_row *row)
{
    const leaderboard_row *plain = NULL;
    for (size_t i = 0; i < board->n_rows; i++) {
        const leaderboard_row *other = &board->rows[i];
        if (is_baseline(other, row->method, row->progress)) return other;
        if (is_baseline(other, "map", 0) || (!plain && is_baseline(other, "starmap", 0))) plain = other;
    }
    return plain;
}

static const leaderboard_row *loop_of(const leaderboard *board)
{
    for (size_t i = 0; i < board->n_rows; i++)
        if (board->rows[i].is_loop) return &board->rows[i];
    return NULL;
}

/* No clock ticks fast enough for a time of 0. */
static double ratio(double of, double to) { return of > 0 && to > 0 ? of / to : 0.0; }

static void rate(leaderboard_row *row, double loop_s, double baseline_s)
{
    row->speedup = ratio(loop_s, row->times.median);
    row->is_capped = row->speedup > row->workers;
    if (row->is_capped) row->speedup = row->workers;
    row->efficiency = row->speedup / row->workers;
    row->to_pthread = ratio(row->times.median, baseline_s);
}

void leaderboard_rate(leaderboard *board)
{
    for (size_t i = 0; i < board->n_rows; i++)
        if (board->rows[i].n_runs > 0) board->rows[i].times = spread_of(board->rows[i].sorted, board->rows[i].n_runs);
    const leaderboard_row *loop = loop_of(board);
    for (size_t i = 0; i < board->n_rows; i++) {
        const leaderboard_row *baseline = baseline_of(board, &board->rows[i]);
        if (board->rows[i].n_runs > 0) rate(&board->rows[i], loop ? loop->times.median : 0, baseline ? baseline->times.median : 0);
    }
}

/* ---- places ---- */

int leaderboard_place(leaderboard *board)
{
    spread_series *series = calloc(board->n_rows + 1, sizeof *series);
    int *places = calloc(board->n_rows + 1, sizeof *places), done = series && places;
    for (size_t i = 0; done && i < board->n_rows; i++) series[i] = (spread_series){board->rows[i].sorted, board->rows[i].n_runs};
    if (done) spread_places(series, board->n_rows, places);
    for (size_t i = 0; done && i < board->n_rows; i++) board->rows[i].place = places[i];
    free(series);
    free(places);
    return done;
}

static int by_place(const void *a, const void *b)
{
    const leaderboard_row *one = a, *other = b;
    int has_none = one->n_runs == 0, other_has_none = other->n_runs == 0;
    if (has_none != other_has_none) return has_none - other_has_none;
    if (one->place != other->place) return one->place - other->place;
    return (one->times.median > other->times.median) - (one->times.median < other->times.median);
}

void leaderboard_sort(leaderboard *board) { qsort(board->rows, board->n_rows, sizeof *board->rows, by_place); }

static int is_best(const leaderboard *board, size_t i)
{
    const leaderboard_row *row = &board->rows[i];
    if (row->n_runs == 0 || row->progress || row->is_loop) return row->is_loop;
    for (size_t k = 0; k < board->n_rows; k++) {
        const leaderboard_row *other = &board->rows[k];
        if (other->n_runs == 0 || other->progress || other->is_loop || strcmp(other->backend, row->backend) != 0) continue;
        if (other->times.median < row->times.median || (other->times.median <= row->times.median && k < i)) return 0;
    }
    return 1;
}

void leaderboard_keep_best(leaderboard *board)
{
    size_t n = 0;
    unsigned char *keeps = calloc(board->n_rows + 1, 1);
    for (size_t i = 0; keeps && i < board->n_rows; i++) keeps[i] = (unsigned char)is_best(board, i);
    for (size_t i = 0; keeps && i < board->n_rows; i++)
        if (keeps[i]) board->rows[n++] = board->rows[i];
    if (keeps) board->n_rows = n;
    free(keeps);
}

/* ---- words and units ---- */

const char *leaderboard_workers(const leaderboard_row *row, char text[LEADERBOARD_WORKERS_SIZE])
{
    int of_ranks = strcmp(row->backend, "mpi") == 0 || strcmp(row->backend, "hybrid") == 0;
    if (of_ranks && row->threads > 1) snprintf(text, LEADERBOARD_WORKERS_SIZE, "ranks × %d threads", row->threads);
    else snprintf(text, LEADERBOARD_WORKERS_SIZE, "%s", row->is_loop ? "serial loop" : of_ranks ? "ranks" : "threads");
    return text;
}

leaderboard_unit leaderboard_unit_of(const leaderboard *board)
{
    double least = HUGE_VAL, most = 0;
    for (size_t i = 0; i < board->n_rows; i++) {
        if (board->rows[i].n_runs == 0) continue;
        least = fmin(least, board->rows[i].times.median);
        most = fmax(most, board->rows[i].times.median);
    }
    leaderboard_unit unit = most >= 10    ? (leaderboard_unit){"s", 1, 0}
                            : most < 1e-3 ? (leaderboard_unit){"us", 1e6, 0}
                                          : (leaderboard_unit){"ms", 1e3, 0};
    unit.decimals = least * unit.scale >= 1000 ? 0 : least * unit.scale >= 100 ? 1 : least * unit.scale >= 10 ? 2 : 3;
    return unit;
}
