/*
 * errands.h: a thread for what may have to wait for a disk, and mustn't be done by a thread of the executor: that may be the one that talks
 * to other ranks. A pool with a journal has one.
 */
#ifndef RPI_POOL_ERRANDS_H
#define RPI_POOL_ERRANDS_H

#include "base/list.h"

#include <rankpool/error.h>

typedef struct rpi_errands rpi_errands;

typedef struct rpi_errand rpi_errand;
struct rpi_errand {
    rpi_list_link link;              /* of the queue; guarded by its mutex */
    void (*run)(rpi_errand *errand); /* in the thread, under no lock. The errand may be gone when it returns */
};

/* RP_SYSTEM: there is no thread. RP_NO_MEMORY. */
rp_status rpi_errands_create(rpi_errands **errands, rp_error *error);
/* Runs those that are there, and ends the thread. NULL does nothing. */
void rpi_errands_destroy(rpi_errands *self);

/* Has an errand run, which isn't in the queue now. Doesn't block. Any thread. */
void rpi_errands_post(rpi_errands *self, rpi_errand *errand);

#endif
