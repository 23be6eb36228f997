/* world.h: the ranks that rp_main has, for the MPI executor. */
#ifndef RPI_MPI_WORLD_H
#define RPI_MPI_WORLD_H

#include "cluster/coordinator.h"
#include "pool/launch.h"

/* The coordinator of rank 0 under rp_main, or NULL. */
rpi_coordinator *rpi_world_coordinator(void);

#endif
