/*
 * brief.c FOLDER: calls over two ranks that take nearly no time, so that rank 0 soon runs them alone, and then one that takes long. First
 * one of which both ranks run some. Then one whose items wait for each other: each makes a file, and waits for that of the other.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { N_BRIEF = 500, N_LONG = 8 };
enum { BRIEF = -1, LONG = -2 }; /* what an item does; from 0 on: it meets another one */

static const char *folder;

static void rest(double seconds) { nanosleep(&(struct timespec){0, (long)(seconds * 1e9)}, NULL); }

static void name_of(int64_t item, char *name, size_t size) { snprintf(name, size, "%s/%d", folder, (int)item); }

static void meet(int64_t item)
{
    char own[4096], other[4096];
    name_of(item, own, sizeof own);
    name_of(1 - item, other, sizeof other);
    FILE *made = fopen(own, "w");
    if (!made || fclose(made) != 0) rp_fail(1, "the file can't be written");
    for (FILE *seen = NULL; !seen; rest(0.001)) {
        seen = fopen(other, "r");
        if (seen) fclose(seen);
    }
}

/* The rank that ran the item. */
static int work(int64_t item)
{
    if (item == LONG) rest(0.002);
    if (item >= 0) meet(item);
    return rp_rank();
}
RP_TASK(work, int, int64_t)

/* What is learnt of one task doesn't count for the other. */
static int work_too(int64_t item) { return work(item); }
RP_TASK(work_too, int, int64_t)

static int failed(const char *what)
{
    fprintf(stderr, "%s\n", what);
    return 0;
}

/* How many items rank 1 ran. */
static int run(rp_pool *pool, const rp_task *task, const int64_t *items, size_t n, int *n_on_1)
{
    int ranks[N_LONG];
    rp_error error;
    memset(ranks, 0xff, sizeof ranks);
    if (rp_map(pool, task, ranks, n, RP_COLUMN(items), NULL, &error) != RP_OK) return failed(rp_error_text(&error));
    for (size_t i = 0; i < n; i++) {
        if (ranks[i] != 0 && ranks[i] != 1) return failed("a result is missing");
        *n_on_1 += ranks[i];
    }
    return 1;
}

static int run_brief(rp_pool *pool, const rp_task *task)
{
    static const int64_t items[] = {BRIEF, BRIEF};
    int n_on_1 = 0, well = 1;
    for (int k = 0; k < N_BRIEF && well; k++) well = run(pool, task, items, 2, &n_on_1);
    fprintf(stderr, "rank 1 ran %d of %d brief items\n", n_on_1, 2 * N_BRIEF);
    return well;
}

static int run_meeting(rp_pool *pool)
{
    static const int64_t items[] = {0, 1};
    int n_on_1 = 0;
    if (!run_brief(pool, work_too_task) || !run(pool, work_too_task, items, 2, &n_on_1)) return 0;
    return n_on_1 == 1 || failed("items that waited for each other ran on the same rank");
}

static int run_long(rp_pool *pool)
{
    int64_t items[N_LONG];
    int n_on_1 = 0;
    for (int i = 0; i < N_LONG; i++) items[i] = LONG;
    if (!run_brief(pool, work_task) || !run(pool, work_task, items, N_LONG, &n_on_1)) return 0;
    fprintf(stderr, "rank 1 ran %d of %d long items\n", n_on_1, N_LONG);
    return n_on_1 > 0 || failed("rank 1 ran nothing");
}

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)argc, (void)argv;
    for (int item = 0; item < 2; item++) { /* of a run before */
        char name[4096];
        name_of(item, name, sizeof name);
        remove(name);
    }
    return !(run_long(pool) && run_meeting(pool));
}

int main(int argc, char **argv)
{
    if (argc != 2) return !failed("brief FOLDER");
    folder = argv[1];
    return rp_main(argc, argv, client, &(rp_pool_options){.threads = 1});
}
