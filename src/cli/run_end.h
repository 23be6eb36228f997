/*
 * run_end.h: how a run ended: its last line, and its exit status. Each run that ends before its last item says how far it is, why it ended
 * and how to go on, also when items that don't end are given up. Nothing can say that when the process is killed (SIGKILL).
 */
#ifndef RANKPOOL_CLI_RUN_END_H
#define RANKPOOL_CLI_RUN_END_H

#include "run_state.h"

/* The call has ended, and its pool is still there: takes note of whether its time was over, and of how many items this run has done. */
void run_end_time(run_state *run);

/* Counts failures of calls that were given up, whose results nobody asked for. */
void run_end_count_unread(run_state *run);

/* Prints the line about failed items, when there are any, and, when items are left, how far the run is and how to go on. `was_cut`: a limit
 * ended it. `exit_status`: of errors, which have been told. Returns the exit status for the items. */
int run_end_summarise(const run_state *run, int was_cut, int exit_status);

/* Prints what stopped the run: a signal (0: none), the end of its time, or else too many failed items. Returns the exit status. */
int run_end_say(const run_state *run, int signal_number);

/* Of signals_end: in the signal thread, when items don't end, and the program will end without them. `argument` is the run. */
void run_end_give_up(void *argument);
/* For signals_end.stops: the journal says that the run ends by itself, whatever becomes of its process. */
void run_end_note_stop(void *argument);
void run_end_say_given_up(void *argument, const char *why, const char *also);

#endif
