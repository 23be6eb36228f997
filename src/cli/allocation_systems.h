/* allocation_systems.h: batch jobs of PBS, LSF, Grid Engine and Flux, as far as the environment tells of them. */
#ifndef RANKPOOL_CLI_ALLOCATION_SYSTEMS_H
#define RANKPOOL_CLI_ALLOCATION_SYSTEMS_H

#include <stdio.h>

/* Prints a few lines about the job that this process is in. Nothing outside of one. */
void allocation_systems_print(FILE *file);

#endif
