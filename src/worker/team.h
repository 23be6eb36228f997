/*
 * team.h: the workers of one process and the queue of batches that they take grains from. rpi_threads_ops makes their threads: POSIX
 * threads, an OpenMP region, or none (serial). Both claim grains by the same code, so that what differs between executors is only the
 * threads.
 */
#ifndef RPI_WORKER_TEAM_H
#define RPI_WORKER_TEAM_H

#include "worker/worker.h"

typedef struct rpi_team rpi_team;

/* Makes threads 0 … n - 1, each of which calls rpi_team_work(team, its number) once. */
typedef struct rpi_threads_ops rpi_threads_ops;
struct rpi_threads_ops {
    const char *name;
    /* Returns at once. On failure none is left running. RP_OK, RP_SYSTEM, RP_NO_MEMORY, RP_UNSUPPORTED. `*threads` is for join. */
    rp_status (*start)(rpi_team *team, unsigned n_workers, void **threads, rp_error *error);
    /* Waits for the threads, after rpi_team_stop; frees what start made. */
    void (*join)(void *threads);
};

typedef struct rpi_team_config {
    unsigned n_workers; /* at least 1 */
    int rank;
    const char *host;         /* copied */
    bool remote;              /* in another process than the client's */
    bool one_of_many;         /* each rank of the job has such a team, of as many workers */
    rpi_worker_config worker; /* copied */
} rpi_team_config;

/* Creates a team whose workers run in the threads that `threads` makes, and waits until each has started and run the initializer.
 * Returns RP_OK, RP_FAILED (an initializer), RP_NO_MEMORY, RP_SYSTEM, RP_UNSUPPORTED. */
rp_status rpi_team_create(const rpi_team_config *config, const rpi_threads_ops *threads, rpi_team **team, rp_error *error);

/* Ends the workers once the queue is empty, waits for them, and frees the team. NULL does nothing. */
void rpi_team_destroy(rpi_team *team);

/* What each of these threads calls. Returns when the team is stopped. */
void rpi_team_work(rpi_team *team, unsigned index);

/* For a start that got fewer threads than it asked for: the workers from `index` on will never come. */
void rpi_team_miss(rpi_team *team, unsigned index, const char *why);

/* Queues a batch. Its done function is called, by a worker, once all that will be run of it has been. An empty batch is done at once, by
 * the caller. Urgent ones go before those that aren't. */
void rpi_team_submit(rpi_team *team, rpi_batch *batch);

/* After the limit of `work` was lowered: makes running workers notice. */
void rpi_team_interrupt(rpi_team *team, const rpi_work *work);

/* Lowers the limit of `work` to the first item of its queued batches that no worker has claimed. Static parts count as claimed, as do
 * items that are tried again: they were started before. */
void rpi_team_drain(rpi_team *team, rpi_work *work);

/* Items of `work` that workers finished but haven't added to it yet. */
uint64_t rpi_team_n_done(rpi_team *team, const rpi_work *work);

unsigned rpi_team_n_workers(const rpi_team *team);
/* Those of its workers, for reports; each NULL when nothing is recorded. */
rpi_recorder *const *rpi_team_recorders(const rpi_team *team);

#endif
