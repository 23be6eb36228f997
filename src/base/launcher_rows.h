/* launcher_rows.h: the launchers that are known, a row each: the variables that they set, and the MPI libraries whose ranks they connect.
 */
#ifndef RPI_BASE_LAUNCHER_ROWS_H
#define RPI_BASE_LAUNCHER_ROWS_H

#include <stdbool.h>
#include <stddef.h>

/* The MPI library that this was built with. Intel MPI, MVAPICH and Cray MPICH are of MPICH's kind. Bits, for sets of them. */
typedef enum rpi_mpi_kind { RPI_MPI_NONE = 0, RPI_MPI_OPEN_MPI = 1, RPI_MPI_MPICH = 2, RPI_MPI_OTHER = 4 } rpi_mpi_kind;

enum { RPI_LAUNCHER_NAMES = 4 };

typedef struct rpi_launcher_row {
    const char *name; /* for people: "srun started 2 ranks" */
    const char *key;  /* in the mark that children inherit */
    /* Variables; of each list the first one that is set counts. A row without `size` doesn't say how many ranks there are. */
    const char *size[RPI_LAUNCHER_NAMES], *rank[RPI_LAUNCHER_NAMES], *local_rank[RPI_LAUNCHER_NAMES];
    const char *needs;               /* a variable without which the others don't count; NULL: none */
    const char *begins, *begins_not; /* how its value has to begin, or must not; NULL: as it likes */
    const char *not_with;            /* a variable with which the others don't count; NULL: none */
    const char *same_size;           /* a number that rank 0 has to see equal to the size, or the variables are those of a shell; or NULL */
    const char *identity[RPI_LAUNCHER_NAMES]; /* all of them together tell one launch from another */
    unsigned connects, may_connect;           /* sets of MPI kinds: those it is made for; those for which only MPI itself can say */
    bool is_outer;                            /* another launcher that was called in its allocation or step goes before it */
} rpi_launcher_row;

extern const rpi_launcher_row rpi_launcher_rows[];
extern const size_t rpi_n_launcher_rows;

#endif
