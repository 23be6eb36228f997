/*
 * operands.h: what of a command line is no option, taken apart: the words of a job, which stand behind its name or behind `--`, the items,
 * and lists of items. Pure.
 */
#ifndef RANKPOOL_CLI_OPERANDS_H
#define RANKPOOL_CLI_OPERANDS_H

#include "options_read.h"

#include <rankpool/job.h>

typedef struct operands_parts {
    char **words; /* of a job that takes them, ended by NULL; NULL: none were given */
    char **items;
    int n_items;
    char **lists; /* behind a command, from the first separator (separators.h) on */
    int n_lists;
} operands_parts;

/* Takes apart what was given, whose texts have room for two more than the command line has; the first is the job's name. Moves them about.
 * `command` is for messages; NULL: it takes no words. Returns RP_OK; RP_USAGE: words are missing. */
rp_status operands_take(options_operands *given, const rp_job *job, const char *command, operands_parts *parts, rp_error *error);

#endif
