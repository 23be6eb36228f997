/*
 * man.h: manual pages, rankpool(1) and one for each command, from the same tables as the help. They have the date of SOURCE_DATE_EPOCH,
 * where that is set, so that building them again gives the same.
 */
#ifndef RANKPOOL_CLI_MAN_H
#define RANKPOOL_CLI_MAN_H

#include "commands.h"

#include <stdio.h>

/* The page of one command; NULL: that of the program. */
void man_print(const program_command *commands, const program_command *one, FILE *file);

#endif
