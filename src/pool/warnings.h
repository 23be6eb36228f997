/* warnings.h: what is odd about the ranks of a pool, in a few lines however many hosts there are. Pure, but for the memory, and for whether
 * mpirun started this process. */
#ifndef RPI_POOL_WARNINGS_H
#define RPI_POOL_WARNINGS_H

#include <rankpool/pool.h>
#include <stdbool.h>

/* Writes the warnings to the first places of `warnings`, which are NULL before; free() frees each. One that is the same on many hosts is
 * one line. If there are more than `most`, 2 or more, the last line says how many. A warning for which there is no memory is left out. */
void rpi_warnings_make(const rp_rank_info *ranks, int n_ranks, char **warnings, int most);

/* On a host the ranks may use fewer cores together than it has: a text of one line, which the caller frees; NULL: there is no such host, or
 * no memory. */
char *rpi_warnings_of_idle_cores(const rp_rank_info *ranks, int n_ranks);

/* Open MPI's mpirun started this process. It binds ranks to cores unless it is told not to. */
bool rpi_warnings_mpirun_binds(void);

#endif
