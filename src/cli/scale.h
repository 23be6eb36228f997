/* scale.h: `rankpool scale`: time against the number of workers, threads and ranks as curves. */
#ifndef RANKPOOL_CLI_SCALE_H
#define RANKPOOL_CLI_SCALE_H

#include <rankpool/rankpool.h>

enum { SCALE_MOST_COUNTS = 4096 };

/* The numbers of workers that are measured up to `limit`, at least 1: 1, 2, 4 and so on and the limit itself, or each. Returns how many. */
size_t scale_counts(int limit, int each, int counts[SCALE_MOST_COUNTS]);

/* The client of rp_main_bare. */
int scale_client(rp_pool *pool, int argc, char **argv);

#endif
