/*
 * sharing.h: which members can have regions of this process's memory (base/regions.h), and which regions they know of. When a pool opens,
 * each member tries a small one. Those that can attach it are sent names in place of bytes from then on; the others get bytes.
 */
#ifndef RPI_CLUSTER_SHARING_H
#define RPI_CLUSTER_SHARING_H

#include "cluster/coordinator_state.h"

/* Makes the region that members try, and names it in the pool's OPEN. Where that fails they have nothing to try. In the client's thread. */
void rpi_sharing_offer(rpi_coordinator_pool *pool);
void rpi_sharing_end_offer(rpi_coordinator_pool *pool);

/* Fills `*namer` for what is sent to that member. Returns it; NULL: the member is sent bytes. In the progress thread. */
const rpi_namer *rpi_sharing_namer(rpi_member_port *port, rpi_namer *namer);

/* Tells members of regions that are gone. In the progress thread. True: there was any. */
bool rpi_sharing_step(rpi_coordinator *coordinator);
void rpi_sharing_fini(rpi_coordinator *coordinator);

#endif
