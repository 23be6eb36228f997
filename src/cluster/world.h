/*
 * world.h: the ranks of rp_main, which a launcher started together and which end with the program. All ranks call start. Then rank 0 calls
 * stop and the others serve. Then all call finish. All calls come from the main thread.
 */
#ifndef RPI_CLUSTER_WORLD_H
#define RPI_CLUSTER_WORLD_H

#include "base/launcher.h"
#include "cluster/coordinator.h"

/* Starts MPI and does the handshake. Collective, once. `problem`: why this rank can't take part, or "". RP_OK; RP_USAGE (on all ranks:
 * one has a problem, they differ, or MPI and the launcher do);
 * RP_UNSUPPORTED (on all ranks); RP_SYSTEM, RP_NO_MEMORY (this rank alone: say it, and don't wait for the others); RP_LOST. `*rank` is set
 * once MPI and the launcher agree. If MPI doesn't start within RPI_START_S seconds, the process says so and ends with RP_EXIT_LOST: another
 * rank may have ended on the way. */
enum { RPI_START_S = 300 };
rp_status rpi_world_start(const rpi_launch *launch, const char *problem, int *argc, char ***argv, int *rank, rp_error *error);

/* Ranks other than 0: serves pools until rank 0 has finished. Returns 0, or RP_EXIT_LOST. */
int rpi_world_serve(void);

/* Rank 0: ends the other ranks. RP_OK, RP_LOST. */
rp_status rpi_world_stop(rp_error *error);

/* All ranks: finalises MPI, unless a rank was lost or this one couldn't start, as MPI would wait for it. If MPI doesn't come to an end in
 * RPI_LEAVE_S seconds, says so, flushes all streams and ends the process with `exit_status`: a program that a task started may have
 * confused the launcher. */
enum { RPI_LEAVE_S = 20 };
void rpi_world_finish(int exit_status);

/* Ranks of the world; 1 when there is none. */
int rpi_world_ranks(void);

/* The coordinator of rank 0; NULL: there is no world. */
rpi_coordinator *rpi_world_coordinator(void);

#endif
