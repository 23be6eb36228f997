/* completion_fish.h: completion for fish; see completion.h. */
#ifndef RANKPOOL_CLI_COMPLETION_FISH_H
#define RANKPOOL_CLI_COMPLETION_FISH_H

#include "commands.h"

#include <stdio.h>

void completion_fish_print(const program_command *commands, FILE *file);

#endif
