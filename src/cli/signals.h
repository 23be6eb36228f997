/*
 * signals.h: how `run` ends early. The first SIGINT, SIGTERM or SIGHUP stops the pool: nothing new starts, what runs is finished and its
 * results are written. A second SIGINT ends the program at once, and so does the end of the grace time: RANKPOOL_GRACE seconds, by
 * default 10 after SIGINT, and 0.6 after the others, as mpirun sends SIGKILL 0.9 s after it sent SIGTERM.
 */
#ifndef RANKPOOL_CLI_SIGNALS_H
#define RANKPOOL_CLI_SIGNALS_H

#include <rankpool/pool.h>

/* Keeps these signals from every thread of this process, so that only the watch gets them. On each rank, before MPI or any thread starts.
 */
void signals_block(void);

/* Starts to watch, on the rank that has the pool. When no thread can be had, the signals stay blocked. When the grace time is over and
 * items still run, the watch calls `give_up`, the last thing before it ends the program: the thread that uses the pool is then in a call,
 * or waits in signals_unwatch. NULL: there is nothing to do. */
void signals_watch(rp_pool *pool, void (*give_up)(void *argument), void *argument);

/* "SIGTERM" and so on, for those above. */
const char *signals_name(int signal_number);

/* Ends it, before the pool is freed. Returns the signal that came, or 0. */
int signals_unwatch(void);

#endif
