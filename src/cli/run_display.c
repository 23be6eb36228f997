/* run_display.c: see run_display.h. */
#include "run_display.h"
#include "program.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int are_one_terminal(int a, int b)
{
    struct stat of_a, of_b;
    return isatty(a) && isatty(b) && fstat(a, &of_a) == 0 && fstat(b, &of_b) == 0 && of_a.st_rdev == of_b.st_rdev;
}

rp_status run_display_choose(program_options *options, int *shares_terminal, rp_error *error)
{
    const char *wanted = getenv("RANKPOOL_PROGRESS");
    rp_error cause;
    if (!options->progress_is_given) options->pool.progress = RP_PROGRESS_AUTO;
    if (!options->progress_is_given && wanted && *wanted && rp_pool_options_set(&options->pool, "progress", wanted, &cause) != RP_OK)
        return rp_error_set(error, RP_USAGE, 0, "RANKPOOL_PROGRESS: %s", cause.message);
    if (options->quiet) options->pool.progress = RP_PROGRESS_NEVER;
    options->pool.progress_name = options->job->name;
    *shares_terminal = !options->output && are_one_terminal(STDOUT_FILENO, STDERR_FILENO);
    return RP_OK;
}

void run_display_advise(const program_options *options)
{
    if (!options->job->may_crash || options->pool.isolation != RP_ISOLATION_NONE || !isatty(STDERR_FILENO)) return;
    program_say("if what %s runs crashes, the run ends; with --isolate only its item fails", options->job->name);
}
