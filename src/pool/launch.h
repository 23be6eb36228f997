/* launch.h: what the rest of the library sees of MPI: the world that rp_main started, and no type of MPI's. Implemented in mpi/. */
#ifndef RPI_POOL_LAUNCH_H
#define RPI_POOL_LAUNCH_H

#include <rankpool/main.h>

#include <stdbool.h>

/* Whether a launcher started this process as one of several ranks, from its environment; costs nothing. */
bool rpi_world_launched(void);

/* This process's rank as the launcher's environment has it, before MPI is initialised; 0 when it doesn't say. */
int rpi_world_environment_rank(void);

/* Initialises MPI and meets the other ranks: same protocol, same tasks. Collective. RP_OK; RP_USAGE (ranks differ; on all ranks);
 * RP_UNSUPPORTED; RP_SYSTEM; RP_NO_MEMORY. `*rank` is set whenever MPI is initialised. Once. */
rp_status rpi_world_start(int *argc, char ***argv, int *rank, rp_error *error);

/* Ranks other than 0: serves pools until rank 0 is through. Returns 0, or RP_EXIT_LOST. */
int rpi_world_serve(void);

/* Rank 0: ends the other ranks. RP_OK, RP_LOST. */
rp_status rpi_world_stop(rp_error *error);

/* All ranks: finalises MPI, unless a rank was lost: then that would wait for it. */
void rpi_world_finish(void);

/* Ranks of the world; 1 when there is none. */
int rpi_world_ranks(void);

/* Ends a coordinator that no pool was opened on. */
struct rpi_coordinator;
void rpi_world_end_coordinator(struct rpi_coordinator *coordinator);

/* MPI's version for people, as "Open MPI v4.1.4". */
const char *rpi_world_version(void);

#endif
