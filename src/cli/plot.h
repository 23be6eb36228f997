/*
 * plot.h: --plot FILE: a picture by gnuplot, if this machine has it. The file is there as a whole or not at all.
 */
#ifndef RANKPOOL_CLI_PLOT_H
#define RANKPOOL_CLI_PLOT_H

#include "plot_script.h"

#include <rankpool/rankpool.h>

/* Before anything is measured: whether a picture can be made. Returns RP_OK; RP_USAGE: there is no gnuplot, or the folder can't be written
 * to. */
rp_status plot_check(const char *path, rp_error *error);

/* Writes the script to `file`. */
typedef void plot_writer(const leaderboard *board, plot_kind kind, FILE *file);

/* Makes the picture. Returns RP_OK; RP_SYSTEM: gnuplot failed, with its own message in `*error`, or a file couldn't be written. Then there
 * is no new file; an old one of that name is as it was. */
rp_status plot_make(const leaderboard *board, plot_writer *write, const char *path, rp_error *error);

#endif
