/*
 * copies.h: copies of sealed memory (base/regions.h) for ranks that can't have rank 0's, as those of other hosts. One rank of each host,
 * its first, holds the copy, and the others of its host attach that. The contents go down a tree over these holders.
 *
 *     coordinator                 holders                    others of their hosts
 *     SHARE ----------------------> make room
 *     <-------------------- SHARED
 *     CONTENTS -------------------> to the first two, who pass it on
 *     <-------------------- SHARED  once it is whole
 *     ATTACH --------------------------------------------------> try it
 *     <------------------------------------------------- SHARED
 *     DETACH ---------------------> -----------------------------> when rank 0's region is gone
 *
 * Each step begins when all have answered the one before. A client waits for the end. From then on the copy's name stands for the memory.
 */
#ifndef RPI_CLUSTER_COPIES_H
#define RPI_CLUSTER_COPIES_H

#include "cluster/coordinator_state.h"

/* Makes a CONTENTS: the `size` bytes at `base`, which are borrowed when they are large, until the message is sent. NULL: no memory. */
rpi_message *rpi_contents_message(uint64_t pool, uint64_t id, const char *base, size_t size);

/* Has copies made for the members of the pool that can't have the sealed region at `base`, unless they have them. In the client's thread;
 * blocks. RP_OK, also where a rank can't share memory at all and will be sent bytes; RP_NO_MEMORY (the text says where); RP_LOST. */
rp_status rpi_copies_spread(rpi_coordinator_pool *pool, const char *base, rp_error *error);

void rpi_copies_init(rpi_coordinator_pool *pool);
void rpi_copies_fini(rpi_coordinator_pool *pool);

/* What follows runs in the progress thread. step begins what a client asked for. True: there was something. */
bool rpi_copies_step(rpi_coordinator_pool *pool);
void rpi_copies_shared(rpi_coordinator_pool *pool, int rank, rpi_message **message);
void rpi_copies_lose(rpi_coordinator_pool *pool);

/* The name of the copy that the member has of a region of this process. False: it has none. */
bool rpi_copies_name(const rpi_member_port *port, const uint64_t token[2], rpi_region_name *name);

/* Ends the copies of regions that are gone. True: there was any. */
bool rpi_copies_end_gone(rpi_coordinator *coordinator);
void rpi_copies_end_all(rpi_coordinator *coordinator);

#endif
