/*
 * idle.c: how much of a core each rank of an idle pool uses. `idle EXECUTOR THREADS`: opens the pool, has every rank work once, does
 * nothing for two seconds, and compares the processor time of each rank before and after.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { MAX_RANKS = 16, IDLE_S = 2 };

typedef struct usage {
    int32_t rank;
    double seconds; /* of processor time that this process has used */
} usage;

static usage processor_time(double sleep_s)
{
    struct rusage used;
    usleep((useconds_t)(sleep_s * 1e6));
    getrusage(RUSAGE_SELF, &used);
    double seconds = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    return (usage){rp_rank(), seconds};
}
RP_TASK(processor_time, usage, double)

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Returns how many ranks have answered; -1: the map failed. */
static int ask_once(rp_pool *pool, int n_ranks, int latest, double *seconds)
{
    usage answers[16 * MAX_RANKS];
    rp_error error = {0};
    rp_call_options options = {.chunk = 1};
    int n = 16 * n_ranks, n_known = 0;
    if (rp_map(pool, processor_time_task, answers, (uint64_t)n, RP_CONSTANT(0.01), &options, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return -1;
    }
    for (int i = 0; i < n; i++) {
        double *known = &seconds[answers[i].rank];
        if (*known < 0 || (latest ? answers[i].seconds > *known : answers[i].seconds < *known)) *known = answers[i].seconds;
    }
    for (int rank = 0; rank < n_ranks; rank++) n_known += seconds[rank] >= 0;
    return n_known;
}

/* Asks every rank several times, until each has answered: a busy machine may keep a rank from its items. With `latest` the last answer of
 * each counts, otherwise the first. */
static int ask_ranks(rp_pool *pool, int n_ranks, int latest, double *seconds)
{
    int n_known = 0;
    for (int rank = 0; rank < n_ranks; rank++) seconds[rank] = -1;
    while (n_known >= 0 && n_known < n_ranks) n_known = ask_once(pool, n_ranks, latest, seconds);
    return n_known < 0;
}

static int measure(rp_pool *pool)
{
    double before[MAX_RANKS], after[MAX_RANKS];
    rp_pool_info info;
    int too_busy = 0;
    rp_pool_get_info(pool, &info);
    if (info.ranks > MAX_RANKS || ask_ranks(pool, info.ranks, 1, before) != 0) return 1;
    double begun_s = now_s();
    sleep(IDLE_S);
    double idle_s = now_s() - begun_s; /* longer than asked for, where the machine is busy */
    if (ask_ranks(pool, info.ranks, 0, after) != 0) return 1;
    for (int rank = 0; rank < info.ranks; rank++) {
        double share = (after[rank] - before[rank]) / idle_s;
        printf("rank %d of an idle pool uses %.2f %% of a core\n", rank, 100 * share);
        too_busy += share > 0.05;
    }
    return too_busy > 0;
}

static int client(rp_pool *unopened, int argc, char **argv)
{
    (void)unopened;
    rp_pool_options options = {.executor = RP_EXECUTOR_AUTO};
    rp_pool *pool = NULL;
    rp_error error = {0};
    if (argc < 3 || rp_pool_options_set(&options, "executor", argv[1], &error) != RP_OK ||
        rp_pool_options_set(&options, "threads", argv[2], &error) != RP_OK || rp_pool_open(&options, &pool, &error) != RP_OK) {
        fprintf(stderr, "usage: %s EXECUTOR THREADS: %s\n", argv[0], rp_error_text(&error));
        return RP_EXIT_USAGE;
    }
    int status = measure(pool);
    rp_pool_free(pool);
    return status;
}

int main(int argc, char **argv) { return rp_main_bare(argc, argv, client); }
