/* help.h: the command help, and help that other commands are asked for. Texts go to standard output. */
#ifndef RANKPOOL_CLI_HELP_H
#define RANKPOOL_CLI_HELP_H

#include "commands.h"

/* What the commands are; and what one takes. Return the exit status. */
int help_print_all(const program_command *commands);
int help_print_command(const program_command *command);

/* `help` with its arguments: the name of a command, --reference, or nothing. argv[0] is "help". Returns the exit status. */
int help_command(const program_command *commands, int argc, char **argv);

#endif
