/*
 * lost_ranks.h: what the program says about ranks that were lost while the others went on: a line at each loss; and, where the launcher
 * ends the others all the same, why the run ended and how it can go on.
 */
#ifndef RANKPOOL_CLI_LOST_RANKS_H
#define RANKPOOL_CLI_LOST_RANKS_H

#include <rankpool/rankpool.h>

/* Has a pool that will be opened with these options tell of each loss. `quiet`: it is noted, and nothing is printed. `journal_path`: what
 * the same command would go on from; NULL: there is none. Borrowed until the program ends. */
void lost_ranks_watch(rp_pool_options *options, int quiet, const char *journal_path);

/* Whether that signal comes from a launcher that ends the job because of a loss: it comes soon after one. */
int lost_ranks_explain(int signal_number);

/* Prints that line. `signal_name`: as "SIGTERM". Returns PROGRAM_LOST. */
int lost_ranks_say_ended(const char *signal_name);

#endif
