/* options.h: a pool's options checked and filled in. */
#ifndef RPI_POOL_OPTIONS_H
#define RPI_POOL_OPTIONS_H

#include <rankpool/pool.h>

/* Checks the ranges of all fields. RP_OK, RP_USAGE. */
rp_status rpi_options_check(const rp_pool_options *options, rp_error *error);

#endif
