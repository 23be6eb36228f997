/*
 * part_sigterm.c: how long a run on four ranks takes to end once mpirun got SIGTERM, in seconds, and whether every result that was finished
 * is written. The ranks get the signal a second after mpirun, and are killed after another second. This part is one process without MPI,
 * which starts the runs.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_S = 30, ENOUGH = 12, FEW = 4, MOST_ITEMS = 10000 };

typedef struct files {
    char folder[64], log[80], output[80];
} files;

static void nap(void) { (void)usleep(1000); }

static bool make_files(files *self)
{
    (void)snprintf(self->folder, sizeof self->folder, "/tmp/rankpool-bench-XXXXXX");
    if (!mkdtemp(self->folder)) return false;
    (void)snprintf(self->log, sizeof self->log, "%s/log", self->folder);
    (void)snprintf(self->output, sizeof self->output, "%s/output", self->folder);
    return setenv("BENCH_LOG", self->log, 1) == 0;
}

static void remove_files(const files *self)
{
    (void)unlink(self->log);
    (void)unlink(self->output);
    (void)rmdir(self->folder);
}

/* How often each item stands in the file; returns how many lines there are, -1 when one is no item. */
static int count_lines(const char *name, unsigned char counts[MOST_ITEMS])
{
    FILE *file = fopen(name, "r");
    int n = 0, item;
    memset(counts, 0, MOST_ITEMS);
    while (file && n >= 0 && fscanf(file, "%d", &item) == 1) {
        bool known = item >= 0 && item < MOST_ITEMS;
        if (known) counts[item]++;
        n = known ? n + 1 : -1;
    }
    if (file) (void)fclose(file);
    return n;
}

/* The child's side. */
static void become_run(const char *output)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    int file = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600), nowhere = open("/dev/null", O_RDWR);
    if (file < 0 || nowhere < 0 || dup2(file, STDOUT_FILENO) < 0 || dup2(nowhere, STDIN_FILENO) < 0 || dup2(nowhere, STDERR_FILENO) < 0)
        _exit(127);
    (void)execlp("mpirun", "mpirun", "-n", "4", "--bind-to", "none", "--oversubscribe", BENCH_JOB_PROGRAM, "run", "logged", "--items",
                 "10000", "--threads", "1", (char *)NULL);
    _exit(127);
}

/* False: the run has ended by itself, or takes too long to begin. */
static bool await_items(pid_t run, const char *log, int enough)
{
    unsigned char counts[MOST_ITEMS];
    double deadline = bench_now_s() + PATIENCE_S;
    while (count_lines(log, counts) < enough) {
        if (waitpid(run, NULL, WNOHANG) != 0 || bench_now_s() > deadline) return false;
        nap();
    }
    return true;
}

/* Seconds until it has ended; negative: it had to be killed. */
static double end_run(pid_t run)
{
    double start_s = bench_now_s();
    (void)kill(run, SIGTERM);
    while (bench_now_s() < start_s + PATIENCE_S) {
        pid_t ended = waitpid(run, NULL, WNOHANG);
        if (ended == run) return bench_now_s() - start_s;
        if (ended < 0 && errno != EINTR) break;
        nap();
    }
    (void)kill(run, SIGKILL);
    return -1;
}

/* Each item that was finished is written, once. */
static bool check_output(const files *self)
{
    unsigned char finished[MOST_ITEMS], written[MOST_ITEMS];
    int n_finished = count_lines(self->log, finished), n_written = count_lines(self->output, written), n_lost = 0, n_wrong = 0;
    for (int item = 0; item < MOST_ITEMS; item++) {
        n_lost += finished[item] && !written[item];
        n_wrong += (written[item] && !finished[item]) || written[item] > 1;
    }
    if (n_finished > 0 && n_written > 0 && n_lost == 0 && n_wrong == 0) return true;
    fprintf(stderr, "rankpool-bench: sigterm: of %d finished items %d are written, %d were lost, %d are wrong\n", n_finished, n_written,
            n_lost, n_wrong);
    return false;
}

static bool time_run(int enough, double *seconds)
{
    files own;
    if (!make_files(&own)) return false;
    pid_t run = fork();
    if (run == 0) become_run(own.output);
    bool begun = run > 0 && await_items(run, own.log, enough);
    if (!begun) fprintf(stderr, "rankpool-bench: sigterm: the run doesn't begin\n");
    *seconds = run > 0 ? end_run(run) : -1;
    bool good = begun && *seconds >= 0 && check_output(&own);
    remove_files(&own);
    return good;
}

bool bench_part_sigterm(const bench_settings *settings)
{
    for (int run = 0; run < settings->runs; run++) {
        double seconds;
        if (!time_run(settings->small ? FEW : ENOUGH, &seconds)) return false;
        printf("rankpool run\t%.9g\n", seconds);
        (void)fflush(stdout);
    }
    return true;
}
