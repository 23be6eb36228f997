/* option_entry.h: an option as a row: what is written of it, and what it sets. Rows are in options.c and in the library. */
#ifndef RANKPOOL_CLI_OPTION_ENTRY_H
#define RANKPOOL_CLI_OPTION_ENTRY_H

#include <rankpool/error.h>

typedef struct program_options program_options;

/* Sets an option from its value, which is NULL if the option has none. RP_OK, RP_USAGE, RP_NO_MEMORY. */
typedef rp_status option_set(program_options *options, const char *name, const char *value, rp_error *error);

typedef struct option_entry {
    const char *name, *value, *help;
    unsigned commands;
    option_set *set;
} option_entry;

/* The letter of an option, as -n; 0: it has none. */
char option_letter(const char *name);

#endif
