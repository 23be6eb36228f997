/*
 * runner.h: runs a worker's grains in a sandbox, so that the worker outlives them. The sandbox is a child process with isolation, or a
 * second thread where items have a time-out. The worker's thread hands grains over, takes results back, and starts a new sandbox where one
 * was lost.
 */
#ifndef RPI_ISOLATE_RUNNER_H
#define RPI_ISOLATE_RUNNER_H

#include "worker/runner_ops.h"

extern const rpi_runner_ops rpi_runner_sandboxes;

#endif
