/* transport.c: starts and ends MPI for rp_main (cluster/transport.h). Its state is global, as a process has one MPI. */
#include "cluster/transport.h"

#include "mpi_link.h"

#include <dlfcn.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool initialised, started_by_mpirun;

#if defined OPEN_MPI
#define KIND RPI_MPI_OPEN_MPI
#elif defined MPICH_VERSION || defined MPICH_NAME || defined I_MPI_VERSION
#define KIND RPI_MPI_MPICH
#else
#define KIND RPI_MPI_OTHER
#endif

/* MPICH says "MPICH Version:\t4.0.2". */
static const char *version(void)
{
    static char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int length = 0;
    if (!text[0] && MPI_Get_library_version(text, &length) != MPI_SUCCESS) strcpy(text, "MPI");
    text[strcspn(text, ",\n")] = '\0';
    for (char *tab; (tab = strchr(text, '\t'));) *tab = ' ';
    return text;
}

/* Whether mpirun started all ranks, and on this host. */
static bool is_mpirun_on_one_host(void)
{
    const char *all = getenv("OMPI_COMM_WORLD_SIZE"), *here = getenv("OMPI_COMM_WORLD_LOCAL_SIZE");
    return all && here && !strcmp(all, here);
}

static bool is_used(void)
{
    int begun = 0, ended = 0;
    return MPI_Initialized(&begun) == MPI_SUCCESS && MPI_Finalized(&ended) == MPI_SUCCESS && begun && !ended;
}

/*
 * On a machine without a network fabric, the search for one takes most of the time that MPI needs to start: 256 ms against 26 ms. Between
 * hosts ob1 is left alone: there the time matters less, and its first connections may meet a race (see settle). A choice of the user's
 * isn't changed, and with RANKPOOL_PML=keep Open MPI chooses.
 */
static void choose_pml(void)
{
    static const char *const fabrics[] = {"/sys/class/infiniband/*", "/sys/class/cxi/*"};
    const char *wish = getenv("RANKPOOL_PML");
    if ((wish && !strcmp(wish, "keep")) || !is_mpirun_on_one_host()) return;
    for (size_t i = 0; i < sizeof fabrics / sizeof fabrics[0]; i++) {
        glob_t found;
        if (glob(fabrics[i], 0, NULL, &found) != 0) continue;
        globfree(&found);
        return;
    }
    (void)setenv("OMPI_MCA_pml", "ob1", 0);
}

static bool is_by_srun(void) { return getenv("SLURM_PROCID") && getenv("PMIX_RANK") && !started_by_mpirun; }

/*
 * Under srun there is no daemon of Open MPI's that holds all ranks back until the last has set up its connections. A message over TCP that
 * arrives while another rank is still within MPI_Init can crash that rank (measured at high load: 1 to 6 % of the starts on 3 nodes). A
 * pause before the first message lets the others come through.
 */
static void settle(void)
{
    if (is_by_srun()) nanosleep(&(struct timespec){0, 100 * 1000 * 1000}, NULL);
}

/* What MPI is has to be what the launcher said, and has to suffice. */
static rp_status check(const rpi_launch *launch, int provided, int *rank, rp_error *error)
{
    int n_ranks = 0, found = 0;
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
    MPI_Comm_rank(MPI_COMM_WORLD, &found);
    rp_status status = rpi_launcher_check(launch, rpi_transport_mpi.kind, n_ranks, found, error);
    if (status != RP_OK) return status;
    *rank = found;
    if (provided >= MPI_THREAD_SERIALIZED) return RP_OK;
    return rp_error_set(error, RP_UNSUPPORTED, 0,
                        "this MPI lets no second thread talk to it (it provides less than MPI_THREAD_SERIALIZED)");
}

static rp_status start(const rpi_launch *launch, int *argc, char ***argv, int *rank, rpi_link **link, rp_error *error)
{
    int provided = MPI_THREAD_SINGLE;
    started_by_mpirun = getenv("OMPI_COMM_WORLD_SIZE"); /* MPI_Init may set it too */
    if (KIND == RPI_MPI_OPEN_MPI) choose_pml();
    int code = MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &provided);
    if (code != MPI_SUCCESS) return rpi_mpi_error(error, code, "MPI_Init_thread");
    initialised = true;
    settle();
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    rp_status status = rpi_mpi_agree(MPI_COMM_WORLD, check(launch, provided, rank, error),
                                     "another rank can't take part: it was started in another way, or its MPI is another", error);
    return status == RP_OK ? rpi_mpi_link_create(MPI_COMM_WORLD, link, error) : status;
}

/*
 * Slurm's plugin for PMIx ends the whole step when the process of a rank ends that hasn't said goodbye to PMIx, and others of its node have
 * not either (seen with 22.05.8). So each rank says goodbye as soon as it needs PMIx no more: when all know rank 0. What Open MPI asks PMIx
 * later finds nobody. PMIx counts how often it was begun.
 */
static bool leave_launcher(void)
{
    enum { MOST_BEGUN = 4 };
    int (*is_begun)(void) = NULL, (*end)(void *, size_t) = NULL;
    void *found = KIND == RPI_MPI_OPEN_MPI && is_by_srun() ? dlsym(RTLD_DEFAULT, "PMIx_Initialized") : NULL;
    if (!found) return false;
    memcpy(&is_begun, &found, sizeof is_begun);
    found = dlsym(RTLD_DEFAULT, "PMIx_Finalize");
    if (!found || !is_begun()) return false;
    memcpy(&end, &found, sizeof end);
    for (int k = 0; k < MOST_BEGUN && is_begun(); k++) (void)end(NULL, 0);
    return true;
}

static void finish(void)
{
    if (initialised) MPI_Finalize();
}

const rpi_transport rpi_transport_mpi = {KIND, version, is_used, start, leave_launcher, finish};
