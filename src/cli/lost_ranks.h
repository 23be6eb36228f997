/*
 * lost_ranks.h: what the program says about ranks that were lost while the others went on: a line at each loss; and, where the launcher
 * ends the others all the same, why the run ended and how it can go on.
 */
#ifndef RANKPOOL_CLI_LOST_RANKS_H
#define RANKPOOL_CLI_LOST_RANKS_H

#include <rankpool/rankpool.h>

/* Has a pool that will be opened with these options tell of each loss. `quiet`: it is noted, and nothing is printed. */
void lost_ranks_watch(rp_pool_options *options, int quiet);

/* Whether that signal comes from a launcher that ends the job because of a loss: it comes soon after one. */
int lost_ranks_explain(int signal_number);

/* Why the run then ended, for its closing line. `signal_name`: as "SIGTERM". Returns `text`. */
enum { LOST_RANKS_WHY_SIZE = 96 };
const char *lost_ranks_why(const char *signal_name, char text[LOST_RANKS_WHY_SIZE]);

/* What lets the others go on. Static text. */
const char *lost_ranks_advice(void);

#endif
