/*
 * start.h: starts a call over items in memory: of one batch, whose results are kept (apply, map, starmap) or folded (reduce).
 */
#ifndef RPI_POOL_START_H
#define RPI_POOL_START_H

#include "pool/pool.h"

/* A call of one batch. */
typedef struct rpi_batch_call {
    rpi_call call; /* first */
    rpi_tries tries;
} rpi_batch_call;

typedef struct rpi_request rpi_request;
struct rpi_request {
    rp_pool *pool;
    const rp_task *task;
    rp_into results; /* with a fold: of what it gives */
    uint64_t n;
    rp_columns items;
    const rp_call_options *options;
    size_t size; /* of the struct that begins with an rpi_batch_call */
    /* The rest for a reduction; all NULL otherwise. */
    const rp_fold *fold;
    rp_status (*prepare)(const rpi_request *request, rpi_call *call, rp_error *error); /* the call, before others know it */
    rpi_partials *(*partials_of)(rpi_call *call);
    void (*ends)(rpi_batch *batch); /* ends in rpi_call_batch_ends */
    void (*fini)(rpi_call *call);   /* frees what the struct has of its own, with the call */
};

/* Starts the call. On success `*handle` is a reference for the caller. */
rp_status rpi_start(const rpi_request *request, rp_result **handle, rp_error *error);

/* The same, and waits for its outcome; the caller's thread may run items meanwhile. */
rp_status rpi_start_and_wait(const rpi_request *request, rp_error *error);

#endif
