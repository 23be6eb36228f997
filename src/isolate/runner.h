/*
 * runner.h: how a worker's grains are run apart from its thread, so that the worker outlives them: in a child process, with isolation, or,
 * where items have a time-out, in a second thread. The worker's thread hands grains of items over, takes results back, and begins a new
 * sandbox where one was lost.
 */
#ifndef RPI_ISOLATE_RUNNER_H
#define RPI_ISOLATE_RUNNER_H

#include "worker/runner_ops.h"

extern const rpi_runner_ops rpi_runner_sandboxes;

#endif
