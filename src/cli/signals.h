/*
 * signals.h: how `run` ends early. The first SIGINT, SIGTERM or SIGHUP stops the pool: nothing new starts, running items are finished and
 * their results are written. A second SIGINT ends the program at once, and so does the end of the grace time. The grace time is
 * RANKPOOL_GRACE seconds; the default is 10 after SIGINT, and 0.6 after the others, because mpirun sends SIGKILL 0.9 s after SIGTERM.
 */
#ifndef RANKPOOL_CLI_SIGNALS_H
#define RANKPOOL_CLI_SIGNALS_H

#include <rankpool/pool.h>

/* Blocks these signals in every thread of this process, so that only the signal thread gets them. On each rank, before MPI or
 * any thread starts. */
void signals_block(void);

/* Starts the signal thread, on the rank that has the pool. If no thread can be started, the signals stay blocked. When the grace time is
 * over and items still run, the signal thread calls `give_up` just before it ends the program. The thread that uses the pool is then in a
 * call, or waits in signals_unwatch. `give_up` may be NULL. */
void signals_watch(rp_pool *pool, void (*give_up)(void *argument), void *argument);

/* The name of one of these signals, as "SIGTERM". Static text. */
const char *signals_name(int signal_number);

/* Ends the signal thread, before the pool is freed. Returns the signal that came, or 0. */
int signals_unwatch(void);

#endif
