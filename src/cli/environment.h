/* environment.h: help on what isn't an option: environment variables, names of values, exit statuses. */
#ifndef RANKPOOL_CLI_ENVIRONMENT_H
#define RANKPOOL_CLI_ENVIRONMENT_H

#include <stdio.h>

typedef struct environment_row {
    const char *name, *meaning;
} environment_row;

/* The variables of the environment, and the exit statuses; each ended by one with name NULL. */
extern const environment_row environment_variables[], environment_exit_statuses[];

/* Prints rankpool's own variables, one a line. */
void environment_print_help(FILE *file);

/* Prints the causes of failure, one a line. */
void environment_print_causes(FILE *file);

/* Prints all variables, exit statuses and values, in Markdown. */
void environment_print_reference(FILE *file);

#endif
