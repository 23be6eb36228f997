/*
 * team.h: the workers of one process, and the queue of batches that they take grains from. rpi_threads_ops makes their threads: POSIX
 * threads or an OpenMP region. All claim grains by the same code; executors differ only in the threads.
 */
#ifndef RPI_WORKER_TEAM_H
#define RPI_WORKER_TEAM_H

#include "worker/idle.h"
#include "worker/worker.h"

typedef struct rpi_team rpi_team;

/* Makes threads 0 … n - 1. Each calls rpi_team_work(team, its number) once (team_work.h). */
typedef struct rpi_threads_ops rpi_threads_ops;
struct rpi_threads_ops {
    const char *name;
    /* Starts the threads and returns. On failure no thread is left running. RP_OK, RP_SYSTEM, RP_NO_MEMORY, RP_UNSUPPORTED.
     * `*threads` is for join. */
    rp_status (*start)(rpi_team *team, unsigned n_workers, void **threads, rp_error *error);
    /* Waits for the threads, which end after the team is stopped; frees what start made. */
    void (*join)(void *threads);
};

typedef struct rpi_team_config {
    unsigned n_workers; /* at least 1 */
    int rank;
    const char *host; /* copied */
    bool remote;      /* in another process than the client */
    bool one_of_many; /* each rank of the job has such a team, with as many workers */
    rpi_idle idle;
    rpi_worker_config worker; /* copied */
} rpi_team_config;

/* Creates a team whose workers run in the threads that `threads` makes. Waits until each has started and run the initializer. Returns
 * RP_OK, RP_FAILED (an initializer), RP_NO_MEMORY, RP_SYSTEM, RP_UNSUPPORTED. */
rp_status rpi_team_create(const rpi_team_config *config, const rpi_threads_ops *threads, rpi_team **team, rp_error *error);

/* Ends the workers once the queue is empty, waits for them, and frees the team. NULL does nothing. */
void rpi_team_destroy(rpi_team *team);

/* For a start that got fewer threads than it asked for: the workers from `index` on won't come. `code` is the system's errno, and the team
 * then isn't created for RP_SYSTEM or RP_NO_MEMORY; 0: for the reason `why`, RP_UNSUPPORTED. */
void rpi_team_miss(rpi_team *team, unsigned index, int code, const char *why);
/* The error of a team whose threads the system refuses with that errno. RP_SYSTEM, RP_NO_MEMORY. */
rp_status rpi_team_refused(const rpi_team *team, int code, rp_error *error);

/* The option stack_size, for rpi_thread_create. */
uint64_t rpi_team_stack_size(const rpi_team *team);

/* Makes running workers look at the cutoff of `work`, which was lowered. */
void rpi_team_interrupt(rpi_team *team, const rpi_work *work);

/* Lowers the cutoff of `work` to the first item of its queued batches that no worker has claimed. Static shares count as claimed. So do
 * items that are tried again, as they were started before. */
void rpi_team_drain(rpi_team *team, rpi_work *work);

/* How many items of `work` are finished by workers but not yet added to it. */
uint64_t rpi_team_n_done(rpi_team *team, const rpi_work *work);

unsigned rpi_team_n_workers(const rpi_team *team);
/* How many items they have at once: each one, or as many as the option `overlap` says. */
unsigned rpi_team_n_at_once(const rpi_team *team);
/* The recorders of its workers, for reports; each NULL when nothing is recorded. */
rpi_recorder *const *rpi_team_recorders(const rpi_team *team);

#endif
