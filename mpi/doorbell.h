/*
 * doorbell.h: what a rank's talking thread sleeps on. Threads of its own process ring its bell, and so do ranks of the same host that have
 * sent it a message while it listens: they map the page that it is in, which they find by the rank's process and a descriptor there. Of
 * messages from elsewhere nobody tells it, so it never sleeps for long.
 *
 * The thread begins to listen, looks for messages again, and only then sleeps; a sender sends, and then looks whether it listens. A full
 * fence between the two steps of either lets one of them see what the other did. A message that MPI shows later than that waits for the
 * end of the nap.
 */
#ifndef RPI_DOORBELL_H
#define RPI_DOORBELL_H

#include "bell.h"

#include <stdbool.h>

typedef struct rpi_doorbell {
    rpi_bell bell;
    char apart[RPI_SHARED_LINE - sizeof(rpi_bell)]; /* before: what its own threads write; after: what each sender reads */
    _Atomic uint32_t listening;                     /* ranks that send shall ring */
    uint64_t token;                                 /* tells it from other memory */
} rpi_doorbell;

/* Where it is. As it stands, it goes to other ranks. */
typedef struct rpi_doorbell_address {
    int64_t pid, descriptor; /* -1: there is none */
    uint64_t token;
} rpi_doorbell_address;

/* One that others can map. NULL: the system has no such thing; the address says so. */
rpi_doorbell *rpi_doorbell_create(rpi_doorbell_address *address);
/* Of the process that created it. NULL does nothing. */
void rpi_doorbell_destroy(rpi_doorbell *doorbell, const rpi_doorbell_address *address);

/* Another process's, of the same pid namespace. NULL: there is none, or no way to it. Stays, rung in vain, when that process ends. */
rpi_doorbell *rpi_doorbell_map(const rpi_doorbell_address *address);
/* NULL does nothing. */
void rpi_doorbell_unmap(rpi_doorbell *doorbell);

/* By the thread that sleeps on it: from here on others shall ring, or needn't. Messages that it looks for after this, and doesn't find, will
 * ring. */
void rpi_doorbell_listen(rpi_doorbell *doorbell, bool listening);

/* After a message was sent to its rank. NULL does nothing. */
void rpi_doorbell_tell(rpi_doorbell *doorbell);

#endif
