/*
 * runner.h: how a worker's grains are run apart from its thread, so that the worker outlives them: in a child process, with isolation, or,
 * where items have a time-out, in a second thread. The worker's thread hands grains of items over, takes results back, and begins a new sandbox
 * where one was lost.
 */
#ifndef RPI_ISOLATE_RUNNER_H
#define RPI_ISOLATE_RUNNER_H

#include "worker/worker.h"

typedef struct rpi_runner rpi_runner;

/* With isolation, begins the child. RP_OK, RP_FAILED (the initializer), RP_UNSUPPORTED, RP_NO_MEMORY, RP_SYSTEM, RP_LOST. In the worker's
 * thread, as all here but rpi_runner_interrupt. */
rp_status rpi_runner_create(rpi_worker *worker, rpi_runner **runner, rp_error *error);

/* Ends the sandbox and frees the runner. NULL does nothing. */
void rpi_runner_destroy(rpi_runner *runner);

/* As rpi_worker_run_batch; returns how many items were run, and adds the time that they took. */
uint64_t rpi_runner_run_batch(rpi_runner *runner, rpi_batch *batch, uint64_t *busy_ns);

/* The limit of `work` was lowered: what runs of it shall notice. Any thread. */
void rpi_runner_interrupt(rpi_runner *runner, const rpi_work *work);

#endif
