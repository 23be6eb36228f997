/*
 * stands_still.c: how long workers stand still when rank 1 is killed and the others go on: `stands_still FILE`. Items take 20 ms. Rank 1
 * notes the moment in FILE and kills itself. Rank 0 prints when the first of rank 1's items ran elsewhere, and the longest pause between
 * two items of a living rank's worker, before and after: the clocks of all ranks have to be one, so they are on one host.
 */
#include <rankpool/rankpool.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { N = 300, RANKS = 16 };
static const double most_s = 5; /* until its items run elsewhere */
static const char *file_name;

typedef struct stay {
    int rank;
    double begin_s, end_s;
} stay;

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void die(void)
{
    FILE *file = fopen(file_name, "w");
    if (file) fprintf(file, "%.9f\n", now_s());
    if (file) fclose(file);
    kill(getpid(), SIGKILL);
}

static stay work(int64_t x)
{
    static int n_begun;
    stay made = {.rank = rp_rank(), .begin_s = now_s()};
    (void)x;
    usleep(20 * 1000);
    if (made.rank == 1 && ++n_begun == 15) die();
    made.end_s = now_s();
    return made;
}
RP_TASK(work, stay, int64_t)

static int by_begin(const void *a, const void *b)
{
    double x = ((const stay *)a)->begin_s, y = ((const stay *)b)->begin_s;
    return (x > y) - (x < y);
}

/* Items that rank 1 had have lower numbers than some that began before its end was known, and begin after it. */
static double first_again_s(const stay *stays, double killed_s)
{
    double first_s = 1e9, latest_s = 0;
    for (int i = N - 1; i >= 0; i--) {
        bool is_behind = latest_s > 0 && stays[i].begin_s > latest_s;
        if (is_behind && stays[i].begin_s > killed_s && stays[i].begin_s - killed_s < first_s) first_s = stays[i].begin_s - killed_s;
        if (latest_s <= 0 || stays[i].begin_s < latest_s) latest_s = stays[i].begin_s;
    }
    return first_s;
}

static int tell(stay *stays, double killed_s)
{
    double last_s[RANKS] = {0}, before_s = 0, after_s = 0, again_s = first_again_s(stays, killed_s);
    qsort(stays, N, sizeof *stays, by_begin);
    for (int i = 0; i < N; i++) {
        const stay *at = &stays[i];
        double *last = &last_s[at->rank % RANKS], pause_s = *last > 0 ? at->begin_s - *last : 0;
        *last = at->end_s;
        if (at->rank == 1) continue;
        if (at->begin_s < killed_s && pause_s > before_s) before_s = pause_s;
        if (at->begin_s >= killed_s && pause_s > after_s) after_s = pause_s;
    }
    printf("its items ran elsewhere after %.0f ms; the others stood still for %.1f ms at most, and %.1f ms before it\n", 1e3 * again_s,
           1e3 * after_s, 1e3 * before_s);
    fflush(stdout);
    return again_s < most_s ? 0 : RP_EXIT_FAILED;
}

static int client(rp_pool *pool, int argc, char **argv)
{
    stay stays[N];
    rp_error error;
    double killed_s = 0;
    (void)argc, (void)argv;
    remove(file_name);
    if (rp_map(pool, work_task, stays, N, RP_RANGE(0, 1), &(rp_call_options){.chunk = 1}, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return RP_EXIT_FAILED;
    }
    FILE *file = fopen(file_name, "r");
    if (!file || fscanf(file, "%lf", &killed_s) != 1) return RP_EXIT_FAILED;
    fclose(file);
    return tell(stays, killed_s);
}

int main(int argc, char **argv)
{
    rp_pool_options options = {.executor = RP_EXECUTOR_HYBRID, .threads = 1, .on_lost = RP_ON_LOST_GO_ON};
    file_name = argc > 1 ? argv[1] : "killed";
    return rp_main(argc, argv, client, &options);
}
