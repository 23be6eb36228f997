/* completion_zsh.h: completion for zsh; see completion.h. */
#ifndef RANKPOOL_CLI_COMPLETION_ZSH_H
#define RANKPOOL_CLI_COMPLETION_ZSH_H

#include "commands.h"

#include <stdio.h>

void completion_zsh_print(const program_command *commands, FILE *file);

#endif
