/* options_help.h: help on the options of a command. */
#ifndef RANKPOOL_CLI_OPTIONS_HELP_H
#define RANKPOOL_CLI_OPTIONS_HELP_H

#include <stdio.h>

/* Prints the options that a command (OPTIONS_…) takes, one a line; and the same as a Markdown table. */
void options_print_help(unsigned command, FILE *file);
void options_print_table(unsigned command, FILE *file);

#endif
