/*
 * worker_config.h: what workers are to be, as a pool's options say it: given to an executor, passed on to its teams, and looked at by each
 * worker as it begins.
 */
#ifndef RPI_WORKER_WORKER_CONFIG_H
#define RPI_WORKER_WORKER_CONFIG_H

#include "base/options.h"
#include "record/recorder.h"
#include "worker/runner_ops.h"

typedef struct rpi_worker_config {
    const rp_initializer *initializer; /* may be NULL */
    rp_bytes initializer_argument;     /* borrowed, but in a copy */
    rp_pool_options options;           /* those of scope worker, filled in; the other fields are 0 */
    const rpi_runner_ops *runner;      /* for isolation and time-outs; NULL: they are refused as unsupported */
} rpi_worker_config;

/* What is to be recorded of each worker and each rank. */
rpi_recording rpi_worker_config_recording(const rpi_worker_config *config);

/* A copy that owns its argument, which is there even if empty. False: no memory, and the copy is as it was. */
bool rpi_worker_config_copy(rpi_worker_config *copy, const rpi_worker_config *config);
/* Frees what a copy owns; one that is all zero is left alone. */
void rpi_worker_config_fini(rpi_worker_config *copy);

#endif
