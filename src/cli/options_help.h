/* options_help.h: the options of a command in words. */
#ifndef RANKPOOL_CLI_OPTIONS_HELP_H
#define RANKPOOL_CLI_OPTIONS_HELP_H

#include <stdio.h>

/* The options that a command (OPTIONS_…) takes, one a line; and the same as a table in Markdown. */
void options_print_help(unsigned command, FILE *file);
void options_print_table(unsigned command, FILE *file);

#endif
