/*
 * exit_status.c: the exit status of the client is that of the program: `exit_status STATUS` opens and uses a pool, `exit_status STATUS
 * bare` none.
 */
#include <rankpool/rankpool.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t square(int64_t x) { return x * x; }
RP_TASK(square, int64_t, int64_t)

static int client(rp_pool *pool, int argc, char **argv)
{
    int64_t results[20];
    rp_error error = {0};
    if (argc < 2) return 99;
    if (pool != NULL && rp_map(pool, square_task, results, 20, RP_RANGE(0, 1), NULL, &error) != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        return 98;
    }
    printf("the client ends with %s\n", argv[1]);
    return atoi(argv[1]);
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[2], "bare") == 0) return rp_main_bare(argc, argv, client);
    return rp_main(argc, argv, client, NULL);
}
