/* main.c: rp_main: it reads the launcher's environment, runs each rank, and returns the exit status. */
#include "base/descriptor.h"
#include "base/launcher.h"
#include "base/options.h"
#include "cluster/transport.h"
#include "cluster/world.h"
#include "pool/program_end.h"

#include <rankpool/main.h>
#include <rankpool/text.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { NAME_SIZE = 256 };

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
    const char *slash = program ? strrchr(program, '/') : NULL, *own = slash ? slash + 1 : program ? program : "rankpool";
    char name[NAME_SIZE];
    (void)rp_printable(own, strlen(own), name, sizeof name);
    fprintf(stderr, "%s: %s\n", name, rp_error_text(error));
    return exit_status_of(error->status);
}

/* Rank 0 says for all what all know, and rank 1 that rank 0 is lost. What only this rank knows, it says itself. */
static bool is_ours_to_tell(const rpi_launch *launch, int rank, rp_status status)
{
    if (rank == 0 || launch->speaks) return true;
    if (status == RP_LOST) return rank == 1;
    return status != RP_USAGE && status != RP_UNSUPPORTED;
}

/* Another rank says it for all. A launcher that sees a rank end with a status ends the others, so this one waits a moment, as the other may
 * have been started later. */
static int leave_word_to_another(rp_status status)
{
    struct timespec moment = {1, 0};
    nanosleep(&moment, NULL);
    return exit_status_of(status);
}

int rp_main_ranks(void) { return rpi_world_ranks(); }

/* As decided by rp_main, before MPI may have set variables that launchers set. Global, as a process calls rp_main once. */
static struct {
    bool is_decided;
    rpi_launch launch;
} start;

void rp_main_launch_sized(rp_launch_info *info, size_t info_size)
{
    rp_launch_info own;
    if (!info) return;
    rpi_launch launch = start.launch;
    if (!start.is_decided) rpi_launcher_here(rpi_transport_mpi.kind, &launch);
    own = (rp_launch_info){.ranks = launch.n_ranks, .rank = launch.rank, .speaks = launch.speaks};
    snprintf(own.text, sizeof own.text, "%s", launch.text);
    rpi_sized_write(&own, sizeof own, info, info_size);
}

void rp_main_launch(rp_launch_info *info) { rp_main_launch_sized(info, RPI_SIZE_UP_TO(rp_launch_info, text)); }

/* Why this process can't be a rank. Global, as rp_main is called once, and this before it. */
static char problem[RP_ERROR_TEXT_SIZE];

void rp_main_refuse(const char *why) { snprintf(problem, sizeof problem, "%s", why ? why : ""); }

static rp_status start_ranks(const rpi_launch *launch, int *argc, char ***argv, int *rank, rp_error *error)
{
    rp_status status = rpi_launcher_mark(error);
    *rank = launch->rank > 0 ? launch->rank : 0;
    if (status == RP_OK) status = rpi_world_start(launch, problem, argc, argv, rank, error);
    if (status == RP_OK) (void)rpi_launcher_mark(NULL); /* of what MPI has set in the environment; there is a mark already */
    return status;
}

/* The client called exit(). */
static void stop_ranks(void)
{
    rp_error error;
    if (rpi_world_stop(&error) != RP_OK) (void)report(NULL, &error);
    rpi_world_finish(RP_EXIT_LOST); /* counts only when MPI_Finalize hangs: the status of exit() isn't known here */
}

static int run_ranks(const rpi_launch *launch, int argc, char **argv, rp_client *client)
{
    rp_error error;
    int rank, exit_status;
    rp_status status = start_ranks(launch, &argc, &argv, &rank, &error);
    if (status == RP_OK) rpi_program_end_begin(rank, rank == 0 ? stop_ranks : NULL);
    if (status != RP_OK) {
        exit_status = is_ours_to_tell(launch, rank, status) ? report(argv[0], &error) : leave_word_to_another(status);
    } else if (rank == 0) {
        exit_status = client(NULL, argc, argv);
        rpi_program_end_claim();
        bool is_told = exit_status == RP_EXIT_LOST; /* a client that returns this has reported the loss */
        if (rpi_world_stop(&error) != RP_OK && !is_told) exit_status = report(argv[0], &error);
    } else {
        exit_status = rpi_world_serve();
        rpi_program_end_claim();
    }
    rpi_world_finish(exit_status);
    return exit_status;
}

static int run_alone(int argc, char **argv, rp_client *client)
{
    rp_error error;
    if (*problem) return rp_error_set(&error, RP_USAGE, 0, "%s", problem), report(argc > 0 ? argv[0] : NULL, &error);
    rpi_program_end_begin(0, NULL);
    int exit_status = client(NULL, argc, argv);
    rpi_program_end_claim();
    return exit_status;
}

static int refuse(const rpi_launch *launch, const char *program)
{
    rp_error error;
    rp_error_set(&error, RP_USAGE, 0, "%s", launch->text);
    return launch->speaks ? report(program, &error) : leave_word_to_another(RP_USAGE);
}

int rp_main_bare(int argc, char **argv, rp_client *client)
{
    rp_error error;
    if (!client) return rp_error_set(&error, RP_USAGE, 0, "the client is NULL"), report(argc > 0 ? argv[0] : NULL, &error);
    rpi_descriptor_open_standard();
    rpi_launcher_here(rpi_transport_mpi.kind, &start.launch);
    start.is_decided = true;
    switch (start.launch.way) {
    case RPI_LAUNCH_RANK: return run_ranks(&start.launch, argc, argv, client);
    case RPI_LAUNCH_REFUSED: return refuse(&start.launch, argc > 0 ? argv[0] : NULL);
    default: return run_alone(argc, argv, client);
    }
}

/* What open_and_run needs. Global, as a process calls rp_main once. */
static struct {
    rp_client *client;
    const rp_pool_options *options;
} program;

static void say_lost(void *unused, const char *line)
{
    (void)unused;
    fprintf(stderr, "warning: %s\n", line);
}

static int open_and_run(rp_pool *none, int argc, char **argv)
{
    (void)none;
    rp_pool *pool;
    rp_error error;
    rp_pool_options options = program.options ? *program.options : (rp_pool_options){0};
    if (!options.lost) options.lost = say_lost;
    if (rp_pool_open_sized(&options, sizeof options, &pool, &error) != RP_OK) return report(argc > 0 ? argv[0] : NULL, &error);
    for (int k = 0; rp_pool_warning(pool, k); k++) fprintf(stderr, "warning: %s\n", rp_pool_warning(pool, k));
    int exit_status = program.client(pool, argc, argv);
    rp_pool_free(pool);
    return exit_status;
}

int rp_main_sized(int argc, char **argv, rp_client *client, const rp_pool_options *given, size_t options_size)
{
    rp_error error;
    rp_pool_options own;
    const rp_pool_options *options = rpi_sized_read(given, options_size, &own, sizeof own);
    rpi_descriptor_open_standard();
    if (given && !options) {
        (void)rpi_sized_refuse("the pool's options", &error);
        return report(argc > 0 ? argv[0] : NULL, &error);
    }
    if (options && options->gpus_per_rank && rp_gpus_prepare(options->gpus_per_rank, &error) != RP_OK)
        rp_main_refuse(rp_error_text(&error));
    if (options && options->isolation && rp_isolation_prepare(&error) != RP_OK) return report(argc > 0 ? argv[0] : NULL, &error);
    if (!client) return rp_main_bare(argc, argv, NULL);
    program.client = client;
    program.options = options;
    return rp_main_bare(argc, argv, open_and_run);
}

int rp_main(int argc, char **argv, rp_client *client, const rp_pool_options *options)
{
    return rp_main_sized(argc, argv, client, options, RPI_FIRST_POOL_OPTIONS);
}
