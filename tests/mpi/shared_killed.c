/*
 * shared_killed.c: `shared_killed FOLDER [isolated]`: ranks that run items on shared memory until somebody kills one of them. Each process
 * that runs items writes its number to a file in the folder, named after it; rank 0 writes its own, too.
 */
#include <rankpool/rankpool.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { N = 1 << 18 };
typedef double table[N];
typedef char folder[200];

static void note(const char *where, int rank)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%d.rank%d", where, (int)getpid(), rank);
    int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (file >= 0) close(file);
}

static void stay(double *result, const double *x, const table *values, const folder *where)
{
    *result = *x + (*values)[5];
    note(*where, rp_rank());
    for (;;) pause();
}
RP_TASK_POINTER(stay, double, double, table, folder)

static int client(rp_pool *pool, int argc, char **argv)
{
    rp_error error;
    folder where = "";
    static table values;
    if (argc < 2) return 2;
    snprintf(where, sizeof where, "%s", argv[1]);
    double *x = rp_alloc(pool, N * sizeof *x, &error), *results = rp_alloc(pool, N * sizeof *x, &error);
    const table *shared = rp_share(pool, values, sizeof values, &error);
    if (!x || !results || !shared) return 2;
    note(where, 0);
    rp_columns items = RP_COLUMNS(RP_COLUMN(x), RP_CONSTANT_AT(shared), RP_CONSTANT_AT(&where));
    rp_call_options options = {.chunk = 1};
    return rp_starmap(pool, stay_task, results, N, items, &options, &error) == RP_LOST ? 4 : 1;
}

int main(int argc, char **argv)
{
    rp_pool_options options = {.threads = 1,
                               .isolation = argc > 2 && !strcmp(argv[2], "isolated") ? RP_ISOLATION_PROCESS : RP_ISOLATION_NONE};
    return rp_main(argc, argv, client, &options);
}
