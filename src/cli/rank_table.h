/* rank_table.h: the ranks of a pool as a table that is short for many hosts: ranks of a host that are alike share a row, and hosts that are
 * alike are counted. */
#ifndef RANKPOOL_CLI_RANK_TABLE_H
#define RANKPOOL_CLI_RANK_TABLE_H

#include <rankpool/pool.h>

#include <stdio.h>

/* `ranks`: what is known of ranks 0 to n - 1. Without memory it prints a row for each rank. */
void rank_table_print(const rp_rank_info *ranks, int n, FILE *file);

#endif
