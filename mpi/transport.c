/* transport.c: starts and ends MPI for rp_main (cluster/transport.h). Its state is global, as a process has one MPI. */
#include "cluster/transport.h"

#include "mpi_link.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

static bool initialised;

static const char *version(void)
{
    static char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int length = 0;
    if (!text[0] && MPI_Get_library_version(text, &length) != MPI_SUCCESS) strcpy(text, "MPI");
    text[strcspn(text, ",\n")] = '\0';
    return text;
}

/*
 * On a machine without a network fabric, the search for one takes most of the time that MPI needs to start: 256 ms against 26 ms. A choice
 * of the user's isn't changed, and with RANKPOOL_PML=keep Open MPI chooses.
 */
static void choose_pml(void)
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

static rp_status start(int *argc, char ***argv, int *rank, rpi_link **link, rp_error *error)
{
    int provided = MPI_THREAD_SINGLE;
    choose_pml();
    int code = MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &provided);
    if (code != MPI_SUCCESS) return rpi_mpi_error(error, code, "MPI_Init_thread");
    initialised = true;
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, rank);
    if (provided < MPI_THREAD_SERIALIZED)
        return rp_error_set(error, RP_UNSUPPORTED, 0,
                            "this MPI lets no second thread talk to it (it provides less than MPI_THREAD_SERIALIZED)");
    return rpi_mpi_link_create(MPI_COMM_WORLD, link, error);
}

static void finish(void)
{
    if (initialised) MPI_Finalize();
}

const rpi_transport rpi_transport_mpi = {true, version, start, finish};
