/* call_create.h: makes a call: checks its options and arguments, and finds room for what it needs. call.h has the rest of its life. */
#ifndef RPI_POOL_CALL_CREATE_H
#define RPI_POOL_CALL_CREATE_H

#include "pool/call.h"

/* How large a call is. */
typedef struct rpi_call_shape {
    size_t size;    /* of the struct that begins with the call, and whose other members are all zero at first; it is freed with the call */
    bool is_single; /* one item, of one batch */
} rpi_call_shape;

/* Checks the arguments and makes a call that isn't in a pool's list yet. `options` may be NULL. */
rp_status rpi_call_create(rpi_call_pool *pool, const rp_task *task, rp_columns items, const rp_call_options *options, rpi_call_shape shape,
                          rpi_call **call, rp_error *error);

#endif
