/*
 * report.h: where the time of a pool went, for pools whose option `record` asks for it: what each worker did and when, and what ranks
 * were sent.
 */
#ifndef RANKPOOL_REPORT_H
#define RANKPOOL_REPORT_H

#include <rankpool/pool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Items that one worker ran without a break, or, as a chunk, that a rank was sent. */
typedef struct rp_grain {
    uint64_t call;         /* number of the call in its pool, from 1 */
    uint64_t first, count; /* items first … first + count - 1 of the call */
    double begin_s, end_s; /* seconds since the pool was opened, by the clock of the client's process; a chunk: sent, and back */
    unsigned attempt;      /* which try of these items it was, from 1 */
    unsigned failed;       /* of these tries */
} rp_grain;

typedef struct rp_worker_report {
    uint64_t items;         /* tries of items that it ran, well or not; an item that is tried again counts again */
    uint64_t failed;        /* of them, those that failed */
    uint64_t repeated;      /* of them, those that weren't the first of their item */
    uint64_t chunks;        /* that these items were of */
    uint64_t n_grains;      /* that it ran */
    uint64_t n_recorded;    /* of them, the first ones, which `grains` has; the others found no room (see max_records) */
    const rp_grain *grains; /* in the order of time; NULL: none are recorded */
    uint64_t waits;         /* how often it had nothing to run for longer than 20 us, between its first item and its last */
    double busy_s;          /* in its grains. Claiming them and the pool's own work between two of a chunk are part of it */
    double begin_s, end_s;  /* when its first grain began and its last one ended; 0 when it ran none */
} rp_worker_report;

typedef struct rp_rank_report {
    int rank;
    int n_workers;
    const rp_worker_report *workers;
    /* between the client's process and this rank, for calls, items and results; 0 for the client's own */
    uint64_t bytes_sent, bytes_received; /* to the rank, from the rank */
    uint64_t messages_sent, messages_received;
    uint64_t n_chunks;          /* that came back from this rank (MPI and hybrid only) */
    uint64_t n_chunks_recorded; /* of them, the first ones, which `chunks` has, in the order in which they came back */
    const rp_grain *chunks;
    double clock_error_s; /* this rank's times are converted from a clock of its own, at the time of the report, and off by so much at most,
                             and by what the clocks drifted apart since; 0: it is the same clock */
} rp_rank_report;

/*
 * What rank `rank` of the pool recorded so far, 0 <= rank < ranks of rp_pool_info. On success `*report` is the caller's, to be given to
 * rp_rank_report_free; it stays valid when the pool is gone. Calls may be running: their grains are there as far as they are finished.
 * Blocks until the rank has answered, which takes milliseconds, and no longer than until it is lost. Any thread of the client's process.
 * Returns RP_OK; RP_USAGE (no such rank, or the pool records nothing); RP_CLOSED (the pool was joined); RP_LOST (that rank was);
 * RP_NO_MEMORY.
 */
RP_API rp_status rp_pool_report(rp_pool *pool, int rank, rp_rank_report **report, rp_error *error);

/* NULL does nothing. */
RP_API void rp_rank_report_free(rp_rank_report *report);

typedef struct rp_summary {
    uint64_t workers;
    uint64_t items, failed, repeated, n_grains, n_recorded; /* sums over the workers */
    double begin_s, end_s;                                  /* of the first grain, of the last one */
    double makespan_s;                                      /* between the two */
    double busy_s;                                          /* all workers together */
    double ideal_s;    /* busy_s / workers: the makespan, had the same work been shared out evenly and without a pause */
    double efficiency; /* ideal_s / makespan_s; 0 when nothing ran */
    double imbalance;  /* the longest busy time of a worker over the mean of all; 1: even; 0 when nothing ran */
    uint64_t bytes_sent, bytes_received, messages_sent, messages_received;
} rp_summary;

/* The totals over some ranks of a pool, or all. Entries that are NULL (ranks that were lost) are left out. Any thread. */
RP_API void rp_reports_summarise(const rp_rank_report *const *reports, int n_reports, rp_summary *summary);

#ifdef __cplusplus
}
#endif
#endif
