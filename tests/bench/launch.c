/*
 * launch.c: see launch.h. The ranks aren't bound, as a rank of two threads would get one core. There may be more ranks than cores. The
 * settings that Open MPI needs for that are made here; the user's own settings stay. A part that hangs is ended.
 */
#include "launch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_ARGUMENTS = 32, BASE_LIMIT_S = 60, LIMIT_PER_RUN_S = 120, SMALL_LIMIT_S = 500 };

typedef struct command {
    const char *arguments[MOST_ARGUMENTS];
    int n, n_ranks;
    bool tcp;
    char ranks[16], runs[16], limit_s[16], self[4096];
} command;

static void add(command *line, const char *argument)
{
    if (line->n < MOST_ARGUMENTS - 1) line->arguments[line->n++] = argument;
}

static void add_all(command *line, const char *const *arguments)
{
    for (; *arguments; arguments++) add(line, *arguments);
}

static bool make_command(command *line, const bench_part *part, const bench_options *options)
{
    ssize_t size = readlink("/proc/self/exe", line->self, sizeof line->self - 1);
    if (size < 0) return false;
    line->self[size] = '\0';
    line->n_ranks = bench_part_ranks_of(part, options->small);
    line->tcp = part->traits & BENCH_OVER_TCP;
    (void)snprintf(line->ranks, sizeof line->ranks, "%d", line->n_ranks);
    (void)snprintf(line->runs, sizeof line->runs, "%d", options->runs);
    (void)snprintf(line->limit_s, sizeof line->limit_s, "%d",
                   options->small ? SMALL_LIMIT_S : BASE_LIMIT_S + LIMIT_PER_RUN_S * options->runs);
    add_all(line, (const char *[]){"timeout", "--foreground", "--kill-after=10", line->limit_s, NULL});
    if (part->traits & BENCH_NEEDS_PAGES)
        add_all(line, (const char *[]){BENCH_WITH_PAGES, BENCH_WEBSERVER, options->small ? "20" : "100", NULL});
    if (!(part->traits & BENCH_ALONE))
        add_all(line, (const char *[]){"mpirun", "-n", line->ranks, "--bind-to", "none", "--oversubscribe", NULL});
    add_all(line, (const char *[]){line->self, "--as-part", part->name, "--runs", line->runs, options->small ? "--small" : NULL, NULL});
    return true;
}

const char *bench_launch_yields(int n_ranks) { return n_ranks > sysconf(_SC_NPROCESSORS_ONLN) ? "1" : "0"; }

static void prepare_environment(const command *line)
{
    if (geteuid() == 0) {
        (void)setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
        (void)setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
    }
    (void)setenv("OMPI_MCA_pml", "ob1", 0); /* as the library does where there is no fabric: MPI_Init takes a tenth of the time */
    (void)setenv("OMPI_MCA_mpi_yield_when_idle", bench_launch_yields(line->n_ranks), 0);
    if (!line->tcp) return;
    (void)setenv("OMPI_MCA_btl", "self,tcp", 1);
    (void)setenv("OMPI_MCA_btl_tcp_if_include", "lo", 0);
}

/* The child's side. It ends with this process, also when that is killed. */
static void become(const command *line, int output)
{
    char *arguments[MOST_ARGUMENTS];
    memcpy(arguments, line->arguments, sizeof arguments);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (dup2(output, STDOUT_FILENO) < 0) _exit(127);
    prepare_environment(line);
    (void)execvp(arguments[0], arguments);
    fprintf(stderr, "rankpool-bench: can't start %s: %s\n", arguments[0], strerror(errno));
    _exit(127);
}

/* A sample is a line "contestant<TAB>value"; other lines are passed on. */
static void take_lines(FILE *stream, const char *part, bench_samples *samples)
{
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, stream) > 0) {
        char *tab = strchr(line, '\t'), *end;
        double value = tab ? strtod(tab + 1, &end) : 0;
        if (!tab || end == tab + 1 || *end != '\n') {
            fputs(line, stderr);
            continue;
        }
        *tab = '\0';
        if (!bench_samples_add(samples, part, line, value)) fprintf(stderr, "rankpool-bench: out of memory\n");
    }
    free(line);
}

static bool run_command(const command *line, const bench_part *part, bench_samples *samples)
{
    int pipe_ends[2], status = 0;
    if (pipe(pipe_ends) != 0) return false;
    pid_t child = fork();
    if (child == 0) {
        (void)close(pipe_ends[0]);
        become(line, pipe_ends[1]);
    }
    (void)close(pipe_ends[1]);
    FILE *stream = fdopen(pipe_ends[0], "r");
    if (stream) take_lines(stream, part->name, samples);
    if (stream) (void)fclose(stream);
    while (child > 0 && waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return false;
    if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
    if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 124)
        fprintf(stderr, "rankpool-bench: part %s took longer than %s s and was ended\n", part->name, line->limit_s);
    else fprintf(stderr, "rankpool-bench: part %s failed\n", part->name);
    return false;
}

bool bench_launch(const bench_part *part, const bench_options *options, bench_samples *samples)
{
    command line = {.n = 0};
    return make_command(&line, part, options) && run_command(&line, part, samples);
}
