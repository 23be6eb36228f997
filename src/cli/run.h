/* run.h: `rankpool run`: a job over items, results as they come. */
#ifndef RANKPOOL_CLI_RUN_H
#define RANKPOOL_CLI_RUN_H

#include <rankpool/rankpool.h>

/* The client of rp_main_bare. */
int run_client(rp_pool *pool, int argc, char **argv);

#endif
