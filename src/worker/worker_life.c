/* worker_life.c: a worker's beginning and end: its initializer, or the child that runs it. See worker.h. */
#include "isolate/runner.h"

#include <stdlib.h>

rp_status rpi_worker_start(rpi_worker *worker, const rp_initializer *initializer, rp_bytes argument, rp_error *error)
{
    int code = initializer->start(argument, &worker->state);
    if (!code && !worker->failing) return RP_OK;
    rp_error_set(error, RP_FAILED, worker->failing ? worker->fail_code : code, "initializer %s failed on rank %d, host %s, worker %u: %s",
                 initializer->name, worker->rank, worker->host, worker->index,
                 worker->fail_message ? worker->fail_message : "it returned a status other than 0");
    worker->failing = false;
    worker->run.attention = 0;
    free(worker->fail_message);
    worker->fail_message = NULL;
    return RP_FAILED;
}

rp_status rpi_worker_have_state(rpi_worker *worker, rp_error *error)
{
    const rpi_worker_config *config = worker->config;
    if (!config->initializer || worker->initializer) return RP_OK;
    rp_status status = rpi_worker_start(worker, config->initializer, config->initializer_argument, error);
    if (status == RP_OK) worker->initializer = config->initializer;
    return status;
}

/* In the worker's thread, so that the memory is near to it. */
static bool have_recorder(rpi_worker *worker)
{
    rpi_recording recording = rpi_worker_config_recording(worker->config);
    if (recording.level != RP_RECORD_NONE && !worker->recorder) worker->recorder = rpi_recorder_create(&recording);
    return recording.level == RP_RECORD_NONE || worker->recorder;
}

rp_status rpi_worker_open(rpi_worker *worker, rp_error *error)
{
    if (!have_recorder(worker)) return rpi_error_no_memory(error);
    if (!worker->config->options.isolation) return rpi_worker_have_state(worker, error);
    rpi_runner *runner;
    rp_status status = rpi_runner_create(worker, &runner, error);
    if (status == RP_OK) atomic_store(&worker->runner, runner);
    return status;
}

void rpi_worker_close(rpi_worker *worker)
{
    rpi_runner_destroy(atomic_exchange(&worker->runner, NULL));
    const rp_initializer *initializer = worker->initializer;
    if (initializer && initializer->finish) initializer->finish(worker->state);
    worker->initializer = NULL;
}
