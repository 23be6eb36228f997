/* mpi_error.c: see mpi_error.h. */
#include "mpi_error.h"

#include "base/error.h"

#include <mpi.h>
#include <string.h>

rp_status rpi_mpi_error(rp_error *error, int code, const char *what)
{
    char text[MPI_MAX_ERROR_STRING];
    int length = 0;
    if (MPI_Error_string(code, text, &length) != MPI_SUCCESS) strcpy(text, "unknown MPI error");
    return rp_error_set(error, RP_SYSTEM, code, "%s: %s", what, text);
}
