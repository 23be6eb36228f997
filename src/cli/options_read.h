/* options_read.h: takes a command line apart by the rows of a command, and sets each option. What the options mean, it doesn't know. */
#ifndef RANKPOOL_CLI_OPTIONS_READ_H
#define RANKPOOL_CLI_OPTIONS_READ_H

#include "option_entry.h"

enum { OPTIONS_MOST = 64 }; /* more options than a command takes */

/* A command, and the rows of its options. */
typedef struct options_of {
    const char *command;
    option_entry entries[OPTIONS_MOST];
    int n;
} options_of;

/* What isn't an option, in its order. */
typedef struct options_operands {
    char **texts; /* room for argc */
    int n;
    int n_before; /* so many come before --, or there is none; the others behind it */
} options_operands;

/* argv[0] is the command's name. A mistake ends it, unless --help stands anywhere: then `help` is set, and nothing is wrong.
 * RP_OK; RP_USAGE, with what would be right; what a setter returns. */
rp_status options_read(const options_of *of, int argc, char *const *argv, program_options *options, options_operands *operands,
                       rp_error *error);

#endif
