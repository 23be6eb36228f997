/* simulate.h: `rankpool simulate`: what a run on another machine would be like. Needs no ranks. */
#ifndef RANKPOOL_CLI_SIMULATE_H
#define RANKPOOL_CLI_SIMULATE_H

#include "options.h"

/* Returns the exit status. */
int simulate_command(const program_options *options);

#endif
