/* process.c: see process.h. */
#include "process.h"

#include "rounds.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_ARGUMENTS = 32 };

/* ---- the child's side ---- */

static bool begins(const char *text, const char *start) { return strncmp(text, start, strlen(start)) == 0; }

/* The settings that launch.c makes. All other variables of that kind say that this process is a rank. */
static bool stays(const char *variable)
{
    static const char *const kept[] = {"OMPI_ALLOW_",
                                       "OMPI_MCA_pml=", "OMPI_MCA_btl=", "OMPI_MCA_btl_tcp_if_include=", "OMPI_MCA_mpi_yield_when_idle="};
    if (!begins(variable, "OMPI_") && !begins(variable, "PMIX_")) return true;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (begins(variable, kept[i])) return true;
    return false;
}

static void leave_mpirun(void)
{
    size_t n = 0;
    for (char **from = environ; *from; from++)
        if (stays(*from)) environ[n++] = *from;
    environ[n] = NULL;
}

static void become(const char *const *arguments, int output)
{
    char *copies[MOST_ARGUMENTS] = {NULL};
    for (int i = 0; i < MOST_ARGUMENTS - 1 && arguments[i]; i++) memcpy(&copies[i], &arguments[i], sizeof copies[i]);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0) _exit(127);
    leave_mpirun();
    (void)execvp(copies[0], copies);
    _exit(127);
}

/* ---- ours ---- */

static bool await_used(pid_t child, struct rusage *used)
{
    int status = 0;
    while (child > 0 && wait4(child, &status, 0, used) < 0)
        if (errno != EINTR) return false;
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool await(pid_t child) { return await_used(child, NULL); }

static void read_all(int input, char *text, size_t size)
{
    size_t used = 0;
    char rest[256];
    for (;;) {
        bool full = used + 1 >= size;
        ssize_t n = read(input, full ? rest : text + used, full ? sizeof rest : size - 1 - used);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        if (!full) used += (size_t)n;
    }
    text[used] = '\0';
}

bool bench_process_read(const char *const *arguments, char *text, size_t size)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    pid_t child = fork();
    if (child == 0) become(arguments, ends[1]);
    (void)close(ends[1]);
    read_all(ends[0], text, size);
    (void)close(ends[0]);
    return await(child);
}

bool bench_process_time(const char *const *arguments, double *seconds)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0) return false;
    double start_s = bench_now_s();
    pid_t child = fork();
    if (child == 0) become(arguments, nowhere);
    bool good = await(child);
    *seconds = bench_now_s() - start_s;
    (void)close(nowhere);
    return good;
}

bool bench_process_peak_bytes(const char *const *arguments, double *bytes)
{
    struct rusage used = {0};
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0) return false;
    pid_t child = fork();
    if (child == 0) become(arguments, nowhere);
    (void)close(nowhere);
    bool good = await_used(child, &used);
    *bytes = 1024.0 * (double)used.ru_maxrss;
    return good;
}

double bench_process_share_bytes(int process)
{
    char path[64], line[256];
    double kib = -1;
    (void)snprintf(path, sizeof path, "/proc/%d/smaps_rollup", process);
    FILE *file = fopen(path, "r");
    while (file && kib < 0 && fgets(line, sizeof line, file)) (void)sscanf(line, "Pss: %lf", &kib);
    if (file) (void)fclose(file);
    return kib * 1024;
}

double bench_process_used_s(int process)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid((pid_t)process, &clock) != 0 || clock_gettime(clock, &used) != 0) return -1;
    return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
}
