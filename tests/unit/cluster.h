/* cluster.h: a coordinator and ranks in threads of this process, over a fake link. */
#ifndef CLUSTER_H
#define CLUSTER_H

#include "fake_link.h"

#include "cluster/coordinator.h"
#include "cluster/coordinator_pool.h"

#include <pthread.h>

enum { CLUSTER_MOST = 8 };

typedef struct cluster_rank {
    pthread_t thread;
    bool joined;
    rpi_link *link;
    rp_status status;
    rp_error error;
} cluster_rank;

typedef struct cluster {
    int n_ranks;
    fake_network *network;
    rpi_coordinator *coordinator; /* the caller's, unless a pool was opened on it */
    rp_pool *pool;
    cluster_rank ranks[CLUSTER_MOST]; /* from 1 on */
} cluster;

/* How many ranks of the last cluster reported that rank 0 is lost. */
extern atomic_int cluster_n_told;

/* Starts ranks 1 … n_ranks - 1, and the coordinator. `weather` may be NULL. */
cluster *cluster_start(int n_ranks, const fake_weather *weather);

/* The same with a failure detector around each link, which asks the network whether a rank has ended. Times in seconds; 0: the default. */
cluster *cluster_start_watched(int n_ranks, const fake_weather *weather, double gap_s, double silence_s);

/* Opens a pool with the coordinator. The pool then owns the coordinator. When opening fails, the coordinator has ended. */
rp_status cluster_open(cluster *self, const rp_pool_options *options, rp_error *error);

/* The configuration of a pool of so many threads a rank, for rpi_coordinator_pool_open. */
rpi_executor_config cluster_config(unsigned n_threads);

/* Ends the pool or the coordinator, whichever there is; waits for the ranks, frees all. Returns what ending returned. */
rp_status cluster_stop(cluster *self);

#endif
