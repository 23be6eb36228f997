/*
 * world.c: MPI as rp_main uses it: started when a launcher started several ranks, and ended with the program. MPI itself is one a process,
 * so what is kept of it is too.
 */
#include "world.h"

#include "cluster/failure_detector.h"
#include "cluster/handshake.h"
#include "cluster/member.h"
#include "mpi_link.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    bool initialised;
    int n_ranks;
    rpi_link *link; /* until the coordinator, or the serving rank, owns it */
    rpi_coordinator *coordinator;
    bool lost; /* a rank, or the link to others: MPI can't be ended in order */
} world = {.n_ranks = 1};

rpi_coordinator *rpi_world_coordinator(void) { return world.coordinator; }
int rpi_world_ranks(void) { return world.n_ranks; }

const char *rpi_world_version(void)
{
    static char version[MPI_MAX_LIBRARY_VERSION_STRING];
    int length = 0;
    if (!version[0] && MPI_Get_library_version(version, &length) != MPI_SUCCESS) strcpy(version, "MPI");
    version[strcspn(version, ",\n")] = '\0';
    return version;
}

/* ---- the launcher's environment ---- */

static int number_of(const char *name)
{
    const char *text = getenv(name);
    return text && *text >= '0' && *text <= '9' ? atoi(text) : -1;
}

/* One rank alone needs no MPI. srun sets SLURM_NTASKS also for what runs in an allocation without it, so its PMIx counts. */
bool rpi_world_launched(void)
{
    int size = number_of("OMPI_COMM_WORLD_SIZE");
    if (size >= 0) return size > 1;
    if (!getenv("PMIX_NAMESPACE")) return false;
    size = number_of("SLURM_STEP_NUM_TASKS");
    return size != 1;
}

int rpi_world_environment_rank(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_PROCID"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (number_of(names[i]) >= 0) return number_of(names[i]);
    return 0;
}

/*
 * Where no network fabric is, looking for one takes most of MPI's start: 256 ms against 26 ms. The user's own choice stands, and
 * RANKPOOL_PML=keep leaves everything to Open MPI.
 */
static void choose_transport(void)
{
    static const char *const fabrics[] = {"/sys/class/infiniband/*", "/sys/class/cxi/*"};
    const char *wish = getenv("RANKPOOL_PML");
    if (wish && !strcmp(wish, "keep")) return;
    for (size_t i = 0; i < sizeof fabrics / sizeof fabrics[0]; i++) {
        glob_t found;
        if (glob(fabrics[i], 0, NULL, &found) != 0) continue;
        globfree(&found);
        return;
    }
    (void)setenv("OMPI_MCA_pml", "ob1", 0);
}

/* ---- life ---- */

static rp_status initialise(int *argc, char ***argv, rp_error *error)
{
    int provided = MPI_THREAD_SINGLE;
    choose_transport();
    int code = MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &provided);
    if (code != MPI_SUCCESS) return rpi_mpi_error(error, code, "MPI_Init_thread");
    world.initialised = true;
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    if (provided >= MPI_THREAD_SERIALIZED) return RP_OK;
    return rp_error_set(error, RP_UNSUPPORTED, 0,
                        "this MPI lets no second thread talk to it (it provides less than MPI_THREAD_SERIALIZED)");
}

rp_status rpi_world_start(int *argc, char ***argv, int *rank, rp_error *error)
{
    rp_status status = initialise(argc, argv, error);
    if (world.initialised) {
        MPI_Comm_rank(MPI_COMM_WORLD, rank);
        MPI_Comm_size(MPI_COMM_WORLD, &world.n_ranks);
    }
    rpi_link *link = NULL;
    if (status == RP_OK) status = rpi_mpi_link_create(MPI_COMM_WORLD, &link, error);
    if (status == RP_OK) status = rpi_failure_detector_create(link, NULL, &world.link, error);
    if (status != RP_OK) return status;
    status = rpi_handshake(world.link, error);
    world.lost = status == RP_LOST;
    if (status != RP_OK || *rank != 0) return status;
    status = rpi_coordinator_create(world.link, &world.coordinator, error);
    if (status != RP_OK) rpi_link_dismiss(world.link);
    world.link = NULL;
    return status;
}

static void tell(const rp_error *error) { fprintf(stderr, "rankpool: %s\n", rp_error_text(error)); }

int rpi_world_serve(void)
{
    rp_error error;
    rpi_link *link = world.link;
    int rank = link->rank;
    world.link = NULL;
    if (rpi_member_serve(link, tell, &error) == RP_OK) return 0;
    world.lost = true;
    if (error.status != RP_LOST) tell(&error);
    rpi_member_linger(rank, &error);
    return RP_EXIT_LOST;
}

rp_status rpi_world_stop(rp_error *error)
{
    rp_status status = world.coordinator ? rpi_coordinator_destroy(world.coordinator, error) : RP_OK;
    world.coordinator = NULL;
    world.lost = status != RP_OK;
    return status;
}

void rpi_world_end_coordinator(rpi_coordinator *coordinator) { (void)rpi_coordinator_destroy(coordinator, NULL); }

void rpi_world_finish(void)
{
    if (world.link) {
        world.link->is_broken = world.lost;
        world.link->ops->destroy(world.link, world.lost ? 0 : 5);
    }
    world.link = NULL;
    if (world.initialised && !world.lost) MPI_Finalize();
}
