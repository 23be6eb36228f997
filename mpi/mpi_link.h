/* mpi_link.h: the link over an MPI communicator. */
#ifndef RPI_MPI_MPI_LINK_H
#define RPI_MPI_MPI_LINK_H

#include "cluster/link.h"
#include "mpi_error.h"

#include <mpi.h>

/* Makes a link over a duplicate of the communicator. Collective. RP_OK, RP_SYSTEM, RP_NO_MEMORY. */
rp_status rpi_mpi_link_create(MPI_Comm communicator, rpi_link **link, rp_error *error);

/* If one rank can't go on, none may go on and wait for it. Collective. Returns `mine`, or RP_UNSUPPORTED with that text when another rank's
 * isn't RP_OK; RP_SYSTEM. */
rp_status rpi_mpi_agree(MPI_Comm communicator, rp_status mine, const char *text, rp_error *error);

/* Number of this process's links that aren't destroyed. Each has a progress thread that uses MPI. Any thread. */
int rpi_mpi_link_count(void);

#endif
