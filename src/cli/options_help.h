/* options_help.h: help on the options of a command. */
#ifndef RANKPOOL_CLI_OPTIONS_HELP_H
#define RANKPOOL_CLI_OPTIONS_HELP_H

#include "option_entry.h"

#include <stdio.h>

/* What an option does, and the names of its values; a few of them with their meaning. Returns `text`. */
#define OPTIONS_HELP_SIZE 512
const char *options_help_of(const option_entry *entry, char text[OPTIONS_HELP_SIZE]);

/* Prints the options that a command (OPTIONS_…) takes, one a line; and the same as a Markdown table. */
void options_print_help(unsigned command, FILE *file);
void options_print_table(unsigned command, FILE *file);

#endif
