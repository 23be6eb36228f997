/*
 * world.h: the ranks that rp_main has: started together when a launcher started several, and ended with the program. All ranks call start,
 * then rank 0 stop and the others serve, then all finish; from the main thread.
 */
#ifndef RPI_CLUSTER_WORLD_H
#define RPI_CLUSTER_WORLD_H

#include "cluster/coordinator.h"

/* Starts MPI and shakes hands with the other ranks: same protocol, same tasks. Collective, once. RP_OK; RP_USAGE (ranks differ; on all
 * ranks); RP_UNSUPPORTED; RP_SYSTEM; RP_NO_MEMORY; RP_LOST. `*rank` is set whenever MPI is initialised. */
rp_status rpi_world_start(int *argc, char ***argv, int *rank, rp_error *error);

/* Ranks other than 0: serves pools until rank 0 has finished. Returns 0, or RP_EXIT_LOST. */
int rpi_world_serve(void);

/* Rank 0: ends the other ranks. RP_OK, RP_LOST. */
rp_status rpi_world_stop(rp_error *error);

/* All ranks: finalises MPI, unless a rank was lost: that would wait for it. */
void rpi_world_finish(void);

/* Ranks of the world; 1 when there is none. */
int rpi_world_ranks(void);

/* The coordinator of rank 0; NULL: there is no world. */
rpi_coordinator *rpi_world_coordinator(void);

#endif
