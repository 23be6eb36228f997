/*
 * time_limit.h: something to do if a call takes too long that can't be interrupted, as MPI_Finalize. A thread waits for the end of the
 * call, or the time.
 */
#ifndef RPI_CLUSTER_TIME_LIMIT_H
#define RPI_CLUSTER_TIME_LIMIT_H

typedef struct rpi_time_limit rpi_time_limit;

/* Calls `passed`, in a thread of its own, unless the limit ends before `seconds` have passed. NULL: there was no memory or thread for it,
 * so that there is no limit. */
rpi_time_limit *rpi_time_limit_begin(double seconds, void (*passed)(void *argument), void *argument);

/* Waits for `passed` if it runs. NULL is allowed. */
void rpi_time_limit_end(rpi_time_limit *limit);

#endif
