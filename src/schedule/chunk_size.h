/* chunk_size.h: how many items the next chunk for a member has, and how its workers share it. Pure. The dispatch asks. */
#ifndef RPI_SCHEDULE_CHUNK_SIZE_H
#define RPI_SCHEDULE_CHUNK_SIZE_H

#include "schedule/dispatch_state.h"

/* Seconds that a chunk of short items takes at least, while enough items are left. */
double rpi_chunk_least_s(const rpi_dispatch *dispatch);

/* Items of the next chunk of the entry for that member: 1 to what is left. */
uint64_t rpi_chunk_count(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry, int member);

/* How a member with so many workers divides a chunk of `count` items among them. */
rpi_schedule rpi_chunk_grains(const rpi_dispatch_entry *entry, unsigned n_workers, uint64_t count);

#endif
