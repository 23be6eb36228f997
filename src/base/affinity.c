/* affinity.c: see affinity.h. */
#include "base/affinity.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_CORES = 8192 };

static cpu_set_t *get_mask(size_t *size)
{
    cpu_set_t *mask = CPU_ALLOC(MOST_CORES);
    *size = CPU_ALLOC_SIZE(MOST_CORES);
    if (mask && sched_getaffinity(0, *size, mask) == 0) return mask;
    if (mask) CPU_FREE(mask);
    return NULL;
}

static void append_range(char *text, size_t size, int from, int to)
{
    size_t used = strlen(text);
    char part[32];
    int length = from == to ? snprintf(part, sizeof part, "%s%d", used ? "," : "", from)
                            : snprintf(part, sizeof part, "%s%d-%d", used ? "," : "", from, to);
    const char *more = ",…";
    if (used + (size_t)length + strlen(more) < size) strcat(text, part);
    else if (used + strlen(more) < size && (used < strlen(more) || strcmp(text + used - strlen(more), more) != 0)) strcat(text, more);
}

int rpi_affinity_mask(char *text, size_t size)
{
    size_t mask_size;
    cpu_set_t *mask = get_mask(&mask_size);
    if (size) text[0] = '\0';
    if (!mask) return (int)sysconf(_SC_NPROCESSORS_ONLN);
    int from = -1;
    for (int core = 0; size && core <= MOST_CORES; core++) {
        bool in = core < MOST_CORES && CPU_ISSET_S((size_t)core, mask_size, mask);
        if (in && from < 0) from = core;
        if (!in && from >= 0) {
            append_range(text, size, from, core - 1);
            from = -1;
        }
    }
    int n = CPU_COUNT_S(mask_size, mask);
    CPU_FREE(mask);
    return n;
}

/* Version 2 of cgroups: "max 100000" or "150000 100000"; version 1: two files with one number each. 0: no quota. */
static double read_quota(const char *directory)
{
    char path[512];
    double quota = 0, period = 0;
    snprintf(path, sizeof path, "%s/cpu.max", directory);
    FILE *file = fopen(path, "re");
    if (!file) return 0;
    int n = fscanf(file, "%lf %lf", &quota, &period);
    fclose(file);
    return n == 2 && period > 0 ? quota / period : 0;
}

/* The tightest quota of the cgroup of this process and of those above it. */
static double cgroup_quota(void)
{
    char line[400] = "", directory[480];
    double tightest = 0;
    FILE *file = fopen("/proc/self/cgroup", "re");
    while (file && fgets(line, sizeof line, file) && strncmp(line, "0::", 3) != 0) line[0] = '\0';
    if (file) fclose(file);
    if (strncmp(line, "0::", 3) != 0) return 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *path = line + 3;;) {
        snprintf(directory, sizeof directory, "/sys/fs/cgroup%s", strcmp(path, "/") ? path : "");
        double quota = read_quota(directory);
        if (quota > 0 && (tightest <= 0 || quota < tightest)) tightest = quota;
        char *slash = strrchr(path, '/');
        if (!slash || !*path) break;
        *slash = '\0';
    }
    return tightest;
}

int rpi_affinity_cores(void)
{
    int cores = rpi_affinity_mask(NULL, 0);
    double quota = cgroup_quota();
    int most = quota > 0 ? (int)(quota + 0.999) : cores;
    if (most < cores) cores = most;
    return cores < 1 ? 1 : cores;
}

static int number_of(const char *name)
{
    const char *text = getenv(name);
    if (!text || !*text) return 0;
    char *end;
    long value = strtol(text, &end, 10);
    if ((*end != '\0' && *end != ',') || value < 1 || value > 1 << 20) return 0;
    return (int)value;
}

int rpi_affinity_local_ranks(void)
{
    int n = number_of("OMPI_COMM_WORLD_LOCAL_SIZE");
    if (n == 0) n = number_of("MPI_LOCALNRANKS");
    if (n == 0 && getenv("SLURM_PROCID")) n = number_of("SLURM_NTASKS_PER_NODE");
    return n ? n : 1;
}

bool rpi_affinity_sees_all_cores(void) { return rpi_affinity_mask(NULL, 0) >= (int)sysconf(_SC_NPROCESSORS_ONLN); }

static int cores_of_rank(int local_ranks)
{
    int cores = rpi_affinity_cores();
    if (!rpi_affinity_sees_all_cores() || local_ranks <= 1) return cores;
    return cores / local_ranks > 1 ? cores / local_ranks : 1;
}

int rpi_affinity_threads(int local_ranks, const char **from)
{
    static const char *const names[] = {"RANKPOOL_THREADS", "OMP_NUM_THREADS", "SLURM_CPUS_PER_TASK"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int n = number_of(names[i]);
        if (n == 0) continue;
        *from = names[i];
        return n;
    }
    *from = local_ranks > 1 ? "cores of this rank" : "cores of this process";
    return cores_of_rank(local_ranks);
}

int rpi_affinity_local_rank(void)
{
    const char *text = getenv("OMPI_COMM_WORLD_LOCAL_RANK");
    if (!text) text = getenv("MPI_LOCALRANKID");
    if (!text) text = getenv("SLURM_LOCALID");
    int rank = text ? atoi(text) : 0;
    return rank < 0 || rank >= rpi_affinity_local_ranks() ? 0 : rank;
}

void rpi_affinity_rank_info(const char *host, int threads, rp_rank_info *info)
{
    memset(info, 0, sizeof *info);
    snprintf(info->host, sizeof info->host, "%s", host);
    info->threads = threads;
    info->cores = rpi_affinity_cores();
    rpi_affinity_mask(info->affinity, sizeof info->affinity);
}
