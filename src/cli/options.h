/*
 * options.h: the command line of each command as one struct. Parsing looks at nothing but the text and the table of jobs, so that every
 * rank comes to the same end without MPI; what only rank 0 can see (files) is checked by the commands.
 */
#ifndef RANKPOOL_CLI_OPTIONS_H
#define RANKPOOL_CLI_OPTIONS_H

#include "items.h"
#include "methods.h"
#include "output.h"
#include "simulate_request.h"

enum {
    OPTIONS_RUN = RP_COMMAND_RUN,
    OPTIONS_COMPARE = RP_COMMAND_COMPARE,
    OPTIONS_JOBS = RP_COMMAND_JOBS,
    OPTIONS_INFO = RP_COMMAND_INFO,
    OPTIONS_SIMULATE = RP_COMMAND_SIMULATE
};
enum { OPTIONS_MAX_METHODS = 10, OPTIONS_MAX_BACKENDS = 8, OPTIONS_MOST = 64 }; /* MOST: more options than a command takes */

typedef struct program_options {
    unsigned command;  /* one of OPTIONS_… */
    const rp_job *job; /* NULL: none was named (jobs, info, simulate) */
    rp_value *values;  /* of the job's parameters */
    items_request items;
    rp_pool_options pool;
    int progress_is_given; /* --progress was */
    const method *methods[OPTIONS_MAX_METHODS];
    size_t n_methods; /* 0: the command's default */
    rp_executor backends[OPTIONS_MAX_BACKENDS];
    size_t n_backends;  /* 0: the command's default */
    const char *output; /* NULL: standard output */
    output_format format;
    int runs;
    simulate_request simulate;
    int wants_report;           /* as a table */
    const char *report, *trace; /* files; NULL: none */
    int wants_help;
    char **given_params; /* NAME=VALUE, as given */
    int n_given_params;
} program_options;

/* Parses what follows the command's name: argv[0] is that name. Gives argv its operands last, as getopt does; parsing again gives the
 * same. `*options` is to be given to options_fini, whatever this returns: RP_OK, RP_USAGE, RP_NO_MEMORY. */
rp_status options_parse(unsigned command, int argc, char **argv, program_options *options, rp_error *error);
void options_fini(program_options *options);

/* Takes an option's value, NULL where it has none. RP_OK, RP_USAGE, RP_NO_MEMORY. */
typedef rp_status option_set(program_options *options, const char *name, const char *value, rp_error *error);

typedef struct option_entry {
    const char *name, *value, *help;
    unsigned commands;
    option_set *set;
} option_entry;

/* All options that a command takes, the program's own and the library's. Returns how many. */
int options_list(unsigned command, option_entry entries[OPTIONS_MOST]);

/* The job of that name; an unknown one is an error that lists those there are. */
rp_status options_find_job(const char *name, const rp_job **job, rp_error *error);

#endif
