/*
 * measure.h: the course of the commands that measure, compare and scale: contestants are made, they run, and what came out is written as a
 * table, as data and as a picture. What differs is in a table of functions.
 */
#ifndef RANKPOOL_CLI_MEASURE_H
#define RANKPOOL_CLI_MEASURE_H

#include "contest.h"
#include "leaderboard_table.h"
#include "plot.h"

typedef struct measure_kind {
    unsigned command;
    leaderboard_layout layout;
    plot_writer *plot;
    int is_sorted;  /* by place; else the rows are as the contestants were added */
    int keeps_best; /* a table and a picture have only the best row of each back end, unless --all or --method was given */
    /* Adds the contestants, the serial loop first. As rp_pool_open. */
    rp_status (*add)(contest *made, rp_error *error);
    /* What a row is called in sentences. */
    void (*name)(const leaderboard_row *row, char name[LEADERBOARD_NAME_SIZE]);
} measure_kind;

/* Returns the exit status of the command. */
int measure(const measure_kind *kind, int argc, char **argv);

#endif
