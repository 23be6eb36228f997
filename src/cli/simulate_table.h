/* simulate_table.h: what `rankpool simulate` found, a row for each number of nodes: as a table, csv or JSON lines. */
#ifndef RANKPOOL_CLI_SIMULATE_TABLE_H
#define RANKPOOL_CLI_SIMULATE_TABLE_H

#include "output.h"
#include "statistics.h"

typedef struct simulate_row {
    int64_t nodes;
    uint64_t ranks, workers, items;
    statistics makespan_s; /* of the runs; all that follows: their mean */
    double ideal_s;        /* free self-scheduling */
    double efficiency;     /* ideal over makespan */
    double imbalance;      /* busy time of the busiest worker over that of the mean one */
    double rank_0_load;    /* share of the makespan for which its talking thread is busy */
    double group_load;     /* likewise of the busiest coordinator of a group; 0: there are none */
    double messages_per_s; /* that rank 0 sends and receives */
    uint64_t chunks;       /* that rank 0 hands out */
} simulate_row;

/* Whether one coordinator is too little: rank 0's load above 90 %, or efficiency below 90 %. */
int simulate_row_is_saturated(const simulate_row *row);

void simulate_table_write(const simulate_row *rows, int n, output *out);

#endif
