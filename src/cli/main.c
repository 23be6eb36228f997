/*
 * main.c: the program `rankpool`. Each rank parses the command line. Only commands that compute start MPI, and only when the
 * command line is right.
 */
#include "compare.h"
#include "environment.h"
#include "info.h"
#include "inherited.h"
#include "jobs_command.h"
#include "journal_command.h"
#include "options.h"
#include "options_help.h"
#include "program.h"
#include "run.h"
#include "signals.h"
#include "simulate.h"
#include "streams.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name, *operands, *help;
    unsigned options;
    rp_client *client; /* NULL: the command needs no ranks */
    const char *notes;
} commands[] = {
    {"run", "JOB [options] [ITEM…]", "run a job over items, results on standard output", OPTIONS_RUN, run_client,
     "Items are numbers, lines, csv rows or arguments; an item that begins with - comes after --.\n"
     "A line ends with \\n or \\r\\n, the last one need not. For a job whose items are numbers, a blank line is an error; fetch skips\n"
     "it; for other jobs whose items are text, it is an empty item. In csv, blank lines are skipped. --header auto takes a first row of\n"
     "csv for names of columns when none of the values that should be numbers is one; fetch also a first line url, uri, address, link\n"
     "or href. A mistake in a file or in ITEM is found before anything runs, one in a pipe when it is read.\n\n"
     "Text output has one line for each item that succeeded, its fields separated by blanks. csv and jsonl have a row for each item\n"
     "that ran: its index from 0, its text (a csv row unchanged), ok, failed or lost, the fields, and of one that failed:\n"
     "cause, code, message, rank, host, worker, attempt, elapsed_s. The text of an item of fetch has no name and password.\n"
     "Text goes to files, to pipes and through mpirun as it is; on a terminal, and on standard error, control characters are written\n"
     "as \\x1b.\n\n"
     "Each failed item has a line on standard error, with csv and jsonl the first 20; a closing line counts all of them.\n\n"
     "SIGINT, SIGTERM or SIGHUP stops the run: nothing new starts, what runs is finished, for at most RANKPOOL_GRACE seconds (10 after\n"
     "SIGINT, 0.6 after the others). A second SIGINT ends it at once. SIGUSR1, SIGUSR2 or SIGXCPU drains it: nothing new starts, what\n"
     "runs is finished, however long it takes. A signal that was ignored at the start, as by nohup, stays ignored.\n\n"
     "Exit status: 0 success; 1 some items failed; 2 wrong usage; 3 drained, items are left; 4 a rank or the infrastructure was lost;\n"
     "128 + N after signal N.\n"},
    {"compare", "JOB [options] [ITEM…]", "time all methods × back ends against the serial loop and the pthread baseline", OPTIONS_COMPARE,
     compare_client,
     "Each method runs once on each back end to warm up, then R times, interleaved. Results must equal the serial loop's; of results\n"
     "with several fields real numbers aren't compared, they may be times. The table is sorted by mean. speed-up: over the serial\n"
     "loop. time/pthread: mean over that of the same method with the pthread back end (of map where there is none). efficiency:\n"
     "speed-up per worker.\n"},
    {"simulate", "--times T [options]", "what a run on other machines would be like: makespan, efficiency, rank 0's load", OPTIONS_SIMULATE,
     NULL,
     "The scheduling code is the real one, its clock and network are simulated. The times: constant:S, uniform:A:B, exponential:MEAN,\n"
     "normal:MEAN:SD, heavy:S:LAST (all take S, the last one LAST), ascending:A:B, descending:A:B; or a file with a number of seconds a\n"
     "line, or csv with a column seconds, which starts again when there are more items.\n\n"
     "ideal: the same items handed out one by one, in their order, at no cost. efficiency: ideal over makespan. imbalance: busy time of\n"
     "the busiest worker over that of the mean one. rank 0 busy: the share of the time for which its progress thread handles messages.\n"
     "Saturated: that is above 90 %, or efficiency below 90 %. src/simulate/simulator.h has the model.\n"},
    {"journal", "DIR [options]", "what a journal has of a run: done, failed, to do; runs; slowest items", OPTIONS_JOURNAL, NULL,
     "Reads the journal as it is, also while a run goes on, and changes nothing in it. From another host the view may be older by what\n"
     "the file system keeps there; the time of the last commit that is seen is shown. Times are UTC. end: done; stopped, by a limit, a\n"
     "signal or failures; broken, as its disk or a rank was lost; died, it was killed; going on.\n"},
    {"jobs", "[JOB]", "what jobs there are, what parameters one takes", OPTIONS_JOBS, NULL, ""},
    {"info", "[options]", "ranks, hosts, threads, binding, versions; what was chosen and why; warnings", OPTIONS_INFO, info_client, ""},
};

enum { N_COMMANDS = sizeof commands / sizeof *commands };

static int print_help(void)
{
    puts("rankpool: a pool of MPI ranks × OpenMP threads for functions over many items\n");
    for (int i = 0; i < N_COMMANDS; i++) {
        char usage[80];
        snprintf(usage, sizeof usage, "%s %s", commands[i].name, commands[i].operands);
        printf("  rankpool %-*s  %s\n", strstr(usage, "…") ? 32 : 30, usage, commands[i].help);
    }
    puts("  rankpool help [COMMAND] | help --reference | --help | --version\n\nrankpool help COMMAND tells a command's options. Started"
         " alone it uses this\n"
         "machine's cores; mpirun -n N rankpool …, or srun, uses N ranks.\n\nenvironment:");
    environment_print_help(stdout);
    return program_finish(PROGRAM_OK);
}

static int print_command_help(const struct command *command)
{
    printf("rankpool %s %s\n\n%s\n\noptions:\n", command->name, command->operands, command->help);
    options_print_help(command->options, stdout);
    if (*command->notes) printf("\n%s", command->notes);
    if (command->options == OPTIONS_RUN) environment_print_causes(stdout);
    return program_finish(PROGRAM_OK);
}

/* Prints all that the program takes, in Markdown. src/cli/OPTIONS.md is made from it. */
static int print_reference(void)
{
    puts("# rankpool: options, environment, exit statuses\n\nMade by `rankpool help --reference`.");
    for (int i = 0; i < N_COMMANDS; i++) {
        const struct command *command = &commands[i];
        printf("\n## rankpool %s %s\n\n%s\n\n", command->name, command->operands, command->help);
        options_print_table(command->options, stdout);
        if (*command->notes) printf("\n```text\n%s```\n", command->notes);
    }
    environment_print_reference(stdout);
    return program_finish(PROGRAM_OK);
}

static int print_version(void)
{
    printf("rankpool %s\n%s\n%s\n", rp_version(), rp_version_details(), rp_jobs_versions());
    return program_finish(PROGRAM_OK);
}

/* Runs what needs no ranks: help, the list of jobs, a simulation, an error message. A rank that prints nothing returns 0 in any case: at
 * the first other status mpirun would stop all ranks, perhaps before rank 0 has printed. */
static int run_here(const struct command *command, const program_options *options, rp_status status, const rp_error *error)
{
    if (!program_prints()) return PROGRAM_OK;
    if (status != RP_OK) return program_fail(error);
    if (options->wants_help) return print_command_help(command);
    if (command->options == OPTIONS_JOURNAL) return journal_command(options);
    return command->options == OPTIONS_SIMULATE ? simulate_command(options) : jobs_command(options->job);
}

/* Called before this process has a second thread, taken over signals or MPI. Each rank calls it, and it may fail on each. */
static int run_with_ranks(const struct command *command, rp_isolation isolation, int argc, char **argv)
{
    rp_error error;
    if (isolation != RP_ISOLATION_NONE && rp_isolation_prepare(&error) != RP_OK) {
        rp_error_set(&error, error.status, error.code, "--isolate: %s", error.message);
        return program_fail(&error);
    }
    if (command->client == run_client) signals_take();
    return rp_main_bare(argc, argv, command->client);
}

static int run_command(const struct command *command, int argc, char **argv)
{
    program_options options;
    rp_error error;
    rp_status status = options_parse(command->options, argc - 1, argv + 1, &options, &error);
    int needs_ranks = status == RP_OK && !options.wants_help && command->client;
    int exit_status = needs_ranks ? PROGRAM_OK : run_here(command, &options, status, &error);
    rp_isolation isolation = options.pool.isolation;
    options_fini(&options);
    return needs_ranks ? run_with_ranks(command, isolation, argc, argv) : exit_status;
}

static int refuse(const char *name)
{
    static const char commands_there_are[] = "there are: run, compare, simulate, journal, jobs, info (see rankpool --help)";
    if (*name) program_say("unknown command '%s'; %s", name, commands_there_are);
    else program_say("no command; %s", commands_there_are);
    return PROGRAM_USAGE;
}

/* Handles help, help COMMAND, help --reference. */
static int help_command(const char *about)
{
    if (!program_prints()) return PROGRAM_OK;
    if (!*about) return print_help();
    if (strcmp(about, "--reference") == 0) return print_reference();
    for (int i = 0; i < N_COMMANDS; i++)
        if (strcmp(about, commands[i].name) == 0) return print_command_help(&commands[i]);
    return refuse(about);
}

static int run_program(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    (void)uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0)); /* its numbers have a point, whatever locale a job sets */
    int is_help = strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0, is_version = strcmp(name, "--version") == 0;
    for (int i = 0; i < N_COMMANDS; i++)
        if (strcmp(name, commands[i].name) == 0) return run_command(&commands[i], argc, argv);
    if (strcmp(name, "help") == 0) return help_command(argc > 2 ? argv[2] : "");
    if (!program_prints()) return PROGRAM_OK;
    if (!is_help && !is_version) return refuse(name);
    return is_version ? print_version() : print_help();
}

int main(int argc, char **argv)
{
    inherited_settle();
    streams_begin();
    int status = program_begin();
    return status == PROGRAM_OK ? program_end(run_program(argc, argv)) : status;
}
