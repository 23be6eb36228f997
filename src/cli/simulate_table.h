/* simulate_table.h: the outcomes of `rankpool simulate`, a row for each number of nodes: as a table, csv or JSON lines. */
#ifndef RANKPOOL_CLI_SIMULATE_TABLE_H
#define RANKPOOL_CLI_SIMULATE_TABLE_H

#include "output.h"
#include "statistics.h"

typedef struct simulate_row {
    int64_t nodes;
    uint64_t ranks, workers, items;
    statistics makespan_s; /* of the runs; everything below: their mean */
    double ideal_s;        /* free self-scheduling */
    double efficiency;     /* ideal_s over makespan */
    double imbalance;      /* busy time of the busiest worker over the mean of all */
    double rank_0_load;    /* share of the makespan for which its progress thread is busy */
    double group_load;     /* the same for the busiest coordinator of a group; 0: there is none */
    double messages_per_s; /* that rank 0 sends and receives */
    uint64_t chunks;       /* that rank 0 hands out */
} simulate_row;

/* Whether one coordinator is too few: the load of rank 0 is above 90 %, or the efficiency below 90 %. */
int simulate_row_is_saturated(const simulate_row *row);

void simulate_table_write(const simulate_row *rows, int n, output *out);

#endif
