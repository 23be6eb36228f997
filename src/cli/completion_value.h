/* completion_value.h: what a shell can offer for the value of an option; from the tables of options and jobs, for all shells. */
#ifndef RANKPOOL_CLI_COMPLETION_VALUE_H
#define RANKPOOL_CLI_COMPLETION_VALUE_H

#include "option_entry.h"

#include <stddef.h>

typedef enum completion_kind {
    COMPLETION_NONE, /* the option has no value */
    COMPLETION_TEXT, /* nothing can be offered */
    COMPLETION_FILE,
    COMPLETION_FOLDER,
    COMPLETION_PARAM, /* NAME= of a parameter of the job */
    COMPLETION_NAMES
} completion_kind;

completion_kind completion_value_kind(const option_entry *entry, unsigned command);

/* Name k of an option whose kind is NAMES, in `room`. NULL: there are no more. */
#define COMPLETION_NAME_SIZE 64
const char *completion_value_name(const option_entry *entry, unsigned command, size_t k, char room[COMPLETION_NAME_SIZE]);

#endif
