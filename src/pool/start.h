/*
 * start.h: starts a call over items in memory: of one batch, whose results are kept (apply, map, starmap) or folded (reduce).
 * The batch is made when the call is begun, which may be later (waiting.h).
 */
#ifndef RPI_POOL_START_H
#define RPI_POOL_START_H

#include "pool/pool.h"

typedef struct rpi_request rpi_request;
struct rpi_request {
    rp_pool *pool;
    const rp_task *task;
    rp_into results; /* with a fold: of what it gives */
    uint64_t n;
    rp_columns items;
    const rp_call_options *options;
    /* The rest for a reduction; all 0 otherwise. */
    const rp_fold *fold;
    const rpi_call_kind *kind;                                                         /* whose `begin` is rpi_start_batch */
    size_t size;                                                                       /* of the struct that begins with the call */
    rp_status (*prepare)(const rpi_request *request, rpi_call *call, rp_error *error); /* the call, before others know it */
};

/* As `begin` of rpi_call_kind. Frees the batch itself, after the kind's `ends`; without memory for it, the call ends with RP_NO_MEMORY. */
void rpi_start_batch(rpi_call *call, rpi_begin_how how);

/* Starts the call. On success `*handle` is a reference for the caller. */
rp_status rpi_start(const rpi_request *request, rp_result **handle, rp_error *error);

/* The same, and waits for its outcome; the caller's thread may run items meanwhile. */
rp_status rpi_start_and_wait(const rpi_request *request, rp_error *error);

#endif
