/* run_display.h: what the people who start a run see of it besides its results: progress, and advice. */
#ifndef RANKPOOL_CLI_RUN_DISPLAY_H
#define RANKPOOL_CLI_RUN_DISPLAY_H

#include "options.h"

/* Bars and lines are the default: a batch job's log should say how far it is. `*shares_terminal`: results go where the bar is. RP_OK;
 * RP_USAGE: RANKPOOL_PROGRESS is wrong. */
rp_status run_display_choose(program_options *options, int *shares_terminal, rp_error *error);

/* People who try functions like to know that items can be isolated; scripts chose already. */
void run_display_advise(const program_options *options);

#endif
