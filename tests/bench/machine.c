/* machine.c: see machine.h. */
#include "machine.h"

#include "launch.h"
#include "peers.h"

#include <gnu/libc-version.h>
#include <rankpool/version.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static const double quiet_load = 0.5;

/* The first line of a file, without its newline; or what else. */
static void read_line(const char *path, char *text, size_t size, const char *otherwise)
{
    FILE *file = fopen(path, "r");
    bool good = file && fgets(text, (int)size, file);
    if (good) text[strcspn(text, "\n")] = '\0';
    else (void)snprintf(text, size, "%s", otherwise);
    if (file) (void)fclose(file);
}

static void read_model(char *text, size_t size)
{
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "r");
    (void)snprintf(text, size, "unknown processor");
    while (file && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon) continue;
        line[strcspn(line, "\n")] = '\0';
        (void)snprintf(text, size, "%.200s", colon + 2);
        break;
    }
    if (file) (void)fclose(file);
}

static void print_cores(FILE *stream)
{
    cpu_set_t mask;
    char model[256], governor[64];
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    int allowed = sched_getaffinity(0, sizeof mask, &mask) == 0 ? CPU_COUNT(&mask) : -1;
    read_model(model, sizeof model);
    read_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", governor, sizeof governor, "not readable");
    fprintf(stream, "# cores: %ld, of which this process may use %d; %s; frequency governor %s\n", online, allowed, model, governor);
}

static void print_versions(FILE *stream)
{
    struct utsname system;
    fprintf(stream, "# rankpool %s (%s); ", rp_version(), rp_version_details());
#ifdef __clang__
    fprintf(stream, "clang %s", __clang_version__);
#else
    fprintf(stream, "gcc %s", __VERSION__);
#endif
    fprintf(stream, ", glibc %s", gnu_get_libc_version());
    if (uname(&system) == 0) fprintf(stream, ", %s %s", system.sysname, system.release);
    fputc('\n', stream);
}

static void print_left_out(FILE *stream)
{
#ifndef BENCH_WITH_JOBS
    fprintf(stream, "# left out: startup, sigterm, fetch (this build has no program)\n");
#endif
    (void)stream;
}

void bench_machine_print(FILE *stream, const bench_options *options)
{
    const char *yields = getenv("OMPI_MCA_mpi_yield_when_idle"), *pml = getenv("OMPI_MCA_pml");
    print_versions(stream);
    print_cores(stream);
    fprintf(stream,
            "# ranks: not bound to cores, on this host over shared memory, or TCP where a part says so; mpi_yield_when_idle=%s with 2 "
            "ranks, %s with more; pml=%s\n",
            yields ? yields : bench_launch_yields(2), yields ? yields : bench_launch_yields(4), pml ? pml : "ob1");
    fprintf(stream, "# runs: %d of each contestant after one to warm up, interleaved in changing order%s\n", options->runs,
            options->small ? "; SMALL SIZES: the figures mean nothing" : "");
    if (options->beside > 0) fprintf(stream, "# beside: %d endless loops\n", options->beside);
    bench_peers_print(stream);
    print_left_out(stream);
}

void bench_machine_print_load(FILE *stream, const char *when, bool warn)
{
    double load[3];
    if (getloadavg(load, 3) != 3) return;
    fprintf(stream, "# load average %s: %.2f %.2f %.2f%s\n", when, load[0], load[1], load[2],
            warn && load[0] > quiet_load ? "; others are at work here, so take the figures as rough" : "");
}
