/* member.h: a rank without the client. It serves the coordinator's pools until STOP. */
#ifndef RPI_CLUSTER_MEMBER_H
#define RPI_CLUSTER_MEMBER_H

#include "cluster/link.h"

/* Serves in the calling thread, over a link after the handshake, and destroys the link. Blocks. Returns RP_OK after STOP and BYE; RP_END
 * likewise, but a rank was lost on the way and the others went on: nothing that needs all ranks may follow; RP_LOST (the coordinator is
 * lost, and the error's rank is 0; or it ended because another rank was lost); RP_NO_MEMORY. Running items are finished first. `tell` (or
 * NULL) is called as soon as the coordinator is lost, before running items are finished, as the launcher may not leave the time. It is
 * called on rank 1 alone. */
rp_status rpi_member_serve(rpi_link *link, void (*tell)(const rp_error *loss), rp_error *error);

/* Call it after rpi_member_serve failed. It waits for a second, unless this rank reports the loss, so that the rank that reports it (rank
 * 0, or rank 1 when rank 0 is lost) has the time. After a death mpirun waits for a second before it ends the other processes, but only
 * until the next process ends. */
void rpi_member_linger(int own_rank, const rp_error *error);

#endif
