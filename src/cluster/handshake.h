/* handshake.h: ranks meet before anything else: the same protocol, the same tasks; what differs is said by name. */
#ifndef RPI_CLUSTER_HANDSHAKE_H
#define RPI_CLUSTER_HANDSHAKE_H

#include "cluster/link.h"

/* All ranks of the link; rank 0 is the coordinator. Returns RP_OK; RP_USAGE, on all ranks, when they differ; RP_LOST (one says nothing);
 * RP_NO_MEMORY; RP_SYSTEM. */
rp_status rpi_handshake(rpi_link *link, rp_error *error);

/* For a coordinator that can't begin: lets the other ranks go, and destroys the link. */
void rpi_handshake_dismiss(rpi_link *link);

#endif
