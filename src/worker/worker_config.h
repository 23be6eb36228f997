/*
 * worker_config.h: the configuration of workers, from the options of a pool. An executor gets it, passes it on to its teams, and each
 * worker reads it when it starts.
 */
#ifndef RPI_WORKER_WORKER_CONFIG_H
#define RPI_WORKER_WORKER_CONFIG_H

#include "base/options.h"
#include "record/recorder.h"
#include "task/log_sink.h"
#include "worker/runner_ops.h"

typedef struct rpi_worker_config {
    const rp_initializer *initializer; /* may be NULL */
    rp_bytes initializer_argument;     /* borrowed; in a copy, owned */
    rp_pool_options options;           /* the options of scope worker, filled in; the other fields are 0 */
    const void *pool;                  /* what stands for the pool in the client's process (task/context.h); NULL elsewhere */
    rpi_log_sink log;                  /* where tasks' lines go; its `put` NULL: nowhere */
    const rpi_runner_ops *runner;      /* for isolation and time-outs; NULL: the worker refuses them as unsupported */
} rpi_worker_config;

/* What is recorded of each worker and each rank. */
rpi_recording rpi_worker_config_recording(const rpi_worker_config *config);

/* Makes a copy that owns its argument, which isn't NULL even if empty. False: no memory, and the copy is unchanged. */
bool rpi_worker_config_copy(rpi_worker_config *copy, const rpi_worker_config *config);
/* Fills in the options that depend on this rank: how many threads a parallel region of a task gets. */
void rpi_worker_config_fit(rpi_worker_config *config, unsigned n_workers, int local_ranks);
/* Frees what a copy owns. Does nothing for a copy that is all zero. */
void rpi_worker_config_fini(rpi_worker_config *copy);

#endif
