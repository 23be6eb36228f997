/* submit.h: the command `submit`: a command of this program as a batch job of Slurm's. */
#ifndef RANKPOOL_CLI_SUBMIT_H
#define RANKPOOL_CLI_SUBMIT_H

#include "batch_script.h"
#include "options.h"

typedef struct submit_request {
    batch_request batch; /* template_text and program aren't set yet */
    int is_dry, wants_help;
} submit_request;

/* Takes the words apart; argv[0] is "submit". What is neither --dry-run nor --help goes to sbatch; the command comes after the first --.
 * Moves words within argv, and points into it. RP_OK, RP_USAGE. */
rp_status submit_parse(int argc, char **argv, submit_request *request, rp_error *error);

/* Submits the job, and prints its number, or for a dry run the script. `options`: what the command says. Returns the exit status. */
int submit_command(submit_request *request, const program_options *options);

#endif
