/*
 * options_parse.h: makes a command line a struct: its options, then the job and the items, defaults and checks. It uses only the text, the
 * table of jobs, and libraries that the job is in or needs. So every rank gets the same outcome without MPI, unless it lacks a library.
 * Commands check what only rank 0 can see (files).
 */
#ifndef RANKPOOL_CLI_OPTIONS_PARSE_H
#define RANKPOOL_CLI_OPTIONS_PARSE_H

#include "options.h"

/* Parses what follows the name of the command; argv[0] is that name. Help that is asked for comes before any mistake. Give `*options` to
 * options_fini, whatever this returns: RP_OK, RP_USAGE, RP_NO_MEMORY; RP_UNSUPPORTED: this rank lacks a library, which others may have. */
rp_status options_parse(unsigned command, int argc, char **argv, program_options *options, rp_error *error);

#endif
