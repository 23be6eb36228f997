/*
 * option_values.h: the options whose value is one of a few names. The setters, messages and completion take the names from here; those of
 * the library's options come from the library.
 */
#ifndef RANKPOOL_CLI_OPTION_VALUES_H
#define RANKPOOL_CLI_OPTION_VALUES_H

#include "suggest.h"

/* Whose values: an option of a command (RP_COMMAND_…). */
typedef struct option_values_of {
    const char *option;
    unsigned command;
} option_values_of;

/* Value k of an option_values_of. NULL: there are no more, or its values have no names. */
suggest_names option_values_name;

/* Finds `value`. Returns its index; -1: it is none of them. */
int option_values_find(option_values_of of, const char *value);

#endif
