/* time_left.h: whether an item may still begin, where a pool's time has an end. Plain functions of state and time; the thread that acts on
 * them is in time_keeper.c. */
#ifndef RPI_POOL_TIME_LEFT_H
#define RPI_POOL_TIME_LEFT_H

#include <stdbool.h>

typedef struct rpi_time_left {
    double end_s;     /* by the same clock as now_s */
    double closing_s; /* what the client needs behind its last item, as it says; 0: nothing special */
    double request_s; /* how long an item may take, as the user says; 0: as the longest so far */
    double longest_s; /* of the items that have ended; 0: none has */
} rpi_time_left;

/* How much has to be left for an item to begin: 10 s, the closing, and how long an item may take. */
double rpi_time_left_reserve_s(const rpi_time_left *time);

/* Whether an item may begin at that time. */
bool rpi_time_left_may_begin(const rpi_time_left *time, double now_s);

/* Seconds until one has to look again: the longest item may grow meanwhile, and the end may move. From 0.01 to 1. */
double rpi_time_left_look_s(const rpi_time_left *time, double now_s);

#endif
