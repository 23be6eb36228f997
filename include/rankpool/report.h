/*
 * report.h: where the time of a pool went: what each worker did and when, and what each rank was sent. For pools whose option
 * `record` asks for it.
 */
#ifndef RANKPOOL_REPORT_H
#define RANKPOOL_REPORT_H

#include <rankpool/pool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A run of items: a grain that one worker ran without a break, or a chunk that a rank was sent. */
typedef struct rp_grain {
    uint64_t call;         /* number of the call in its pool, from 1 */
    uint64_t first, count; /* items first … first + count - 1 of the call */
    double begin_s, end_s; /* seconds since the pool was opened, by the clock of the client's process; of a chunk: when it was sent, and
                              when it came back */
    unsigned attempt;      /* which try of these items it was, from 1 */
    unsigned failed;       /* how many of these tries failed */
} rp_grain;

/* One worker. Times are in seconds since the pool was opened. */
typedef struct rp_worker_report {
    uint64_t items;         /* tries that it ran, both good and failed; an item that is tried again counts again */
    uint64_t failed;        /* how many of them failed */
    uint64_t repeated;      /* how many of them weren't the first try of their item */
    uint64_t chunks;        /* how many chunks these items belong to */
    uint64_t n_grains;      /* how many grains it ran */
    uint64_t n_recorded;    /* how many `grains` has: the first ones; there was no room for the others (see max_records) */
    const rp_grain *grains; /* in the order of time; NULL: grains aren't recorded */
    uint64_t waits;         /* how often it had nothing to run for longer than 20 us, between its first item and its last */
    double busy_s;          /* in its grains, which includes claiming them and the pool's own work between two grains of a chunk */
    double begin_s, end_s;  /* when its first grain began and its last one ended; both 0 when it ran none */
} rp_worker_report;

/* One rank. */
typedef struct rp_rank_report {
    int rank;                        /* its number */
    int n_workers;                   /* how many it has */
    const rp_worker_report *workers; /* each of them */
    /* traffic between the client's process and this rank, for calls, items and results; 0 for the client's own rank */
    uint64_t bytes_sent, bytes_received;       /* to the rank, from the rank */
    uint64_t messages_sent, messages_received; /* the same */
    uint64_t n_chunks;                         /* how many came back from this rank (MPI and hybrid only) */
    uint64_t n_chunks_recorded;                /* how many `chunks` has: the first ones, in the order in which they came back */
    const rp_grain *chunks;                    /* NULL: grains aren't recorded */
    double clock_error_s; /* this rank has a clock of its own, and its times were converted at the time of the report. They are off by at
                             most this much, plus what the clocks drifted apart since; 0: it is the same clock */
} rp_rank_report;

/*
 * What rank `rank` of the pool recorded so far, 0 <= rank < ranks of rp_pool_info. On success `*report` is the caller's, to be freed by
 * rp_rank_report_free; it stays valid when the pool is gone. Calls may be running: the report has those of their grains that are finished.
 * Blocks until the rank has answered, which takes milliseconds, or until it is lost. Any thread of the client's process. `error` may be
 * NULL. Returns RP_OK; RP_USAGE (no such rank; the pool records nothing; `report` is NULL); RP_CLOSED (the pool was joined); RP_LOST (that
 * rank was lost); RP_NO_MEMORY.
 */
RP_API rp_status rp_pool_report(rp_pool *pool, int rank, rp_rank_report **report, rp_error *error);

/* Frees a report. NULL does nothing. Any thread. */
RP_API void rp_rank_report_free(rp_rank_report *report);

/* Several ranks together. Times are in seconds since the pool was opened. */
typedef struct rp_summary {
    uint64_t workers;                                       /* of all ranks */
    uint64_t items, failed, repeated, n_grains, n_recorded; /* sums over the workers */
    double begin_s, end_s;                                  /* begin of the first grain, end of the last one */
    double makespan_s;                                      /* end_s - begin_s */
    double busy_s;                                          /* of all workers together */
    double ideal_s;    /* busy_s / workers: the makespan if the same work were shared out evenly and without waits */
    double efficiency; /* ideal_s / makespan_s; 0 when nothing ran */
    double imbalance;  /* the longest busy time of a worker over the mean of all; 1: even; 0 when nothing ran */
    uint64_t bytes_sent, bytes_received, messages_sent, messages_received; /* sums over the ranks */
} rp_summary;

/* Adds up the reports of some or all ranks of a pool. NULL entries (lost ranks) are left out. Fills `*summary`. Any thread. */
RP_API void rp_reports_summarise(const rp_rank_report *const *reports, int n_reports, rp_summary *summary);

/* Not for use by hand: what the functions of these names become, see export.h. `worker_size`: of an rp_worker_report of the caller. */
RP_API rp_status rp_pool_report_sized(rp_pool *pool, int rank, rp_rank_report **report, size_t worker_size, rp_error *error);
RP_API void rp_reports_summarise_sized(const rp_rank_report *const *reports, int n_reports, size_t worker_size, rp_summary *summary,
                                       size_t summary_size);

#ifndef RPI__LIBRARY
RPI__SIZED rp_status rp_pool_report(rp_pool *pool, int rank, rp_rank_report **report, rp_error *error)
{
    return rp_pool_report_sized(pool, rank, report, sizeof(rp_worker_report), error);
}
RPI__SIZED void rp_reports_summarise(const rp_rank_report *const *reports, int n_reports, rp_summary *summary)
{
    rp_reports_summarise_sized(reports, n_reports, sizeof(rp_worker_report), summary, sizeof(rp_summary));
}
#endif

#ifdef __cplusplus
}
#endif
#endif
