/* world.h: the ranks that rp_main has, for the MPI executor. */
#ifndef RPI_MPI_WORLD_H
#define RPI_MPI_WORLD_H

#include "cluster/hub.h"
#include "pool/launch.h"

/* The hub of rank 0 under rp_main, or NULL. */
rpi_hub *rpi_world_hub(void);

#endif
