/*
 * recalled.c FOLDER: two ranks, of which the second stands still in its first item. All others, also those that it was sent ahead, run on
 * the first one. Nothing is timed: the second rank says in a file that it has begun, which the first one waits for, and goes on once the
 * client has written another, when all others are done.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { N = 2000 };

static char begun[4096], go_on[4096];

static void rest(void) { nanosleep(&(struct timespec){0, 1000000}, NULL); }

static int is_there(const char *file)
{
    FILE *opened = fopen(file, "r");
    if (opened) fclose(opened);
    return opened != NULL;
}

static int make(const char *file)
{
    FILE *made = fopen(file, "w");
    return made && fclose(made) == 0;
}

/* The rank that ran the item. */
static int where(int64_t item)
{
    (void)item;
    if (rp_rank() == 1) (void)make(begun);
    while (!is_there(rp_rank() == 1 ? go_on : begun)) rest();
    return rp_rank();
}
RP_TASK(where, int, int64_t)

static int failed(const char *what)
{
    fprintf(stderr, "%s\n", what);
    return 1;
}

static int client(rp_pool *pool, int argc, char **argv)
{
    static int ranks[N];
    rp_result *result;
    rp_error error;
    (void)argc, (void)argv;
    remove(begun); /* of a run before */
    remove(go_on);
    if (rp_map_async(pool, where_task, ranks, N, RP_RANGE(0, 1), NULL, &result, &error) != RP_OK) return failed(rp_error_text(&error));
    while (rp_result_completed(result) < N - 1) rest();
    if (!make(go_on)) return failed("the file can't be written");
    if (rp_result_get(result, -1, &error) != RP_OK) return failed(rp_error_text(&error));
    rp_result_free(result);
    int n_second = 0;
    for (int i = 0; i < N; i++) n_second += ranks[i];
    fprintf(stderr, "rank 1 ran %d of %d items\n", n_second, N);
    return n_second != 1;
}

int main(int argc, char **argv)
{
    if (argc != 2) return failed("recalled FOLDER");
    snprintf(begun, sizeof begun, "%s/begun", argv[1]);
    snprintf(go_on, sizeof go_on, "%s/go-on", argv[1]);
    return rp_main(argc, argv, client, &(rp_pool_options){.threads = 1});
}
