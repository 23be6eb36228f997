/*
 * run_watch.h: what a run's journal learns beside outcomes, should the process die or a signal stop it: what it runs, with what ranks were
 * lost, and that it was told to stop.
 */
#ifndef RANKPOOL_CLI_RUN_WATCH_H
#define RANKPOOL_CLI_RUN_WATCH_H

#include "run_journal.h"

/* Has the workers of this process tell what they begin, and the pool what ranks were lost with, in the options of the call. */
void run_watch_begin(run_journal *journal, const rp_pool *pool, method_call *call);

/* A signal stops the run: what is recorded is put into the file, and that the run ends by itself, should its process be killed before it
 * has ended. Any thread. */
void run_watch_stops(run_journal *journal);

/* The program ends without its items, by a signal: what is recorded is put on the disk, and that the run has ended by itself. Any thread.
 * NULL does nothing. */
void run_watch_give_up(run_journal *journal);

#endif
