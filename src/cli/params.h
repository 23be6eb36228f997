/* params.h: the parameters of a job, from NAME=VALUE on the command line, checked with the job's table. */
#ifndef RANKPOOL_CLI_PARAMS_H
#define RANKPOOL_CLI_PARAMS_H

#include <rankpool/rankpool.h>

#include <rankpool/job.h>

/* Makes the values, in the order of the job's table, from the n given texts (of two with one name, the last counts) and the defaults.
 * `*values` is the caller's, freed by free; its texts point into `given` and the table. Returns RP_OK; RP_USAGE (names the parameter and
 * what would be right); RP_NO_MEMORY. */
rp_status params_parse(const rp_job *job, char *const *given, int n, rp_value **values, rp_error *error);

/* Writes what a parameter takes, as "an integer from 1 to 50", to `text`; returns `text`. */
#define PARAMS_EXPECTED_SIZE 96
const char *params_expected(const rp_param *param, char text[PARAMS_EXPECTED_SIZE]);

#endif
