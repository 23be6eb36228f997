/* options.h: the command line of each command as one struct, and the options that each command takes. */
#ifndef RANKPOOL_CLI_OPTIONS_H
#define RANKPOOL_CLI_OPTIONS_H

#include "halt.h"
#include "items.h"
#include "methods.h"
#include "operands.h"
#include "options_read.h"
#include "output.h"
#include "resume_options.h"
#include "simulate_request.h"

enum {
    OPTIONS_RUN = RP_COMMAND_RUN,
    OPTIONS_COMPARE = RP_COMMAND_COMPARE,
    OPTIONS_JOBS = RP_COMMAND_JOBS,
    OPTIONS_INFO = RP_COMMAND_INFO,
    OPTIONS_SIMULATE = RP_COMMAND_SIMULATE,
    OPTIONS_SCALE = RP_COMMAND_SCALE,
    OPTIONS_JOURNAL = RP_COMMAND_JOURNAL,
    OPTIONS_SUBMIT = 1 << 16 /* the library has no options for it */
};
enum { OPTIONS_MAX_METHODS = 10, OPTIONS_MAX_BACKENDS = 8 };

struct program_options {
    unsigned command;  /* one of OPTIONS_… */
    const rp_job *job; /* NULL: none was named (allowed for jobs, info, simulate, journal); otherwise made_job */
    rp_job made_job;   /* a copy, complete and resolved */
    rp_value *values;  /* values of the parameters of the job */
    items_request items;
    double delay_s; /* between the starts of items; 0: none */
    halt halt;
    rp_pool_options pool;
    int progress_is_given; /* --progress was given */
    const method *methods[OPTIONS_MAX_METHODS];
    size_t n_methods; /* 0: the command's default */
    rp_executor backends[OPTIONS_MAX_BACKENDS];
    size_t n_backends;  /* 0: the command's default */
    const char *output; /* NULL: standard output */
    output_format format;
    int runs;
    int all;          /* compare: every row; scale: every number of workers */
    const char *plot; /* name of a picture; NULL: none */
    simulate_request simulate;
    struct {
        const char *path; /* of the journal's folder */
        int failed, todo; /* only the indices of these items are wanted */
    } journal;
    resume_options resume;
    int wants_report;           /* --report: the table is wanted */
    const char *report, *trace; /* names of files; NULL: none */
    int wants_help;
    int quiet;
    options_operands operands;
    operands_parts parts;
    char **given_params; /* NAME=VALUE, copies */
    int n_given_params;
};

/* Frees what a struct that options_parse has filled owns. */
void options_fini(program_options *options);

/* Lists all options that a command takes, the program's own and those of the library. Returns how many. */
int options_list(unsigned command, option_entry entries[OPTIONS_MOST]);

/* Whether the command takes ITEM… */
int options_takes_items(unsigned command);

#endif
