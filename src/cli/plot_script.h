/*
 * plot_script.h: pictures of timings as scripts for gnuplot 5. The data is in the script, and the picture goes to gnuplot's standard
 * output. Numbers have a point if the locale of the thread is C. Pure functions but for the writing.
 */
#ifndef RANKPOOL_CLI_PLOT_SCRIPT_H
#define RANKPOOL_CLI_PLOT_SCRIPT_H

#include "leaderboard.h"

#include <stdio.h>

typedef enum plot_kind { PLOT_NONE = 0, PLOT_SVG, PLOT_PNG } plot_kind;

/* By the end of the file's name, in whatever case. PLOT_NONE: another one. */
plot_kind plot_kind_of(const char *path);

/* Time over the number of workers: a curve for each back end, with the intervals as bars, and the ideal line, the serial loop's time over
 * the number. Both axes are logarithmic, with ticks at the measured numbers. Rows without times are left out. */
void plot_script_curves(const leaderboard *board, plot_kind kind, FILE *file);

/* A bar from 0 for each row, lying flat, with the intervals; more rows make a higher picture. */
void plot_script_bars(const leaderboard *board, plot_kind kind, FILE *file);

enum { PLOT_MOST_TICKS = 64 };

/* Round values for the ticks of a logarithmic axis from `least` to `most`, both above 0: 1, 2 and 5 times powers of ten, or finer where
 * that would be fewer than three. Returns how many. */
size_t plot_ticks(double least, double most, double ticks[PLOT_MOST_TICKS]);

#endif
