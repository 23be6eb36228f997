/* notifier.h: the thread that runs callbacks, so that a slow one holds up neither workers nor the thread that talks to MPI. */
#ifndef RPI_POOL_NOTIFIER_H
#define RPI_POOL_NOTIFIER_H

#include "pool/call.h"

typedef struct rpi_notifier rpi_notifier;

/* `finished` is called after each call's callback, in the notifier's thread, under no lock. RP_OK, RP_NO_MEMORY, RP_SYSTEM. */
rp_status rpi_notifier_create(void (*finished)(rpi_call *call), rpi_notifier **notifier, rp_error *error);

/* Runs the callback of a finished call, soon and in order. */
void rpi_notifier_post(rpi_notifier *notifier, rpi_call *call);

/* Runs what was posted, and ends. NULL does nothing. Not from a callback. */
void rpi_notifier_destroy(rpi_notifier *notifier);

#endif
