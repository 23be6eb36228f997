/*
 * team_state.h: the state of a team, for the files that implement team.h: team.c (its life, and what others ask of it) and team_work.c
 * (how workers wait, and run batches).
 *
 * Worker 0 may be lent. A client's thread that waits for its batch takes that worker's place and runs items itself, so that nobody has to
 * be woken for them, and there are no more threads than workers. Meanwhile the worker's own thread enters no batch.
 */
#ifndef RPI_WORKER_TEAM_STATE_H
#define RPI_WORKER_TEAM_STATE_H

#include "base/lines.h"
#include "worker/idle.h"
#include "worker/worker.h"

#include <pthread.h>

typedef struct rpi_team rpi_team;
struct rpi_threads_ops;

struct rpi_team {
    unsigned n_workers;
    unsigned first_sharing, n_sharing; /* that have the cores of this process: the first one's number, and how many */
    rpi_worker **workers;
    rpi_recorder **recorders; /* of the workers, once they have started */
    char host[RP_ERROR_HOST_SIZE];
    rpi_worker_config worker_config; /* a copy */
    const struct rpi_threads_ops *threads_ops;
    void *threads;
    bool lends;          /* worker 0 can be lent */
    bool drains;         /* it has whole batches; else whoever gives it parts says which items don't run */
    uint64_t stack_size; /* of a thread that runs tasks, bytes */
    uint64_t spin_ns;    /* how long a worker that waits spins at most */
    rpi_idle idle;
    _Alignas(RPI_CACHE_LINE) _Atomic unsigned n_rung; /* how often work came; read without the mutex by workers that spin, so alone */
    _Alignas(RPI_CACHE_LINE) pthread_mutex_t mutex;   /* guards what follows */
    unsigned n_spinning, n_sleeping;                  /* workers; the first one isn't among those that sleep */
    bool first_sleeps, first_is_out;                  /* the first worker's own thread: sleeps; is in a batch */
    bool is_lent;                                     /* the first worker is */
    bool stopping;
    _Atomic unsigned n_urgent;                      /* in the queue; read without the mutex */
    rpi_queue queue;                                /* of batches */
    pthread_cond_t work_there, first_needed, ready; /* for workers but the first; for the first; for the maker of the team */
    unsigned n_ready;                               /* workers that started, or will never start */
    rp_error start_error;                           /* of the first worker that failed to start */
};

/* Counts workers that are ready, or, with an error, that won't come. */
void rpi_team_report_ready(rpi_team *team, unsigned n, const rp_error *error);

#endif
