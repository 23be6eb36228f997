/*
 * launcher.h: how this process was started: alone, as a rank, or in a way in which ranks can't find each other, so that it is refused, as
 * each would do the whole job. Decided from the environment and, once MPI is started, from MPI. launcher_rows.h has the launchers.
 *
 * A process below a rank (a command that a task starts) inherits the launcher's variables, and would take itself for that rank. So a rank
 * leaves a mark, the variable RANKPOOL_ABOVE, with what tells its launch from others. A launcher that is called below a rank is still one.
 */
#ifndef RPI_BASE_LAUNCHER_H
#define RPI_BASE_LAUNCHER_H

#include "base/launcher_rows.h"

#include <rankpool/error.h>

#include <stdint.h>

/* What the decision goes by. */
typedef struct rpi_launcher_facts {
    const char *(*variable)(const void *environment, const char *name); /* as getenv */
    const void *environment;
    rpi_mpi_kind mpi;
    uint64_t pmi_socket; /* the identity of the socket whose descriptor is in PMI_FD; 0: there is none */
    bool mark_is_own;    /* the mark is this process's, not inherited */
} rpi_launcher_facts;

typedef enum rpi_launch_way { RPI_LAUNCH_ALONE, RPI_LAUNCH_RANK, RPI_LAUNCH_REFUSED } rpi_launch_way;

typedef struct rpi_launch {
    rpi_launch_way way;
    const rpi_launcher_row *by; /* NULL: no launcher is known */
    int rank, n_ranks;          /* -1: the environment doesn't say. Alone: 0 of 1 */
    bool speaks;                /* it prints what is the same on all ranks; others leave it to rank 0 */
    bool is_reordered;          /* MPI may give another rank than the launcher */
    char text[440];             /* for people: what was decided and why; when refused, the fix too */
} rpi_launch;

/* Pure. */
void rpi_launcher_decide(const rpi_launcher_facts *facts, rpi_launch *launch);

/* Pure: what MPI found against what the launcher said. RP_OK; RP_USAGE: they differ, so that there would be several pools, or none. */
rp_status rpi_launcher_check(const rpi_launch *launch, rpi_mpi_kind mpi, int n_ranks, int rank, rp_error *error);

/* Pure: the mark for children; "" when no launcher is known. Longer ones than `size` are shortened, and then don't silence anything. */
void rpi_launcher_mark_of(const rpi_launcher_facts *facts, char *text, size_t size);

/* rpi_launcher_decide for this process. */
void rpi_launcher_here(rpi_mpi_kind mpi, rpi_launch *launch);

/* Sets the mark in this process's environment, if there are a launcher's variables. Before the process forks, and again after MPI has
 * begun, which may set such variables. Not while another thread reads the environment. RP_OK; RP_SYSTEM. */
rp_status rpi_launcher_mark(rp_error *error);

#endif
