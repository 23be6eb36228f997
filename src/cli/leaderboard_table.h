/*
 * leaderboard_table.h: a leaderboard for people: an aligned table or Markdown, what it means in sentences, and bars on a terminal.
 */
#ifndef RANKPOOL_CLI_LEADERBOARD_TABLE_H
#define RANKPOOL_CLI_LEADERBOARD_TABLE_H

#include "output.h"
#include "verdict.h"

typedef enum leaderboard_layout {
    LEADERBOARD_METHODS, /* methods on back ends */
    LEADERBOARD_CURVES   /* one method: back ends with numbers of workers */
} leaderboard_layout;

/* Writes the board of `about` in the format of the output, text or Markdown. 0: no memory, and the table isn't whole. */
int leaderboard_table_write(const verdict *about, leaderboard_layout layout, output *out);

/* Bars of the medians, from 0, a row each: for `columns` columns of a terminal, of block characters or of '#'. */
void leaderboard_bars_write(const leaderboard *board, int columns, int has_blocks, FILE *file);

#endif
