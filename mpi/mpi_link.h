/* mpi_link.h: the link over an MPI communicator. */
#ifndef RPI_MPI_MPI_LINK_H
#define RPI_MPI_MPI_LINK_H

#include "cluster/link.h"

#include <mpi.h>

/* A link over a duplicate of the communicator; collective. RP_OK, RP_SYSTEM, RP_NO_MEMORY. */
rp_status rpi_mpi_link_create(MPI_Comm communicator, rpi_link **link, rp_error *error);

/* Links of this process that aren't destroyed: each has a thread that talks to MPI. Any thread. */
int rpi_mpi_link_count(void);

/* RP_SYSTEM with MPI's own text for the code. */
rp_status rpi_mpi_error(rp_error *error, int code, const char *what);

#endif
