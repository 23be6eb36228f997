/*
 * time_watch.h: a thread beside a run whose time has an end. It says once, in time, when nothing new will start, and asks anew when the job
 * ends (end_of_job.h). The pool itself sees to it that nothing starts too late.
 */
#ifndef RANKPOOL_CLI_TIME_WATCH_H
#define RANKPOOL_CLI_TIME_WATCH_H

#include "end_of_job.h"

typedef struct time_watch time_watch;

/* Begins to watch a pool that is opened with a limit; without one, or without memory or a thread, returns NULL, and the limit that the pool
 * has already counts. `request_s`: --time-request, or 0. `says`: the notice is wanted. */
time_watch *time_watch_begin(const end_of_job *end, rp_pool *pool, double request_s, int says);

/* What the run needs for its own end, in seconds, as twice the longest time in which its journal came to the disk. Any thread. */
void time_watch_need(time_watch *watch, double closing_s);

/* Before the pool is freed. Doesn't wait for squeue. NULL does nothing. */
void time_watch_end(time_watch *watch);

/* "312 s are left of job 4711; the longest item so far took 41 s: nothing new starts in the last 65 s". `job` "": of the time limit.
 * `request_s`: --time-request, or 0. Returns `text`. Pure. */
enum { TIME_WATCH_TEXT_SIZE = 256 };
const char *time_watch_text(const rp_pool_time *time, const char *job, double request_s, char text[TIME_WATCH_TEXT_SIZE]);

/* Whether it is time to say that: five minutes before nothing new starts, or as soon as an item has ended. Pure. */
int time_watch_is_due(const rp_pool_time *time, double request_s);

#endif
