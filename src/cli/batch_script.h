/*
 * batch_script.h: a batch script for one command, made of one of the scripts of slurm/: with its #SBATCH lines, but for those that the
 * user's options replace, the user's own, and the command in place of the script's arguments. Pure.
 */
#ifndef RANKPOOL_CLI_BATCH_SCRIPT_H
#define RANKPOOL_CLI_BATCH_SCRIPT_H

#include <rankpool/error.h>

typedef struct batch_request {
    const char *template_text; /* a script of slurm/ */
    const char *program;       /* the path of rankpool */
    char *const *sbatch;       /* options of sbatch: each begins with -, or is the value of the one before */
    int n_sbatch;
    char *const *words; /* the command, from "run" on */
    int n_words;
} batch_request;

/* Makes the script, which the caller frees. RP_OK; RP_USAGE: an option of sbatch that can't stand in a script; RP_NO_MEMORY. */
rp_status batch_script_make(const batch_request *request, char **script, rp_error *error);

/* The value of an option of sbatch by name and letter, as it was given last; NULL: it wasn't, or without one. */
const char *batch_script_option(const batch_request *request, const char *name, char letter);

/* The largest index of a list as --array takes it: "0-15:4,20%3". Below 0: there is none. */
long batch_script_last_index(const char *array);

#endif
