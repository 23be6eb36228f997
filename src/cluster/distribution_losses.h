/* distribution_losses.h: what becomes of the chunks of a member that is lost; the table is in distribution.h. */
#ifndef RPI_CLUSTER_DISTRIBUTION_LOSSES_H
#define RPI_CLUSTER_DISTRIBUTION_LOSSES_H

#include "cluster/distribution.h"

/* The member gets no more chunks, and those that it has count as back. CUTOFF and FORGET may still be returned for it; the driver drops
 * them. */
void rpi_distribution_lose(rpi_distribution *self, int member);

/* How many members were lost with the chunk's items, when its own is lost now. */
unsigned rpi_distribution_losses(const rpi_distribution *self, const rpi_chunk *chunk);

/* Items that were with so many members that died aren't handed out again: they may be what the members died of. */
enum { RPI_MOST_LOSSES = 3 };

/* The member gets no more chunks, and the items of those that it has are handed out again, but for those that have seen RPI_MOST_LOSSES.
 * A batch for which there is no memory ends with RP_NO_MEMORY. Returns how many items others get. As rpi_distribution_lose otherwise. */
uint64_t rpi_distribution_take_over(rpi_distribution *self, int member);

/* After rpi_distribution_add: the items of the batch were with so many lost members already, in earlier runs. */
void rpi_distribution_suspect(rpi_distribution *self, rpi_distribution_entry *entry, unsigned n_losses);

#endif
