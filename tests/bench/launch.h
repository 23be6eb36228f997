/* launch.h: starts the ranks of a part, this program again under mpirun, and takes in the samples that they print. */
#ifndef BENCH_LAUNCH_H
#define BENCH_LAUNCH_H

#include "options.h"
#include "parts.h"

/* Returns false, after a line on standard error, when the part couldn't be run or one of its contestants failed; what it had measured until
 * then is among the samples. */
bool bench_launch(const bench_part *part, const bench_options *options, bench_samples *samples);

/* Yields in MPI's blocking calls are for ranks that share cores: a setting of Open MPI's, "0" or "1". */
const char *bench_launch_yields(int n_ranks);

#endif
