/*
 * bundle.h: several short messages to one peer as one, as each message costs the transport about a microsecond on either side. A turn often
 * sends several: a call and its first items, or the ends of many short calls. Pure: no link, no clock.
 */
#ifndef RPI_CLUSTER_BUNDLE_H
#define RPI_CLUSTER_BUNDLE_H

#include "cluster/message.h"

/* What a bundle may be as a whole, with all headers, in bytes; and each message in it. */
enum { RPI_BUNDLE_MOST = 2048, RPI_BUNDLED_MOST = 512 };

/* Messages that wait to be sent together. All zero: none. */
typedef struct rpi_bundle {
    rpi_message *first, *last; /* owned */
    size_t size;               /* of all, with their headers and gaps */
    unsigned n;
} rpi_bundle;

/* Takes the message. False: it is too long, or there is no room for it. */
bool rpi_bundle_add(rpi_bundle *bundle, rpi_message *message);

/* Empties the bundle and returns what is to be sent: its only message, or one that holds all. NULL: it was empty, or there is no memory,
 * and then it is as it was. */
rpi_message *rpi_bundle_take(rpi_bundle *bundle);

/* Frees what is in it. */
void rpi_bundle_fini(rpi_bundle *bundle);

/* Whether a message that came in holds several. */
bool rpi_bundle_is_one(const rpi_message *message);

/* Returns the next message of one that holds several, a copy that the caller frees. `*at`: 0 at first. RP_OK; RP_END; RP_NO_MEMORY;
 * RP_SYSTEM: the bundle doesn't fit together. */
rp_status rpi_bundle_next(const rpi_message *bundle, size_t *at, rpi_message **message);

#endif
