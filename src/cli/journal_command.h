/* journal_command.h: `rankpool journal DIR`: what a journal has of a run's items, also while the run goes on. */
#ifndef RANKPOOL_CLI_JOURNAL_COMMAND_H
#define RANKPOOL_CLI_JOURNAL_COMMAND_H

#include "options.h"

/* Prints the journal options->journal.path. Returns the exit status. */
int journal_command(const program_options *options);

#endif
