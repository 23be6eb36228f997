/*
 * large_constants.h: constants of a call that are too large to be copied for each process that runs its items. They are copied once, to a
 * sealed region (base/regions.h), which the call then holds. The memory of rp_share is such a region already.
 */
#ifndef RPI_POOL_LARGE_CONSTANTS_H
#define RPI_POOL_LARGE_CONSTANTS_H

#include <rankpool/source.h>

#include <stdbool.h>

/* The columns of a call, with its large constants in regions. */
typedef struct rpi_large_constants {
    rp_columns columns;
    rp_column replaced[RP_MAX_ARGUMENTS];
    rp_bytes values[RP_MAX_ARGUMENTS]; /* of constants that point to others */
    size_t n_made;
    char *made[RP_MAX_ARGUMENTS];
} rpi_large_constants;

/* `shares`: other processes run items of the call. Without, and where a region can't be made, columns stay as they are. What isn't sound in
 * them is left for others to find. */
void rpi_large_constants_init(rpi_large_constants *self, rp_columns columns, bool shares);
/* Once the call holds them, or isn't made after all. */
void rpi_large_constants_fini(rpi_large_constants *self);

#endif
