/* environment.h: help on what isn't an option: the variables of the environment, the names of values, the exit statuses. */
#ifndef RANKPOOL_CLI_ENVIRONMENT_H
#define RANKPOOL_CLI_ENVIRONMENT_H

#include <stdio.h>

/* rankpool's own variables, one a line. */
void environment_print_help(FILE *file);

/* What makes an item fail, one a line. */
void environment_print_causes(FILE *file);

/* All variables, exit statuses and values, in Markdown. */
void environment_print_reference(FILE *file);

#endif
