/* completions.h: a call in a set of rankpool/completions.h. */
#ifndef RPI_POOL_COMPLETIONS_H
#define RPI_POOL_COMPLETIONS_H

#include "pool/call.h"

/* Takes a finished call out of its set, if it is in one, as its handle is freed. */
void rpi_completion_leave(rpi_call *call);

#endif
