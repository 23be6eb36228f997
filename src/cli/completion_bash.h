/* completion_bash.h: completion for bash; see completion.h. */
#ifndef RANKPOOL_CLI_COMPLETION_BASH_H
#define RANKPOOL_CLI_COMPLETION_BASH_H

#include "commands.h"

#include <stdio.h>

void completion_bash_print(const program_command *commands, FILE *file);

#endif
