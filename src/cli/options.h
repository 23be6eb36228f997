/*
 * options.h: the command line of each command as one struct. Parsing uses only the text and the table of jobs. So every rank gets the same
 * outcome without MPI. Commands check what only rank 0 can see (files).
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
    OPTIONS_SIMULATE = RP_COMMAND_SIMULATE,
    OPTIONS_JOURNAL = RP_COMMAND_JOURNAL
};
enum { OPTIONS_MAX_METHODS = 10, OPTIONS_MAX_BACKENDS = 8, OPTIONS_MOST = 64 }; /* MOST: more options than a command takes */

typedef struct program_options {
    unsigned command;  /* one of OPTIONS_… */
    const rp_job *job; /* NULL: none was named (allowed for jobs, info, simulate, journal) */
    rp_value *values;  /* values of the parameters of the job */
    items_request items;
    int header_is_given; /* --header was given */
    rp_pool_options pool;
    int progress_is_given; /* --progress was given */
    const method *methods[OPTIONS_MAX_METHODS];
    size_t n_methods; /* 0: the command's default */
    rp_executor backends[OPTIONS_MAX_BACKENDS];
    size_t n_backends;  /* 0: the command's default */
    const char *output; /* NULL: standard output */
    output_format format;
    int runs;
    simulate_request simulate;
    struct {
        const char *path; /* of the journal's folder */
        int failed, todo; /* only the indices of these items are wanted */
    } journal;
    int wants_report;           /* --report: the table is wanted */
    const char *report, *trace; /* names of files; NULL: none */
    int wants_help;
    char **given_params; /* NAME=VALUE, as given */
    int n_given_params;
} program_options;

/* Parses what follows the name of the command; argv[0] is that name. Moves the operands to the end of argv, as getopt does; parsing again
 * gives the same. Give `*options` to options_fini, whatever this returns: RP_OK, RP_USAGE, RP_NO_MEMORY. */
rp_status options_parse(unsigned command, int argc, char **argv, program_options *options, rp_error *error);
void options_fini(program_options *options);

/* Sets an option from its value, which is NULL if the option has none. RP_OK, RP_USAGE, RP_NO_MEMORY. */
typedef rp_status option_set(program_options *options, const char *name, const char *value, rp_error *error);

typedef struct option_entry {
    const char *name, *value, *help;
    unsigned commands;
    option_set *set;
} option_entry;

/* Lists all options that a command takes, the program's own and those of the library. Returns how many. */
int options_list(unsigned command, option_entry entries[OPTIONS_MOST]);

/* Finds the job of that name. RP_OK; RP_USAGE: the message lists the jobs that there are. */
rp_status options_find_job(const char *name, const rp_job **job, rp_error *error);

#endif
