/* rank.h: a rank without the client: serves the coordinator's pools until it says stop. */
#ifndef RPI_RANK_H
#define RPI_RANK_H

#include "link.h"

/* Serves in the calling thread, over a link whose ranks have met. Returns RP_OK after STOP and BYE;
 * RP_LOST (the coordinator is lost, the error's rank is then 0; or it ended because another rank was lost), RP_NO_MEMORY. What
 * runs when that happens is finished first. Destroys the link. */
rp_status rpi_rank_serve(rpi_link *link, rp_error *error);

/* After that returned RP_LOST: leaves rank 0, if it lives, a second to write what it has. A process that ends without MPI_Finalize makes
 * mpirun kill the others at once. */
void rpi_rank_linger(const rp_error *error);

#endif
