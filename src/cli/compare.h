/* compare.h: `rankpool compare`: every method on every back end, against the serial loop and the pthread baseline. */
#ifndef RANKPOOL_CLI_COMPARE_H
#define RANKPOOL_CLI_COMPARE_H

#include <rankpool/rankpool.h>

/* The client of rp_main_bare. */
int compare_client(rp_pool *pool, int argc, char **argv);

#endif
