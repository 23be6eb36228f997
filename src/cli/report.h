/*
 * report.h: where the time of a run went, from all its ranks, put together for a table, for csv and for a trace.
 */
#ifndef RANKPOOL_CLI_REPORT_H
#define RANKPOOL_CLI_REPORT_H

#include <rankpool/rankpool.h>

#include <stdio.h>

/* At most about this many grains are recorded in all ranks together, at 48 bytes. */
#define REPORT_MOST_GRAINS (UINT64_C(1) << 21)

typedef struct report_grain {
    rp_grain what;
    int rank, worker; /* worker: -1 for a chunk */
} report_grain;

typedef struct report_list {
    report_grain *grains; /* in the order of their items, which is the order that a schedule sized them in */
    size_t n;
    uint64_t n_more; /* how many more there was no room for */
} report_list;

typedef struct report {
    rp_rank_report **ranks; /* NULL: the rank is lost */
    rp_rank_info *infos;    /* of each rank */
    int n_ranks;
    rp_summary summary;
    report_list grains, chunks; /* those that were recorded */
} report;

/* How many grains each worker may keep, in a pool with n_workers workers. */
uint64_t report_room(uint64_t n_workers);

/* Called after the calls, while the pool is still there. Give `*made` to report_fini, whatever this returns: RP_OK, RP_NO_MEMORY. */
rp_status report_gather(rp_pool *pool, report *made, rp_error *error);
void report_fini(report *made);

/* Writes a table for people. */
void report_write_table(const report *made, FILE *file);

/* Writes a row for each recorded grain, in the order of the items. The column `seconds` is per item. */
void report_write_csv(const report *made, FILE *file);

/* Writes how large the grains of a list are, as "37: 1 to 64 items, median 8; 1 1 2 4 8 … 4 2 1 1". Returns `text`. */
#define REPORT_SIZES_SIZE 320
const char *report_sizes(const report_list *list, char text[REPORT_SIZES_SIZE]);

#endif
