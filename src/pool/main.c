/* main.c: rp_main: it reads the launcher's environment, runs each rank, and returns the exit status. */
#include "base/launcher.h"
#include "cluster/transport.h"
#include "cluster/world.h"
#include "pool/program_end.h"

#include <rankpool/main.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int exit_status_of(rp_status status)
{
    switch (status) {
    case RP_OK: return 0;
    case RP_FAILED: return RP_EXIT_FAILED;
    case RP_USAGE:
    case RP_UNSUPPORTED: return RP_EXIT_USAGE;
    default: return RP_EXIT_LOST;
    }
}

static int report(const char *program, const rp_error *error)
{
    const char *slash = program ? strrchr(program, '/') : NULL;
    fprintf(stderr, "%s: %s\n", slash ? slash + 1 : program ? program : "rankpool", rp_error_text(error));
    return exit_status_of(error->status);
}

/* Launchers are ignored in a build without MPI, and with RANKPOOL_MPI=0. */
static bool is_launched(void)
{
    const char *wanted = getenv("RANKPOOL_MPI");
    return rpi_transport_mpi.is_built && (!wanted || strcmp(wanted, "0") != 0) && rpi_launcher_has_ranks();
}

int rp_main_ranks(void) { return rpi_world_ranks(); }

/* The client called exit(). */
static void stop_ranks(void)
{
    rp_error error;
    if (rpi_world_stop(&error) != RP_OK) (void)report(NULL, &error);
    rpi_world_finish();
}

static int run_ranks(int argc, char **argv, rp_client *client)
{
    rp_error error;
    int rank = rpi_launcher_rank(), exit_status;
    rp_status status = rpi_world_start(&argc, &argv, &rank, &error);
    if (status == RP_OK) rpi_program_end_begin(rank, rank == 0 ? stop_ranks : NULL);
    if (status != RP_OK) {
        exit_status = rank == 0 ? report(argv[0], &error) : exit_status_of(status);
    } else if (rank == 0) {
        exit_status = client(NULL, argc, argv);
        rpi_program_end_claim();
        bool is_told = exit_status == RP_EXIT_LOST; /* a client that returns this has reported the loss */
        if (rpi_world_stop(&error) != RP_OK && !is_told) exit_status = report(argv[0], &error);
    } else {
        exit_status = rpi_world_serve();
        rpi_program_end_claim();
    }
    rpi_world_finish();
    return exit_status;
}

static int run_alone(int argc, char **argv, rp_client *client)
{
    rpi_program_end_begin(0, NULL);
    int exit_status = client(NULL, argc, argv);
    rpi_program_end_claim();
    return exit_status;
}

int rp_main_bare(int argc, char **argv, rp_client *client)
{
    rp_error error;
    if (!client) return rp_error_set(&error, RP_USAGE, 0, "the client is NULL"), report(argc > 0 ? argv[0] : NULL, &error);
    return is_launched() ? run_ranks(argc, argv, client) : run_alone(argc, argv, client);
}

/* What open_and_run needs. Global, as a process calls rp_main once. */
static struct {
    rp_client *client;
    const rp_pool_options *options;
} program;

static int open_and_run(rp_pool *none, int argc, char **argv)
{
    (void)none;
    rp_pool *pool;
    rp_error error;
    if (rp_pool_open(program.options, &pool, &error) != RP_OK) return report(argc > 0 ? argv[0] : NULL, &error);
    for (int k = 0; rp_pool_warning(pool, k); k++) fprintf(stderr, "warning: %s\n", rp_pool_warning(pool, k));
    int exit_status = program.client(pool, argc, argv);
    rp_pool_free(pool);
    return exit_status;
}

int rp_main(int argc, char **argv, rp_client *client, const rp_pool_options *options)
{
    rp_error error;
    if (options && options->isolation && rp_isolation_prepare(&error) != RP_OK) return report(argc > 0 ? argv[0] : NULL, &error);
    if (!client) return rp_main_bare(argc, argv, NULL);
    program.client = client;
    program.options = options;
    return rp_main_bare(argc, argv, open_and_run);
}
