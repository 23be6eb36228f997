/* allocation.h: the batch job in which this process runs: what it is, where, and how much time is left. */
#ifndef RANKPOOL_CLI_ALLOCATION_H
#define RANKPOOL_CLI_ALLOCATION_H

#include <stdio.h>

/* Prints a few lines; nothing outside of a batch job. Of Slurm's jobs it may ask squeue, for 5 s at most; of others it knows what stands in
 * the environment. */
void allocation_print(FILE *file);

#endif
