/* leaderboard_data.h: a leaderboard for programs: csv or JSON lines, a line for each row, with the time of each run in seconds. */
#ifndef RANKPOOL_CLI_LEADERBOARD_DATA_H
#define RANKPOOL_CLI_LEADERBOARD_DATA_H

#include "leaderboard.h"
#include "output.h"

/* In the format of the output, csv or JSON lines. A lack of memory or room is kept in the output. */
void leaderboard_data_write(const leaderboard *board, output *out);

#endif
