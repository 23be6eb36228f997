/* mpi_error.h: what MPI says of a call that failed. */
#ifndef RPI_MPI_MPI_ERROR_H
#define RPI_MPI_MPI_ERROR_H

#include <rankpool/error.h>

/* Sets the error to RP_SYSTEM, with MPI's text for the code. `error` may be NULL. Returns RP_SYSTEM. */
rp_status rpi_mpi_error(rp_error *error, int code, const char *what);

#endif
