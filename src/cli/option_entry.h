/* option_entry.h: one option of the command line, as options.c lists them for parsing and for help. */
#ifndef RANKPOOL_CLI_OPTION_ENTRY_H
#define RANKPOOL_CLI_OPTION_ENTRY_H

#include "options.h"

/* Takes an option's value, NULL where it has none. RP_OK, RP_USAGE, RP_NO_MEMORY. */
typedef rp_status option_set(program_options *options, const char *name, const char *value, rp_error *error);

typedef struct option_entry {
    const char *name, *value, *help;
    unsigned commands;
    option_set *set;
} option_entry;

/* More than a command takes. */
enum { OPTIONS_MOST = 64 };

/* All options that a command takes, the program's own and the library's. Returns how many. */
int options_list(unsigned command, option_entry entries[OPTIONS_MOST]);

#endif
