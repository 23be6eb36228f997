/*
 * unjoined.c: a program that a launcher started several times opens a pool of its own in each process. `unjoined`: without MPI, which is
 * worth a warning. `unjoined mpi`: it uses MPI itself, and knows what it does. `unjoined main`: it is under rp_main. Rank 0 prints.
 */
#include <rankpool/mpi.h>
#include <rankpool/rankpool.h>

#include <stdio.h>
#include <string.h>

static int show_warnings(void)
{
    rp_pool_options options = {.executor = RP_EXECUTOR_SERIAL};
    rp_pool *pool;
    rp_launch_info launch;
    int n = 0;
    rp_main_launch(&launch);
    if (rp_pool_open(&options, &pool, NULL) != RP_OK) return 1;
    for (; rp_pool_warning(pool, n); n++)
        if (launch.rank == 0) printf("warning: %s\n", rp_pool_warning(pool, n));
    if (launch.rank == 0) printf("%d warnings\n", n);
    rp_pool_free(pool);
    return 0;
}

static int client(rp_pool *none, int argc, char **argv)
{
    (void)none, (void)argc, (void)argv;
    return show_warnings();
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    if (strcmp(how, "main") == 0) return rp_main_bare(argc, argv, client);
    if (strcmp(how, "mpi") != 0) return show_warnings();
    int provided;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &provided);
    int status = show_warnings();
    MPI_Finalize();
    return status;
}
