/*
 * time_keeper.h: the thread that knows when a pool's time is over. It looks at least once a second, and tells the pool once that no more
 * items may begin.
 */
#ifndef RPI_POOL_TIME_KEEPER_H
#define RPI_POOL_TIME_KEEPER_H

#include <rankpool/pool.h>

typedef struct rpi_time_keeper rpi_time_keeper;

typedef struct rpi_time_keeper_config {
    double left_s, request_s;
    double (*longest_s)(
        void *argument); /* how long the longest item took so far. Called in the keeper's thread, first in its maker's; no lock */
    void (*is_over)(void *argument); /* no more items may begin. Likewise, once */
    void *argument;
} rpi_time_keeper_config;

/* Looks for the first time, and starts the thread. RP_OK, RP_NO_MEMORY, RP_SYSTEM. */
rp_status rpi_time_keeper_create(const rpi_time_keeper_config *config, rpi_time_keeper **keeper, rp_error *error);

/* The end is so many seconds from now. Any thread. */
void rpi_time_keeper_set(rpi_time_keeper *keeper, double left_s, double closing_s);

/* Any thread. */
void rpi_time_keeper_get(rpi_time_keeper *keeper, rp_pool_time *time);

/* Ends the thread, and frees the keeper. NULL does nothing. */
void rpi_time_keeper_destroy(rpi_time_keeper *keeper);

#endif
