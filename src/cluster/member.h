/* member.h: a rank without the client: serves the coordinator's pools until it says stop. */
#ifndef RPI_CLUSTER_MEMBER_H
#define RPI_CLUSTER_MEMBER_H

#include "cluster/link.h"

/* Serves in the calling thread, over a link whose ranks have met. Returns RP_OK after STOP and BYE;
 * RP_LOST (the coordinator is lost, the error's rank is then 0; or it ended because another rank was lost), RP_NO_MEMORY. What
 * runs when that happens is finished first. Destroys the link. `tell` (or NULL) is called as soon as the coordinator is lost, before what
 * runs is finished, as the launcher may not leave the time; on rank 1 alone, for all that are left. */
rp_status rpi_member_serve(rpi_link *link, void (*tell)(const rp_error *loss), rp_error *error);

/* After that failed on this rank: leaves whoever has something to say of it a second, rank 0, or when that is lost rank 1. After a death
 * mpirun waits for a second before it ends the others, but no longer than until the next process ends. */
void rpi_member_linger(int own_rank, const rp_error *error);

#endif
