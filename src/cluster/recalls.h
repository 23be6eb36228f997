/*
 * recalls.h: which items are taken back, from whom. Pure: a function of what is out, of the pace of members, and of time.
 *
 * It looks only when some worker has nothing to do and nothing is left to hand out. From what is out at each member, and from how fast it
 * was, follows when it will be through, and when all could be if each had its part. A member that is later than that by more than asking
 * takes is asked for the difference: for its last chunks, and for the rest of the one before. Once a member is overdue, it counts as so
 * much slower. So a member that stops altogether gives back what it hasn't begun.
 */
#ifndef RPI_CLUSTER_RECALLS_H
#define RPI_CLUSTER_RECALLS_H

#include "cluster/distribution_state.h"

/* The next chunk to ask for, and the first of its items to come back, as an offset in the chunk. NULL: none is worth it. */
rpi_chunk *rpi_recalls_next(rpi_distribution *distribution, double now_s, uint64_t *from);

/* When to look again although nothing has come back. Infinite: there is nothing to take back. */
double rpi_recalls_look_s(const rpi_distribution *distribution);

#endif
