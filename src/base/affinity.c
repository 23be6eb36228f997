/* affinity.c: see affinity.h. */
#include "base/affinity.h"

#include "base/cgroup.h"
#include "base/places.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_CORES = 8 * sizeof(rpi_core_mask) };

bool rpi_affinity_get(rpi_core_mask *mask, bool *is_own)
{
    *is_own = !rpi_places_cores(rpi_core_mask_set(mask), sizeof *mask);
    return !*is_own || sched_getaffinity(0, sizeof *mask, rpi_core_mask_set(mask)) == 0;
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
    rpi_core_mask mask;
    bool is_own;
    if (size) text[0] = '\0';
    if (!rpi_affinity_get(&mask, &is_own)) return (int)sysconf(_SC_NPROCESSORS_ONLN);
    int from = -1;
    for (int core = 0; size && core <= MOST_CORES; core++) {
        bool in = core < MOST_CORES && CPU_ISSET_S((size_t)core, sizeof mask, rpi_core_mask_set(&mask));
        if (in && from < 0) from = core;
        if (!in && from >= 0) {
            append_range(text, size, from, core - 1);
            from = -1;
        }
    }
    return CPU_COUNT_S(sizeof mask, rpi_core_mask_set(&mask));
}

/* Read once, as opening a pool asks several times, and reading takes a quarter of a millisecond. */
static struct {
    pthread_once_t once;
    double quota;
    int cores;
} group = {.once = PTHREAD_ONCE_INIT};

static void read_group(void)
{
    group.quota = rpi_cgroup_quota("");
    group.cores = rpi_cgroup_cores("");
}

int rpi_affinity_cores(void)
{
    pthread_once(&group.once, read_group);
    int cores = rpi_affinity_mask(NULL, 0);
    double quota = group.quota;
    int most = quota > 0 ? (int)(quota + 0.999) : cores;
    if (most < cores) cores = most;
    return cores < 1 ? 1 : cores;
}

/* 0: it isn't set, or no such number. */
static int number_of(const char *name)
{
    const char *text = getenv(name);
    if (!text || !*text) return 0;
    char *end;
    long value = strtol(text, &end, 10);
    return *end == '\0' && value >= 1 && value <= 1 << 20 ? (int)value : 0;
}

int rpi_affinity_local_ranks(void)
{
    int n = number_of("OMPI_COMM_WORLD_LOCAL_SIZE");
    if (n == 0) n = number_of("MPI_LOCALNRANKS");
    if (n == 0 && getenv("SLURM_PROCID")) n = number_of("SLURM_NTASKS_PER_NODE");
    return n ? n : 1;
}

/* In a container or a batch job, those of the group that it was given. */
static int cores_of_host(void)
{
    pthread_once(&group.once, read_group);
    int all = (int)sysconf(_SC_NPROCESSORS_ONLN), allowed = group.cores;
    return allowed > 0 && allowed < all ? allowed : all;
}

bool rpi_affinity_sees_all_cores(void) { return rpi_affinity_mask(NULL, 0) >= cores_of_host(); }

int rpi_affinity_cores_of_rank(int local_ranks)
{
    int cores = rpi_affinity_cores();
    if (!rpi_affinity_sees_all_cores() || local_ranks <= 1) return cores;
    return cores / local_ranks > 1 ? cores / local_ranks : 1;
}

int rpi_affinity_local_rank(void)
{
    const char *text = getenv("OMPI_COMM_WORLD_LOCAL_RANK");
    if (!text) text = getenv("MPI_LOCALRANKID");
    if (!text) text = getenv("SLURM_LOCALID");
    int rank = text ? atoi(text) : 0;
    return rank < 0 || rank >= rpi_affinity_local_ranks() ? 0 : rank;
}

/* Slurm may keep a job to its cores by binding alone. A rank that has all cores of its job lacks none. */
static int cores_of_job(void)
{
    int all = cores_of_host(), given = number_of("SLURM_CPUS_ON_NODE");
    return given > 0 && given < all ? given : all;
}

void rpi_affinity_rank_info(const char *host, int threads, rp_rank_info *info)
{
    memset(info, 0, sizeof *info);
    snprintf(info->host, sizeof info->host, "%s", host);
    info->threads = threads;
    info->shares_memory = 1; /* this rank with itself; the coordinator knows of the others */
    info->cores = rpi_affinity_cores();
    info->host_cores = cores_of_job();
    rpi_affinity_mask(info->affinity, sizeof info->affinity);
}
