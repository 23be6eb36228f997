/*
 * options.c: the options of all commands. Parsing, help, man pages and completion are made from them. The program's own options are rows
 * here. The library lists the options of a pool (rp_pool_option), and checks them.
 */
#include "options.h"
#include "option_values.h"
#include "options_read.h"
#include "plot_script.h"
#include "program.h"

#include <stdlib.h>
#include <string.h>

enum {
    MEASURES = OPTIONS_COMPARE | OPTIONS_SCALE,
    TAKES_ITEMS = OPTIONS_RUN | MEASURES,
    ALL = TAKES_ITEMS | OPTIONS_INFO | OPTIONS_JOBS | OPTIONS_SIMULATE | OPTIONS_JOURNAL
};

static option_set set_items, set_header, set_param, set_method, set_backend, set_pool, set_isolate, set_output, set_format, set_runs,
    set_plot, set_all, set_simulate, set_report, set_trace, set_quiet, set_journal_items, set_help, set_delay, set_halt, set_resume;

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
    {"items", "N", "the numbers 0 to N-1 (compare, scale: default 100)", TAKES_ITEMS, set_items},
    {"input", "FILE", "each line of FILE is an item; - is standard input", TAKES_ITEMS, set_items},
    {"csv", "FILE", "each row is an item, a column for each of its values", TAKES_ITEMS, set_items},
    {"header", "H", "whether the first line or row names columns: yes, no, auto (default)", TAKES_ITEMS, set_header},
    {"null", NULL, "the items of --input end with a NUL, not with a line end", TAKES_ITEMS, set_items},
    {"grid", "NAME=VALUES", "all combinations of values, 1,2,3 or START:END:STEP; repeatable, the last axis varies fastest", TAKES_ITEMS,
     set_items},
    {"sample", "N", "N of the items, at random without repetition", TAKES_ITEMS, set_items},
    {"seed", "S", "for --sample; default 1", TAKES_ITEMS, set_items},
    {"param", "NAME=VALUE", "a parameter of the job (see: rankpool jobs JOB); repeatable", TAKES_ITEMS, set_param},
    {"tag", NULL, "of exec: the item and a tab before each line of output", OPTIONS_RUN, set_param},
    {"joblog", "FILE", "of exec: a row as each item ends, in GNU parallel's columns", OPTIONS_RUN, set_param},
    {"dry-run", NULL, "of exec: print the commands as lines for a shell, and run none", OPTIONS_RUN, set_param},
    {"delay", "S", "seconds from the start of an item to that of the next one", OPTIONS_RUN, set_delay},
    {"halt", "WHEN", "end the run: now,fail=N soon,fail=P% now,success=N and so on; now: end what runs", OPTIONS_RUN, set_halt},
    {"method", "M", "how the pool is called; default imap, with --csv istarmap", OPTIONS_RUN, set_method},
    {"method", "M,M…", "only these methods", OPTIONS_COMPARE, set_method},
    {"method", "M", "how the pools are called; default map, with --csv starmap", OPTIONS_SCALE, set_method},
    {"backend", "B,B…", "only these; default: all there are", OPTIONS_COMPARE, set_backend},
    {"backend", "B,B…", "a curve each; default: openmp, and with several ranks mpi and hybrid", OPTIONS_SCALE, set_backend},
    {pool_options, NULL, NULL, 0, NULL},
    {"isolate", NULL, "run items in child processes: a crash, exit or time-out is the failure of one item", TAKES_ITEMS, set_isolate},
    {"output", "FILE", "default: standard output", TAKES_ITEMS | OPTIONS_SIMULATE | OPTIONS_JOURNAL, set_output},
    {"format", "F", "text (one result a line), csv, jsonl (one object a line)", OPTIONS_RUN, set_format},
    {"format", "F", "table, markdown, csv, jsonl; the last two have each row, and each time", MEASURES, set_format},
    {"format", "F", "table, csv, jsonl", OPTIONS_SIMULATE, set_format},
    {"progress", "P", "always: also time methods with a progress display; never: don't say how much is left", OPTIONS_COMPARE, set_pool},
    {"progress", "P", "never: don't say how much is left", OPTIONS_SCALE, set_pool},
    {"plot", "FILE", "a picture of the table, FILE.svg or FILE.png, by gnuplot", MEASURES, set_plot},
    {"all", NULL, "every row, also of methods with a progress display; default: the best method of each back end", OPTIONS_COMPARE,
     set_all},
    {"all", NULL, "every number of workers; default: 1, 2, 4 and so on, and the last", OPTIONS_SCALE, set_all},
    {"quiet", NULL, "standard error shows failures and errors, no progress and no warnings", TAKES_ITEMS, set_quiet},
    {"format", "F", "text, csv (a row for each run), jsonl (a summary, the slowest items, the runs)", OPTIONS_JOURNAL, set_format},
    {"failed", NULL, "only the indices of the items that have failed", OPTIONS_JOURNAL, set_journal_items},
    {"todo", NULL, "only the indices of the items that would be run", OPTIONS_JOURNAL, set_journal_items},
    {"journal", "DIR", "keep there what becomes of items: the same command goes on, after whatever end", OPTIONS_RUN, set_resume},
    {"retry-failed", NULL, "with --journal: run items again that failed in runs before", OPTIONS_RUN, set_resume},
    {"resume", "HOW", "changed: run items again that have changed; force: go on whatever is different", OPTIONS_RUN, set_resume},
    {"take-over", NULL, "with --journal: the run that has it has ended, although it can't be reached from here", OPTIONS_RUN, set_resume},
    {"crash-limit", "N", "runs that may die with an item before it has failed: 1 to 3 (default), never; of one run's ranks it is always 3",
     OPTIONS_RUN, set_resume},
    {"journal-sync", "S", "seconds after which the journal is on the disk at the latest; default 2", OPTIONS_RUN, set_resume},
    {"report", "[=FILE]", "say at the end where the time went; to FILE each grain as csv, for simulate --times", OPTIONS_RUN, set_report},
    {"trace", "FILE", "write a time line of all workers, for ui.perfetto.dev or chrome://tracing", OPTIONS_RUN, set_trace},
    {"runs", "R", "timed runs of each; default 7; less than 6 can't tell what is faster", MEASURES, set_runs},
    {"runs", "R", "runs of each, with seeds S, S + 1 and so on; the table has their means; default 1", OPTIONS_SIMULATE, set_runs},
    {"dry-run", NULL, "print the batch script that sbatch would get, and submit nothing", OPTIONS_SUBMIT, NULL},
    {"help", NULL, "this text", ALL | OPTIONS_SUBMIT, set_help},
};

int options_takes_items(unsigned command) { return (command & TAKES_ITEMS) != 0; }

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

static rp_status set_items(program_options *options, const char *name, const char *value, rp_error *error)
{
    return items_request_set(&options->items, name, value, error);
}

static rp_status unknown_value(const program_options *options, const char *name, const char *value, rp_error *error)
{
    char names[SUGGEST_SIZE];
    option_values_of of = {name, options->command};
    return rp_error_set(error, RP_USAGE, 0, "--%s: unknown value '%s'; %s", name, value,
                        suggest_text(value, option_values_name, &of, names));
}

static rp_status set_header(program_options *options, const char *name, const char *value, rp_error *error)
{
    int found = option_values_find((option_values_of){name, options->command}, value);
    if (found < 0) return unknown_value(options, name, value, error);
    options->items.header = (items_header)found;
    options->items.has_header = 1;
    return RP_OK;
}

/* NAME=VALUE; or an option that is a parameter of the job: --dry-run is --param dry_run=1. */
static rp_status set_param(program_options *options, const char *name, const char *value, rp_error *error)
{
    int is_own = strcmp(name, "param") != 0;
    char *made;
    if (asprintf(&made, "%s%s%s", is_own ? name : "", is_own ? "=" : "", value ? value : "1") < 0)
        return rp_error_set(error, RP_NO_MEMORY, 0, "no memory for the options");
    for (char *dash; is_own && (dash = memchr(made, '-', strlen(name)));) *dash = '_';
    options->given_params[options->n_given_params++] = made;
    return RP_OK;
}

static rp_status set_delay(program_options *options, const char *name, const char *value, rp_error *error)
{
    if (value_number(value, &options->delay_s) && options->delay_s >= 0 && options->delay_s <= 1e6) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "--%s %s: must be a number of seconds from 0 to 1000000", name, value);
}

static rp_status set_halt(program_options *options, const char *name, const char *value, rp_error *error)
{
    (void)name;
    return halt_parse(value, &options->halt, error);
}

/* The texts of the library begin with its name for the option. Where the value is nearly one of few names, that is all there is to say. */
static rp_status set_library_option(rp_pool_options *pool, const char *name, const char *value, rp_error *error)
{
    rp_error cause;
    rp_status status = rp_pool_options_set(pool, name, value, &cause);
    if (status == RP_OK) return RP_OK;
    const char *nearest = suggest_nearest(value, option_values_name, &(option_values_of){name, RP_COMMAND_RUN});
    if (nearest) return rp_error_set(error, RP_USAGE, 0, "--%s is \"%s\"; did you mean %s?", name, value, nearest);
    return rp_error_set(error, status, cause.code, "--%s", cause.message);
}

static rp_status add_method(program_options *options, const char *value, rp_error *error)
{
    char names[SUGGEST_SIZE];
    const method *found = method_find(value);
    if (!found)
        return rp_error_set(error, RP_USAGE, 0, "--method: unknown method '%s'; %s", value, suggest_text(value, methods_name, NULL, names));
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
    return options->command == OPTIONS_COMPARE ? set_list(options, value, add_method, error) : add_method(options, value, error);
}

static rp_status set_backend(program_options *options, const char *name, const char *value, rp_error *error)
{
    options->n_backends = 0;
    if (!(options->command & MEASURES)) return set_pool(options, name, value, error);
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
    int found = option_values_find((option_values_of){name, options->command}, value);
    if (found < 0) return unknown_value(options, name, value, error);
    options->format = (output_format)found;
    return RP_OK;
}

static rp_status set_runs(program_options *options, const char *name, const char *value, rp_error *error)
{
    int64_t runs;
    if (!value_integer(value, 1, 1000000, &runs))
        return rp_error_set(error, RP_USAGE, 0, "--%s %s: must be an integer from 1 to 1000000", name, value);
    options->runs = (int)runs;
    return RP_OK;
}

static rp_status set_plot(program_options *options, const char *name, const char *value, rp_error *error)
{
    options->plot = value;
    if (plot_kind_of(value) != PLOT_NONE) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "--%s: '%s' must end with .svg or .png", name, value);
}

static rp_status set_all(program_options *options, const char *name, const char *value, rp_error *error)
{
    (void)name, (void)value, (void)error;
    options->all = 1;
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

static rp_status set_quiet(program_options *options, const char *name, const char *value, rp_error *error)
{
    (void)name, (void)value, (void)error;
    options->quiet = 1;
    return RP_OK;
}

static rp_status set_journal_items(program_options *options, const char *name, const char *value, rp_error *error)
{
    (void)value;
    if (strcmp(name, "failed") == 0) options->journal.failed = 1;
    else options->journal.todo = 1;
    if (!options->journal.failed || !options->journal.todo) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "--failed and --todo: give one of them");
}

static rp_status set_resume(program_options *options, const char *name, const char *value, rp_error *error)
{
    return resume_options_set(&options->resume, name, value, error);
}

static rp_status set_help(program_options *options, const char *name, const char *value, rp_error *error)
{
    (void)name, (void)value, (void)error;
    options->wants_help = 1;
    return RP_OK;
}

void options_fini(program_options *options)
{
    free(options->values);
    for (int i = 0; i < options->n_given_params; i++) free(options->given_params[i]);
    free(options->given_params);
    free(options->operands.texts);
    items_request_fini(&options->items);
    options->values = NULL;
    options->given_params = options->operands.texts = NULL;
    options->n_given_params = 0;
    options->parts = (operands_parts){0};
}
