/*
 * openmp.c: the threads of an OpenMP team. One parallel region lasts as long as the pool. So a worker goes from one chunk to the next with
 * no barrier between them, and OMP_PLACES and OMP_PROC_BIND bind the threads. A thread of the library opens the region, so that neither the
 * client nor the progress thread is caught in it.
 */
#include "worker/openmp.h"

#include <omp.h>
#include <pthread.h>
#include <stdlib.h>

typedef struct threads {
    pthread_t host;
    rpi_team *team;
    unsigned n_workers;
} threads;

static void *run_region(void *argument)
{
    const threads *self = argument;
    omp_set_dynamic(0);
#pragma omp parallel num_threads((int)self->n_workers)
    {
        unsigned got = (unsigned)omp_get_num_threads();
#pragma omp single nowait
        if (got < self->n_workers) rpi_team_miss(self->team, got, "OpenMP gives no more (see OMP_THREAD_LIMIT)");
        rpi_team_work(self->team, (unsigned)omp_get_thread_num());
    }
    return NULL;
}

static rp_status start_threads(rpi_team *team, unsigned n_workers, void **state, rp_error *error)
{
    threads *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    self->team = team;
    self->n_workers = n_workers;
    int code = pthread_create(&self->host, NULL, run_region, self);
    if (code) {
        free(self);
        return rpi_error_system(error, code, "pthread_create");
    }
    *state = self;
    return RP_OK;
}

static void join_threads(void *state)
{
    threads *self = state;
    pthread_join(self->host, NULL);
    free(self);
}

const rpi_threads_ops rpi_threads_openmp = {"openmp", start_threads, join_threads};

int rpi_openmp_version(void) { return _OPENMP; }
