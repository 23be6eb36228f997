/* options_parse.c: see options_parse.h. */
#include "options_parse.h"

#include "find_job.h"
#include "job_file.h"
#include "params.h"
#include "pool_policy.h"

#include <stdlib.h>
#include <string.h>

enum { DEFAULT_RUNS = 7 }; /* with fewer than 6 nothing can be told; one more bears an outlier */

static const char *command_name(unsigned command)
{
    switch (command) {
    case OPTIONS_RUN: return "run";
    case OPTIONS_COMPARE: return "compare";
    case OPTIONS_SCALE: return "scale";
    case OPTIONS_SIMULATE: return "simulate";
    case OPTIONS_JOBS: return "jobs";
    case OPTIONS_JOURNAL: return "journal";
    default: return "info";
    }
}

/* The job, its words and its items. `command`: NULL where it takes no items. */
static rp_status take_job(program_options *options, const char *command, rp_error *error)
{
    const rp_job *found;
    const operands_parts *parts = &options->parts;
    rp_status status = find_job(options->operands.texts[0], &found, error);
    if (status != RP_OK) return status;
    options->made_job = job_file_completed(found);
    options->job = &options->made_job;
    status = operands_take(&options->operands, options->job, command, &options->parts, error);
    if (status == RP_OK) status = items_request_take(&options->items, parts->n_items, parts->items, error);
    return status == RP_OK ? items_request_take(&options->items, parts->n_lists, parts->lists, error) : status;
}

/* Takes what is no option: the job and the items. */
static rp_status take_operands(program_options *options, rp_error *error)
{
    int n = options->operands.n;
    char **operands = options->operands.texts;
    const char *name = command_name(options->command);
    int takes_items = options_takes_items(options->command), most = options->command & (OPTIONS_INFO | OPTIONS_SIMULATE) ? 0 : 1;
    if (n == 0 && takes_items) return rp_error_set(error, RP_USAGE, 0, "%s needs a job; rankpool jobs lists them", name);
    if (n > most && !takes_items) return rp_error_set(error, RP_USAGE, 0, "%s: unexpected argument '%s'", name, operands[most]);
    options->journal.path = n > 0 ? operands[0] : NULL;
    if (n == 0 && options->command == OPTIONS_JOURNAL)
        return rp_error_set(error, RP_USAGE, 0, "journal needs a folder, the one that a run was given as --journal");
    if (n == 0 || options->command == OPTIONS_JOURNAL) return RP_OK;
    return take_job(options, takes_items ? name : NULL, error);
}

/* The items where the user gives none. Run may find some on standard input later. */
static void choose_items(program_options *options)
{
    const rp_job *job = options->job;
    if (options->items.kind != ITEMS_NONE || (!job->n_items && !(options->command & (OPTIONS_COMPARE | OPTIONS_SCALE)))) return;
    options->items.kind = ITEMS_NUMBERS;
    options->items.n = job->n_items ? (int64_t)job->n_items(options->values) : 100;
}

static rp_status take_defaults_and_check(program_options *options, rp_error *error)
{
    if (options->job) pool_policy_take_defaults(&options->pool, options->job);
    rp_status policy = pool_policy_check(&options->pool, error);
    if (policy != RP_OK) return policy;
    if (options->command == OPTIONS_SIMULATE) return simulate_request_check(&options->simulate, error);
    if (!options_takes_items(options->command)) return RP_OK;
    if (options->job->takes_words && !options->parts.words)
        return rp_error_set(error, RP_USAGE, 0, "%s needs a command: rankpool %s %s [options] -- COMMAND…", options->job->name,
                            command_name(options->command), options->job->name);
    rp_status status = params_parse(options->job, options->given_params, options->n_given_params, &options->values, error);
    if (status == RP_OK) choose_items(options);
    if (status == RP_OK) status = items_request_check(&options->items, error);
    if (status == RP_OK && options->command == OPTIONS_RUN) status = resume_options_complete(&options->resume, error);
    if (status != RP_OK || !options->job->resolve) return status;
    rp_job_request request = {.values = options->values, .words = options->parts.words};
    status = options->job->resolve(&request, &options->made_job, error);
    if (status == RP_OK) options->made_job = job_file_completed(&options->made_job);
    return status;
}

static rp_status read_line(int argc, char **argv, program_options *options, rp_error *error)
{
    options_of of = {.command = command_name(options->command)};
    of.n = options_list(options->command, of.entries);
    return options_read(&of, argc, argv, options, &options->operands, error);
}

rp_status options_parse(unsigned command, int argc, char **argv, program_options *options, rp_error *error)
{
    memset(options, 0, sizeof *options);
    options->command = command;
    options->runs = command == OPTIONS_SIMULATE ? 1 : DEFAULT_RUNS;
    options->items.seed = 1;
    simulate_request_init(&options->simulate);
    options->given_params = calloc((size_t)argc + 1, sizeof *options->given_params);
    options->operands.texts = calloc((size_t)argc + 2, sizeof *options->operands.texts);
    if (!options->given_params || !options->operands.texts) return rp_error_set(error, RP_NO_MEMORY, 0, "no memory for the options");
    rp_status status = read_line(argc, argv, options, error);
    if (status != RP_OK || options->wants_help) return status;
    status = take_operands(options, error);
    return status == RP_OK ? take_defaults_and_check(options, error) : status;
}
