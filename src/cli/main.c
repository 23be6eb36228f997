/*
 * main.c: the program `rankpool`. Each rank parses the command line. Only commands that compute start MPI, and only when the
 * command line is right.
 */
#include "compare.h"
#include "help.h"
#include "info.h"
#include "inherited.h"
#include "jobs_command.h"
#include "journal_command.h"
#include "options_parse.h"
#include "program.h"
#include "run.h"
#include "scale.h"
#include "signals.h"
#include "simulate.h"
#include "streams.h"
#include "submit.h"
#include "suggest.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

static const program_command commands[] = {
    {"run", "JOB [options] [ITEM…]", "run a job over items, results on standard output", OPTIONS_RUN, run_client,
     "JOB is one that rankpool jobs lists, or a shared library with one, which has a slash in its name, as ./job.so.\n"
     "Items are numbers, lines, csv rows, combinations of values or arguments; an item that begins with - comes after --.\n"
     "Without any, a pipe or a file on standard input is read. A line ends with \\n or \\r\\n (of exec, \\r is part of the item, with a\n"
     "warning), the last one need not; with -0 items end with NUL. For a job whose items are numbers, a blank line is an error; fetch\n"
     "skips it; for other jobs whose items are text, it is an empty item. In csv, blank lines are skipped. --header auto takes a first\n"
     "row of csv for names of columns when none of the values that should be numbers is one; of exec, when none of its fields is a\n"
     "number and one of the second row is; fetch also a first line url, uri, address, link or href. A mistake in a file or in ITEM is\n"
     "found before anything runs, one in a pipe when it is read.\n\n"
     "--grid NAME=1,2,3 takes the values as they are typed, NAME=START:END:STEP counts in decimals, with the end if it is reached. All\n"
     "combinations are items, however many. ::: A B gives items, :::: FILE the lines of a file; of several such lists all combinations\n"
     "are items, and :::+ or ::::+ links a list to the one before, value by value.\n\n"
     "Text output has one line for each item that succeeded, its fields separated by blanks. csv and jsonl have a row for each item\n"
     "that ran: its index from 0, its text (a csv row unchanged), ok, failed, lost or ended, the fields, and of one that failed:\n"
     "cause, code, message, rank, host, worker, attempt, elapsed_s. The text of an item of fetch has no name and password.\n"
     "Text goes to files, to pipes and through mpirun as it is; on a terminal, and on standard error, control characters are written\n"
     "as \\x1b.\n\n"
     "Each failed item has a line on standard error, with csv and jsonl the first 20; a closing line counts all of them. Where items are\n"
     "left, it says how many, and how to go on.\n\n"
     "SIGINT, SIGTERM or SIGHUP stops the run: nothing new starts, what runs is finished, for at most RANKPOOL_GRACE seconds (10 after\n"
     "SIGINT, 0.6 after the others). A second SIGINT ends it at once. SIGUSR1, SIGUSR2 or SIGXCPU drains it: no item begins any more,\n"
     "what runs is finished, however long it takes. A signal that was ignored at the start, as by nohup, stays ignored.\n\n"
     "With --time-limit, RANKPOOL_END or in a job of Slurm's no item begins that can't end before the time is over: more has to be left\n"
     "than 10 s, twice the longest time in which the journal came to the disk, and --time-request or else the longest item so far.\n\n"
     "Exit status: 0 success; 1 some items failed; 2 wrong usage; 3 ended before its last item, for the time limit or drained; 4 a rank "
     "or\n"
     "the infrastructure was lost; 128 + N after signal N.\n"},
    {"compare", "JOB [options] [ITEM…]", "time all methods × back ends against the serial loop and the pthread baseline", OPTIONS_COMPARE,
     compare_client,
     "Each method runs once on each back end to warm up, then R times, interleaved, each round beginning with another. Results must\n"
     "equal the serial loop's; of results with several fields real numbers aren't compared, they may be times. A row that fails, or whose\n"
     "results are others, is told, and has no place; the exit status is then 1.\n\n"
     "median: of the runs. interval: has the true median with 95 %. place: all that aren't slower than the best share place 1: slower\n"
     "is what differs by chance with less than 5 % (Mann and Whitney's test), and by 1 % or more. speed-up: over the serial loop.\n"
     "time/pthread: over that of the same method with the pthread back end (of map where there is none). efficiency: speed-up per\n"
     "worker. Outliers are told, and count.\n"},
    {"scale", "JOB [options] [ITEM…]", "time against the number of workers: curves of threads and of ranks, and the ideal line",
     OPTIONS_SCALE, scale_client,
     "Numbers of workers: 1, 2, 4 and so on, up to --threads; else for a job that mostly waits up to the number of items (at most 64),\n"
     "for others up to the cores. Under mpirun -n R also 1 to R ranks: pools have the first ones of those that were started. hybrid\n"
     "takes part where ranks have several threads and the job computes. Runs, places and intervals are as in compare.\n"},
    {"simulate", "--times T [options]", "what a run on other machines would be like: makespan, efficiency, rank 0's load", OPTIONS_SIMULATE,
     NULL,
     "The scheduling code is the real one, its clock and network are simulated. The times: constant:S, uniform:A:B, exponential:MEAN,\n"
     "normal:MEAN:SD, heavy:S:LAST (all take S, the last one LAST), ascending:A:B, descending:A:B; or a file with a number of seconds a\n"
     "line, or csv with a column seconds, which starts again when there are more items.\n\n"
     "ideal: the same items handed out one by one, in their order, at no cost. efficiency: ideal over makespan. imbalance: busy time of\n"
     "the busiest worker over that of the mean one. rank 0 busy: the share of the time for which its progress thread handles messages.\n"
     "Saturated: that is above 90 %, or efficiency below 90 %. src/simulate/simulator.h has the model.\n"},
    {"submit", "[sbatch options] -- run …", "a command as a batch job of Slurm's; prints the job's number", OPTIONS_SUBMIT, NULL,
     "The command is run, compare or info with all that belongs to it. It is checked first. The batch script is one of slurm/ with the\n"
     "options of sbatch as #SBATCH lines, in place of its own: 2 nodes, a rank on each with 2 CPUs, 1 hour. Any number of items is\n"
     "one job. With --array=0-N each task of the array gets a slice of --items or --input; Slurm limits N.\n\n"
     "    rankpool submit --nodes=4 --cpus-per-task=16 --time=02:00:00 -- run compute --items 100000 --output results.txt\n\n"
     "The run ends in time: no item begins that can't end before, and the exit status is 3 when items are left. With RANKPOOL_REQUEUE=1 "
     "the\n"
     "job is then requeued, and goes on.\n"},
    {"journal", "DIR [options]", "what a journal has of a run: done, failed, to do; runs; slowest items", OPTIONS_JOURNAL, NULL,
     "Reads the journal as it is, also while a run goes on, and changes nothing in it. From another host the view may be older by what\n"
     "the file system keeps there; the time of the last commit that is seen is shown. Times are UTC. end: done; stopped, by a limit, a\n"
     "signal or failures; broken, as its disk or a rank was lost; died, it was killed; going on.\n"},
    {"jobs", "[JOB]", "what jobs there are, what parameters one takes", OPTIONS_JOBS, NULL, ""},
    {"info", "[options]", "ranks, hosts, threads, binding, allocation, versions; what was chosen and why; warnings", OPTIONS_INFO,
     info_client, ""},
    {NULL, NULL, NULL, 0, NULL, NULL},
};

static int print_version(void)
{
    printf("rankpool %s\n%s\n%s\n", rp_version(), rp_version_details(), rp_jobs_versions());
    return program_finish(PROGRAM_OK);
}

/* Runs what needs no ranks: help, the list of jobs, a simulation, an error message. A rank that prints nothing returns 0 in any case: at
 * the first other status mpirun would stop all ranks, perhaps before rank 0 has printed. */
static int run_here(const program_command *command, const program_options *options, rp_status status, const rp_error *error)
{
    if (!program_prints()) return PROGRAM_OK;
    if (status != RP_OK) return program_fail(error);
    if (options->wants_help) return help_print_command(command);
    if (command->options == OPTIONS_JOURNAL) return journal_command(options);
    return command->options == OPTIONS_SIMULATE ? simulate_command(options) : jobs_command(options->job);
}

/* Called before this process has a second thread, taken over signals or MPI. Each rank calls it, and it may fail on each. */
static int run_with_ranks(const program_command *command, const rp_job *job, const rp_pool_options *pool, int argc, char **argv)
{
    rp_error error;
    if (pool->gpus_per_rank && rp_gpus_prepare(pool->gpus_per_rank, &error) != RP_OK) rp_main_refuse(rp_error_text(&error));
    if (job && job->start_helpers && job->start_helpers(&error) != RP_OK) return program_fail(&error);
    if (pool->isolation != RP_ISOLATION_NONE && rp_isolation_prepare(&error) != RP_OK) {
        rp_error_set(&error, error.status, error.code, "--isolate: %s", error.message);
        return program_fail(&error);
    }
    if (command->client == run_client) {
        signals_take();
        program_tell_process();
    }
    return rp_main_bare(argc, argv, command->client);
}

/* This rank lacks a library that others may have. So all have to be told. */
static int refuse_to_take_part(const program_command *command, program_options *options, const rp_error *error, int argc, char **argv)
{
    options_fini(options);
    rp_main_refuse(rp_error_text(error));
    return rp_main_bare(argc, argv, command->client);
}

/* What the job will do is parsed here too, as mistakes are better known before it has waited for its turn. */
static int run_submit(const program_command *command, int argc, char **argv)
{
    submit_request request;
    program_options options;
    rp_error error;
    if (!program_prints()) return PROGRAM_OK;
    if (submit_parse(argc - 1, argv + 1, &request, &error) != RP_OK) return program_fail(&error);
    if (request.wants_help) return help_print_command(command);
    const program_command *inner = commands_find(commands, request.batch.words[0]);
    if (!inner || !inner->client) {
        program_say("submit: '%s' is no command for a batch job; rankpool submit --help tells which are", request.batch.words[0]);
        return PROGRAM_USAGE;
    }
    rp_status status = options_parse(inner->options, request.batch.n_words, (char **)(uintptr_t)request.batch.words, &options, &error);
    int exit_status = status != RP_OK      ? program_fail(&error)
                      : options.wants_help ? help_print_command(inner)
                                           : submit_command(&request, &options);
    options_fini(&options);
    return exit_status;
}

static int run_command(const program_command *command, int argc, char **argv)
{
    program_options options;
    rp_error error;
    rp_status status = options_parse(command->options, argc - 1, argv + 1, &options, &error);
    if (status == RP_UNSUPPORTED && command->client) return refuse_to_take_part(command, &options, &error, argc, argv);
    int needs_ranks = status == RP_OK && !options.wants_help && command->client;
    int exit_status = needs_ranks ? PROGRAM_OK : run_here(command, &options, status, &error);
    rp_pool_options pool = options.pool;
    const rp_job *job = options.job;
    options_fini(&options);
    return needs_ranks ? run_with_ranks(command, job, &pool, argc, argv) : exit_status;
}

/* No command, or an unknown one. */
static int refuse(const char *name)
{
    char names[SUGGEST_SIZE];
    if (*name == '-') program_say("unknown option %s before a command; see rankpool help", name);
    else if (*name) program_say("unknown command '%s'; %s (see rankpool help)", name, suggest_text(name, commands_name, commands, names));
    else program_say("no command; %s (see rankpool help)", suggest_text("", commands_name, commands, names));
    return PROGRAM_USAGE;
}

static int is_one_of(const char *given, const char *letter, const char *name)
{
    return strcmp(given, letter) == 0 || strcmp(given, name) == 0;
}

/* Whether help is asked for behind what is no command. */
static int wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (is_one_of(argv[i], "-h", "--help")) return 1;
    return 0;
}

static int run_program(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    (void)uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0)); /* its numbers have a point, whatever locale a job sets */
    const program_command *found = commands_find(commands, name);
    if (found && found->options == OPTIONS_SUBMIT) return run_submit(found, argc, argv);
    if (found) return run_command(found, argc, argv);
    if (!program_prints()) return PROGRAM_OK;
    if (is_one_of(name, "-h", "--help") || strcmp(name, "help") == 0) return help_command(commands, argc - 1, argv + 1);
    if (is_one_of(name, "-V", "--version")) return print_version();
    return wants_help(argc, argv) ? help_print_all(commands) : refuse(name);
}

int main(int argc, char **argv)
{
    inherited_settle();
    streams_begin();
    int status = program_begin();
    return status == PROGRAM_OK ? program_end(run_program(argc, argv)) : status;
}
