/* warnings.h: what is odd about the ranks of a pool, in a few lines however many hosts there are. Pure, but for the memory. */
#ifndef RPI_POOL_WARNINGS_H
#define RPI_POOL_WARNINGS_H

#include <rankpool/pool.h>

/* Writes the warnings to the first places of `warnings`, which are NULL before; free() frees each. One that is the same on many hosts is
 * one line. If there are more than `most`, 2 or more, the last line says how many. A warning for which there is no memory is left out. */
void rpi_warnings_make(const rp_rank_info *ranks, int n_ranks, char **warnings, int most);

#endif
