/* notifier.h: the thread that runs callbacks, also those of progress, so that a slow one delays neither workers nor the progress thread. */
#ifndef RPI_POOL_NOTIFIER_H
#define RPI_POOL_NOTIFIER_H

#include "pool/call.h"

typedef struct rpi_notifier rpi_notifier;

/* Starts the thread. It calls `finished` after each call's callback, under no lock. RP_OK, RP_NO_MEMORY, RP_SYSTEM. */
rp_status rpi_notifier_create(void (*finished)(rpi_call *call), rpi_notifier **notifier, rp_error *error);

/* Tells the progress of a call from time to time, if its options ask for it, until it is posted. Before the call can finish. */
void rpi_notifier_watch(rpi_notifier *notifier, rpi_call *call);

/* Queues the callbacks of a finished call that has wishes. They run in order. */
void rpi_notifier_post(rpi_notifier *notifier, rpi_call *call);

/* Whether the calling thread is that of the callbacks. */
bool rpi_notifier_is_here(const rpi_notifier *notifier);

/* Runs the callbacks that are queued, and ends the thread. NULL does nothing. Not to be called from a callback. */
void rpi_notifier_destroy(rpi_notifier *notifier);

#endif
