/* environment.h: help on what isn't an option: environment variables, names of values, exit statuses. */
#ifndef RANKPOOL_CLI_ENVIRONMENT_H
#define RANKPOOL_CLI_ENVIRONMENT_H

#include <stdio.h>

/* Prints rankpool's own variables, one a line. */
void environment_print_help(FILE *file);

/* Prints the causes of failure, one a line. */
void environment_print_causes(FILE *file);

/* Prints all variables, exit statuses and values, in Markdown. */
void environment_print_reference(FILE *file);

#endif
