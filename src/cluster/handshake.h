/* handshake.h: the handshake of the ranks, before any other message. It checks that each can take part, that all have the same protocol,
 * the same tasks and the same build of the program, and names what differs. */
#ifndef RPI_CLUSTER_HANDSHAKE_H
#define RPI_CLUSTER_HANDSHAKE_H

#include "cluster/link.h"

/* All ranks of the link call it; rank 0 is the coordinator. `problem`: why this rank can't take part, or "". RP_OK; RP_USAGE, on all
 * ranks, when one has a problem or they differ; RP_LOST (a rank is silent); RP_NO_MEMORY; RP_SYSTEM. */
rp_status rpi_handshake(rpi_link *link, const char *problem, rp_error *error);

/* Ends the other ranks and destroys the link, when the coordinator can't start. Returns whether all could be told. */
bool rpi_handshake_dismiss(rpi_link *link);

#endif
