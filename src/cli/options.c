/*
 * options.c: the options of all commands. getopt_long's table and the help are made from them. The program's own options are rows here. The
 * library lists the options of a pool (rp_pool_option), and checks them.
 */
#include "options.h"
#include "params.h"
#include "program.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum {
    RUN_AND_COMPARE = OPTIONS_RUN | OPTIONS_COMPARE,
    ALL = RUN_AND_COMPARE | OPTIONS_INFO | OPTIONS_JOBS | OPTIONS_SIMULATE | OPTIONS_JOURNAL
};

static option_set set_items, set_file, set_header, set_param, set_method, set_backend, set_pool, set_isolate, set_output, set_format,
    set_runs, set_simulate, set_report, set_trace, set_journal_items, set_help;

static const char pool_options[] = ""; /* the library's options are listed here */

static const option_entry own_entries[] = {
    {"nodes", "N,N…", "nodes of the machine, a row of the table for each number; default 1", OPTIONS_SIMULATE, set_simulate},
    {"ranks", "R", "ranks of a node; default 1", OPTIONS_SIMULATE, set_simulate},
    {"threads", "T", "worker threads of a rank; default 1", OPTIONS_SIMULATE, set_simulate},
    {"times", "T", "how long items take, in seconds: a distribution (see below), or a file", OPTIONS_SIMULATE, set_simulate},
    {"items", "N", "number of items", OPTIONS_SIMULATE, set_simulate},
    {"items-per-worker", "N", "instead of --items: items for each worker; default 100", OPTIONS_SIMULATE, set_simulate},
    {"item-bytes", "B", "size of an item; default 8", OPTIONS_SIMULATE, set_simulate},
    {"result-bytes", "B", "size of a result; default 8", OPTIONS_SIMULATE, set_simulate},
    {"latency", "US", "microseconds that a message is on its way; default 2", OPTIONS_SIMULATE, set_simulate},
    {"bandwidth", "GB/S", "of a coordinator's link, in each direction; default 10", OPTIONS_SIMULATE, set_simulate},
    {"message-cost", "US", "microseconds that a message takes of the progress thread of rank 0; default 3", OPTIONS_SIMULATE, set_simulate},
    {"wake", "US", "microseconds that a progress thread sleeps at most; default 200", OPTIONS_SIMULATE, set_simulate},
    {"claim-cost", "US", "microseconds that a worker takes to claim a grain; default 0", OPTIONS_SIMULATE, set_simulate},
    {"speeds", "X,X…", "of the ranks, one after another and again from the first; default 1", OPTIONS_SIMULATE, set_simulate},
    {"thread-speeds", "X,X…", "the same for the threads of a rank", OPTIONS_SIMULATE, set_simulate},
    {"levels", "1|2", "2: each group of nodes has a coordinator of its own below rank 0", OPTIONS_SIMULATE, set_simulate},
    {"group", "G", "nodes of a group; default: the square root of their number", OPTIONS_SIMULATE, set_simulate},
    {"seed", "S", "for what is drawn at random; default 1", OPTIONS_SIMULATE, set_simulate},
    {"items", "N", "the numbers 0 to N-1 (compare: default 100)", RUN_AND_COMPARE, set_items},
    {"input", "FILE", "each line of FILE is an item; - is standard input", RUN_AND_COMPARE, set_file},
    {"csv", "FILE", "each row is an item, a column for each of its values", RUN_AND_COMPARE, set_file},
    {"header", "H", "whether the first line or row names columns: yes, no, auto (default)", RUN_AND_COMPARE, set_header},
    {"param", "NAME=VALUE", "a parameter of the job (see: rankpool jobs JOB); repeatable", RUN_AND_COMPARE, set_param},
    {"method", "M", "how the pool is called; default imap, with --csv istarmap", OPTIONS_RUN, set_method},
    {"method", "M,M…", "only these methods", OPTIONS_COMPARE, set_method},
    {"backend", "B,B…", "only these; default: all there are", OPTIONS_COMPARE, set_backend},
    {pool_options, NULL, NULL, 0, NULL},
    {"isolate", NULL, "run items in child processes: a crash, exit or time-out is the failure of one item", RUN_AND_COMPARE, set_isolate},
    {"output", "FILE", "default: standard output", RUN_AND_COMPARE | OPTIONS_SIMULATE | OPTIONS_JOURNAL, set_output},
    {"format", "F", "text (one result a line), csv, jsonl (one object a line)", OPTIONS_RUN, set_format},
    {"format", "F", "table, csv, jsonl", OPTIONS_COMPARE | OPTIONS_SIMULATE, set_format},
    {"format", "F", "text, csv (a row for each run), jsonl (a summary, the slowest items, the runs)", OPTIONS_JOURNAL, set_format},
    {"failed", NULL, "only the indices of the items that have failed", OPTIONS_JOURNAL, set_journal_items},
    {"todo", NULL, "only the indices of the items that would be run", OPTIONS_JOURNAL, set_journal_items},
    {"progress", "P", "never: leave the rows with progress out", OPTIONS_COMPARE, set_pool},
    {"report", "[=FILE]", "say at the end where the time went; to FILE each grain as csv, for simulate --times", OPTIONS_RUN, set_report},
    {"trace", "FILE", "write a time line of all workers, for ui.perfetto.dev or chrome://tracing", OPTIONS_RUN, set_trace},
    {"runs", "R", "timed runs of each; default 5", OPTIONS_COMPARE, set_runs},
    {"runs", "R", "runs of each, with seeds S, S + 1 and so on; the table has their means; default 1", OPTIONS_SIMULATE, set_runs},
    {"help", NULL, "this text", ALL, set_help},
};

enum { N_OWN_ENTRIES = sizeof own_entries / sizeof *own_entries };

static int add_entry(option_entry *entries, int n, const option_entry *entry, unsigned command)
{
    if (!(entry->commands & command) || n == OPTIONS_MOST) return n;
    entries[n] = *entry;
    return n + 1;
}

int options_list(unsigned command, option_entry entries[OPTIONS_MOST])
{
    int n = 0;
    rp_option_info info;
    for (int i = 0; i < N_OWN_ENTRIES; i++) {
        n = add_entry(entries, n, &own_entries[i], command);
        for (size_t k = 0; own_entries[i].name == pool_options && rp_pool_option(k, &info); k++) {
            option_entry entry = {info.name, info.value, info.help, info.commands, set_pool};
            n = add_entry(entries, n, &entry, command);
        }
    }
    return n;
}

/* ---- the options' values ---- */

static const char items_twice[] = "items are given already; give one of --items, --input, --csv and ITEM…";

static rp_status set_kind(program_options *options, items_kind kind, const char *name, rp_error *error)
{
    if (options->items.kind != ITEMS_NONE && options->items.kind != kind)
        return rp_error_set(error, RP_USAGE, 0, "--%s: %s", name, items_twice);
    options->items.kind = kind;
    return RP_OK;
}

static rp_status set_items(program_options *options, const char *name, const char *value, rp_error *error)
{
    if (!value_integer(value, 0, INT64_MAX, &options->items.n))
        return rp_error_set(error, RP_USAGE, 0, "--items %s: must be an integer, 0 or more", value);
    return set_kind(options, ITEMS_NUMBERS, name, error);
}

static rp_status set_file(program_options *options, const char *name, const char *value, rp_error *error)
{
    if (!*value) return rp_error_set(error, RP_USAGE, 0, "--%s: needs the name of a file, or - for standard input", name);
    options->items.path = value;
    return set_kind(options, strcmp(name, "csv") == 0 ? ITEMS_CSV : ITEMS_LINES, name, error);
}

static rp_status set_header(program_options *options, const char *name, const char *value, rp_error *error)
{
    static const char *const values[] = {[ITEMS_HEADER_AUTO] = "auto", [ITEMS_HEADER_YES] = "yes", [ITEMS_HEADER_NO] = "no"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (strcmp(value, values[i]) != 0) continue;
        options->items.header = (items_header)i;
        options->header_is_given = 1;
        return RP_OK;
    }
    return rp_error_set(error, RP_USAGE, 0, "--%s: unknown value '%s'; there are: yes, no, auto", name, value);
}

static rp_status set_param(program_options *options, const char *name, const char *value, rp_error *error)
{
    (void)name, (void)error;
    options->given_params[options->n_given_params++] = (char *)(uintptr_t)value;
    return RP_OK;
}

/* The texts of the library begin with its name for the option. */
static rp_status set_library_option(rp_pool_options *pool, const char *name, const char *value, rp_error *error)
{
    rp_error cause;
    rp_status status = rp_pool_options_set(pool, name, value, &cause);
    return status == RP_OK ? RP_OK : rp_error_set(error, status, cause.code, "--%s", cause.message);
}

static rp_status add_method(program_options *options, const char *value, rp_error *error)
{
    char names[METHOD_NAMES_SIZE];
    const method *found = method_find(value);
    if (!found) return rp_error_set(error, RP_USAGE, 0, "--method: unknown method '%s'; there are: %s", value, method_names(names));
    for (size_t i = 0; i < options->n_methods; i++)
        if (options->methods[i] == found) return RP_OK;
    options->methods[options->n_methods++] = found;
    return RP_OK;
}

static rp_status add_backend(program_options *options, const char *value, rp_error *error)
{
    rp_pool_options parsed = {0};
    rp_status status = set_library_option(&parsed, "backend", value, error);
    if (status != RP_OK) return status;
    for (size_t i = 0; i < options->n_backends; i++)
        if (options->backends[i] == parsed.executor) return RP_OK;
    if (options->n_backends < OPTIONS_MAX_BACKENDS) options->backends[options->n_backends++] = parsed.executor;
    return RP_OK;
}

/* Adds each name of a list with commas. */
static rp_status set_list(program_options *options, const char *list, rp_status (*add)(program_options *, const char *, rp_error *),
                          rp_error *error)
{
    char *copy = strdup(list), *rest = copy, *name;
    rp_status status = copy ? RP_OK : rp_error_set(error, RP_NO_MEMORY, 0, "no memory for the options");
    while (status == RP_OK && (name = strsep(&rest, ",")) != NULL) status = add(options, name, error);
    free(copy);
    return status;
}

static rp_status set_method(program_options *options, const char *name, const char *value, rp_error *error)
{
    (void)name;
    options->n_methods = 0;
    return options->command == OPTIONS_RUN ? add_method(options, value, error) : set_list(options, value, add_method, error);
}

static rp_status set_backend(program_options *options, const char *name, const char *value, rp_error *error)
{
    options->n_backends = 0;
    if (options->command != OPTIONS_COMPARE) return set_pool(options, name, value, error);
    return set_list(options, value, add_backend, error);
}

static rp_status set_pool(program_options *options, const char *name, const char *value, rp_error *error)
{
    if (strcmp(name, "progress") == 0) options->progress_is_given = 1;
    return set_library_option(&options->pool, name, value, error);
}

static rp_status set_isolate(program_options *options, const char *name, const char *value, rp_error *error)
{
    (void)name, (void)value, (void)error;
    options->pool.isolation = RP_ISOLATION_PROCESS;
    return RP_OK;
}

static rp_status set_output(program_options *options, const char *name, const char *value, rp_error *error)
{
    if (!*value) return rp_error_set(error, RP_USAGE, 0, "--%s: needs the name of a file", name);
    options->output = value;
    return RP_OK;
}

static rp_status set_format(program_options *options, const char *name, const char *value, rp_error *error)
{
    const char *plain = options->command & (OPTIONS_RUN | OPTIONS_JOURNAL) ? "text" : "table";
    const char *const formats[] = {[OUTPUT_TEXT] = plain, [OUTPUT_CSV] = "csv", [OUTPUT_JSONL] = "jsonl"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(value, formats[i]) != 0) continue;
        options->format = (output_format)i;
        return RP_OK;
    }
    return rp_error_set(error, RP_USAGE, 0, "--%s: unknown format '%s'; there are: %s, csv, jsonl", name, value, plain);
}

static rp_status set_runs(program_options *options, const char *name, const char *value, rp_error *error)
{
    int64_t runs;
    if (!value_integer(value, 1, 1000000, &runs))
        return rp_error_set(error, RP_USAGE, 0, "--%s %s: must be an integer from 1 to 1000000", name, value);
    options->runs = (int)runs;
    return RP_OK;
}

static rp_status set_simulate(program_options *options, const char *name, const char *value, rp_error *error)
{
    return simulate_request_set(&options->simulate, name, value, error);
}

static rp_status set_report(program_options *options, const char *name, const char *value, rp_error *error)
{
    options->wants_report = 1;
    options->report = value;
    return value && !*value ? rp_error_set(error, RP_USAGE, 0, "--%s=: needs the name of a file, or no =", name) : RP_OK;
}

static rp_status set_trace(program_options *options, const char *name, const char *value, rp_error *error)
{
    options->trace = value;
    return *value ? RP_OK : rp_error_set(error, RP_USAGE, 0, "--%s: needs the name of a file", name);
}

static rp_status set_journal_items(program_options *options, const char *name, const char *value, rp_error *error)
{
    (void)value;
    if (strcmp(name, "failed") == 0) options->journal.failed = 1;
    else options->journal.todo = 1;
    if (!options->journal.failed || !options->journal.todo) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "--failed and --todo: give one of them");
}

static rp_status set_help(program_options *options, const char *name, const char *value, rp_error *error)
{
    (void)name, (void)value, (void)error;
    options->wants_help = 1;
    return RP_OK;
}

/* ---- the command line ---- */

static const char *command_name(unsigned command)
{
    switch (command) {
    case OPTIONS_RUN: return "run";
    case OPTIONS_COMPARE: return "compare";
    case OPTIONS_SIMULATE: return "simulate";
    case OPTIONS_JOBS: return "jobs";
    case OPTIONS_JOURNAL: return "journal";
    default: return "info";
    }
}

static rp_status bad_option(unsigned command, int kind, const char *given, rp_error *error)
{
    const char *name = command_name(command);
    if (kind == ':') return rp_error_set(error, RP_USAGE, 0, "option %s needs a value; see rankpool %s --help", given, name);
    if (optopt > 0 && optopt < 256)
        return rp_error_set(error, RP_USAGE, 0, "unknown option -%c; see rankpool %s --help; an item that begins with - comes after --",
                            optopt, name);
    return rp_error_set(error, RP_USAGE, 0, "unknown or ambiguous option %s; see rankpool %s --help", given, name);
}

static int takes_value(const option_entry *entry)
{
    if (!entry->value) return no_argument;
    return entry->value[0] == '[' ? optional_argument : required_argument;
}

static rp_status parse_options(int argc, char **argv, program_options *options, rp_error *error)
{
    option_entry entries[OPTIONS_MOST];
    struct option long_options[OPTIONS_MOST + 1] = {0};
    int n = options_list(options->command, entries), code;
    for (int i = 0; i < n; i++) long_options[i] = (struct option){entries[i].name, takes_value(&entries[i]), NULL, 256 + i};
    opterr = 0;
    optind = 0; /* glibc: begin anew */
    while (!options->wants_help) {
        code = getopt_long(argc, argv, ":", long_options, NULL);
        if (code == -1) return RP_OK;
        if (code < 256) return bad_option(options->command, code, argv[optind - 1], error);
        rp_status status = entries[code - 256].set(options, entries[code - 256].name, optarg, error);
        if (status != RP_OK) return status;
    }
    return RP_OK;
}

rp_status options_find_job(const char *name, const rp_job **job, rp_error *error)
{
    char names[256] = "";
    for (const rp_job *const *at = rp_jobs(); *at; at++) {
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", *names ? ", " : "", (*at)->name);
        if (strcmp((*at)->name, name) != 0) continue;
        *job = *at;
        return RP_OK;
    }
    return rp_error_set(error, RP_USAGE, 0, "unknown job '%s'; there are: %s", name, names);
}

/* Takes what is left after the options: the job and the items. */
static rp_status parse_operands(int n, char **operands, program_options *options, rp_error *error)
{
    const char *name = command_name(options->command);
    int takes_items = (options->command & RUN_AND_COMPARE) != 0, most = options->command & (OPTIONS_INFO | OPTIONS_SIMULATE) ? 0 : 1;
    if (n == 0 && takes_items) return rp_error_set(error, RP_USAGE, 0, "%s needs a job; rankpool jobs lists them", name);
    if (n > most && !takes_items) return rp_error_set(error, RP_USAGE, 0, "%s: unexpected argument '%s'", name, operands[most]);
    options->journal.path = n > 0 ? operands[0] : NULL;
    if (n == 0 && options->command == OPTIONS_JOURNAL)
        return rp_error_set(error, RP_USAGE, 0, "journal needs a folder, the one that a run was given as --journal");
    if (n == 0 || options->command == OPTIONS_JOURNAL) return RP_OK;
    rp_status status = options_find_job(operands[0], &options->job, error);
    if (status != RP_OK || n == 1) return status;
    if (options->items.kind != ITEMS_NONE)
        return rp_error_set(error, RP_USAGE, 0, "unexpected argument '%s': %s", operands[1], items_twice);
    options->items = (items_request){.kind = ITEMS_ARGUMENTS, .n = n - 1, .arguments = operands + 1};
    return RP_OK;
}

/* Checks options that depend on each other, in whatever order they were given. A limit of failures means that failures are collected, and a
 * limit of tasks needs children. */
static rp_status choose_policy(rp_pool_options *pool, rp_error *error)
{
    if (pool->max_tasks_per_child > 0 && pool->isolation == RP_ISOLATION_NONE)
        return rp_error_set(error, RP_USAGE, 0, "--max-tasks-per-child needs --isolate, as without it there are no children");
    if (pool->max_failures == 0 && pool->max_failures_percent <= 0) return RP_OK;
    if (pool->on_error == RP_ON_ERROR_STOP)
        return rp_error_set(error, RP_USAGE, 0, "--max-failures doesn't go with --on-error stop, which ends at the first");
    pool->on_error = RP_ON_ERROR_COLLECT;
    return RP_OK;
}

static rp_status complete(program_options *options, rp_error *error)
{
    rp_status policy = choose_policy(&options->pool, error);
    if (policy != RP_OK) return policy;
    if (options->command == OPTIONS_SIMULATE) return simulate_request_check(&options->simulate, error);
    if (options->items.kind == ITEMS_NONE && options->command == OPTIONS_COMPARE)
        options->items = (items_request){.kind = ITEMS_NUMBERS, .n = 100};
    if (options->items.kind == ITEMS_NONE && options->command == OPTIONS_RUN)
        return rp_error_set(error, RP_USAGE, 0, "run %s: no items; give --items N, --input FILE, --csv FILE or ITEM… (an item is %s)",
                            options->job->name, options->job->item_help);
    if (!(options->command & RUN_AND_COMPARE)) return RP_OK;
    if (options->header_is_given && options->items.kind != ITEMS_LINES && options->items.kind != ITEMS_CSV)
        return rp_error_set(error, RP_USAGE, 0, "--header goes with --input or --csv, these items have no first line");
    return params_parse(options->job, options->given_params, options->n_given_params, &options->values, error);
}

rp_status options_parse(unsigned command, int argc, char **argv, program_options *options, rp_error *error)
{
    memset(options, 0, sizeof *options);
    options->command = command;
    options->runs = command == OPTIONS_SIMULATE ? 1 : 5;
    simulate_request_init(&options->simulate);
    options->given_params = calloc((size_t)argc + 1, sizeof *options->given_params);
    if (!options->given_params) return rp_error_set(error, RP_NO_MEMORY, 0, "no memory for the options");
    rp_status status = parse_options(argc, argv, options, error);
    if (status != RP_OK || options->wants_help) return status;
    status = parse_operands(argc - optind, argv + optind, options, error);
    return status == RP_OK ? complete(options, error) : status;
}

void options_fini(program_options *options)
{
    free(options->values);
    free(options->given_params);
    options->values = NULL;
    options->given_params = NULL;
}
