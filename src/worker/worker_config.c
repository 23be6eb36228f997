/* worker_config.c: see worker_config.h. */
#include "worker/worker_config.h"

#include "base/thread_count.h"

#include <stdlib.h>
#include <string.h>

bool rpi_worker_config_copy(rpi_worker_config *copy, const rpi_worker_config *config)
{
    size_t size = config->initializer_argument.size;
    void *argument = malloc(size + 1);
    if (!argument) return false;
    if (size) memcpy(argument, config->initializer_argument.data, size);
    *copy = *config;
    copy->initializer_argument.data = argument;
    return true;
}

rpi_recording rpi_worker_config_recording(const rpi_worker_config *config)
{
    const rp_pool_options *options = &config->options;
    return (rpi_recording){options->record, options->record == RP_RECORD_GRAINS ? options->max_records : 0};
}

void rpi_worker_config_fit(rpi_worker_config *config, unsigned n_workers, int local_ranks)
{
    unsigned *nested = &config->options.nested_threads;
    if (*nested == 0) *nested = rpi_thread_count_nested(n_workers, local_ranks);
}

void rpi_worker_config_fini(rpi_worker_config *copy)
{
    free((void *)(uintptr_t)copy->initializer_argument.data);
    copy->initializer_argument = (rp_bytes){NULL, 0};
}
