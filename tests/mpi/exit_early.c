/*
 * exit_early.c: `exit_early WAY STATUS`: the client calls exit() in one way or another, and that is the exit status of the program.
 */
#include <rankpool/rankpool.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int64_t nap(int64_t x)
{
    usleep(20000);
    return x;
}
RP_TASK(nap, int64_t, int64_t)

static int64_t quit(int rank, int64_t x)
{
    usleep(1000);
    if (rp_rank() == rank) exit(0);
    return x;
}
RP_TASK(quit, int64_t, int, int64_t)

enum { N = 2000 };
static int64_t results[N];

static int leave(const char *status)
{
    printf("the client ends with %s\n", status);
    exit(atoi(status));
}

static void *leave_soon(void *status)
{
    usleep(100000);
    leave(status);
    return NULL;
}

static int leave_from_callback(rp_result *result, const rp_error *error, void *status)
{
    (void)result, (void)error;
    return leave(status);
}

static rp_result *start(rp_pool *pool, char *status, rp_callback *callback, uint64_t n)
{
    rp_result *handle = NULL;
    rp_error error;
    rp_call_options options = {.chunk = 1, .callback = callback, .callback_argument = status};
    if (rp_map_async(pool, nap_task, results, n, RP_RANGE(0, 1), &options, &handle, &error) != RP_OK) puts(rp_error_text(&error));
    return handle;
}

/* Is never left, as another thread calls exit. */
static int block(rp_pool *pool)
{
    rp_error error;
    for (;;) (void)rp_map(pool, nap_task, results, N, RP_RANGE(0, 1), NULL, &error);
    return 99;
}

static int exit_in_task(rp_pool *pool, int rank)
{
    rp_error error;
    rp_columns columns = RP_COLUMNS(RP_CONSTANT(rank), RP_RANGE(0, 1));
    rp_status status = rp_starmap(pool, quit_task, results, N, columns, &(rp_call_options){.chunk = 1}, &error);
    fprintf(stderr, "the call ends: %s\n", rp_error_text(&error));
    return status == RP_LOST ? RP_EXIT_LOST : 98;
}

static int client(rp_pool *pool, int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    char *status = argc > 2 ? argv[2] : (char[]){"0"};
    pthread_t thread;
    pid_t child;
    rp_error error;
    if (!strcmp(way, "idle")) leave(status);
    if (!strcmp(way, "flight")) start(pool, status, NULL, N);
    if (!strcmp(way, "quick")) quick_exit(atoi(status));
    if (!strcmp(way, "callback")) return start(pool, status, leave_from_callback, 8) ? block(pool) : 97;
    if (!strcmp(way, "thread")) return pthread_create(&thread, NULL, leave_soon, status) ? 97 : block(pool);
    if (!strcmp(way, "task")) return exit_in_task(pool, atoi(status));
    if (!strcmp(way, "fork") && (child = fork()) == 0) exit(3); /* which must not end the ranks */
    if (!strcmp(way, "fork") && (waitpid(child, NULL, 0) != child || rp_map(pool, nap_task, results, 9, RP_RANGE(0, 1), NULL, &error)))
        return 97;
    if (!strcmp(way, "open")) { /* a pool that the client leaves open */
        if (rp_pool_open(NULL, &pool, &error) != RP_OK) return 97;
        start(pool, status, NULL, N);
        printf("the client ends with %s\n", status);
        return atoi(status);
    }
    return leave(status);
}

int main(int argc, char **argv)
{
    bool bare = argc > 1 && !strcmp(argv[1], "open");
    return bare ? rp_main_bare(argc, argv, client) : rp_main(argc, argv, client, NULL);
}
