/* remote_member.h: a member in another process, reached by messages. */
#ifndef RPI_CLUSTER_REMOTE_MEMBER_H
#define RPI_CLUSTER_REMOTE_MEMBER_H

#include "cluster/coordinator_state.h"
#include "worker/executor.h"

extern const rpi_member_port_ops rpi_remote_member;

/* OPEN, as it goes to each of them; its pool is to be filled in. NULL: no memory. */
rpi_message *rpi_remote_member_open(const rpi_executor_config *config);

/* Messages from that rank. OPENED and CLOSED: its answer. DONE: a chunk is back. A chunk that it hasn't got is passed over. */
void rpi_remote_member_opened(rpi_coordinator_pool *pool, int rank, rpi_message **message);
void rpi_remote_member_closed(rpi_coordinator_pool *pool, int rank, rpi_message **message);
void rpi_remote_member_done(rpi_coordinator_pool *pool, int rank, rpi_message **message);

/* Where the large data of a DONE from that rank belongs, if it may go there as it comes; NULL otherwise. */
char *rpi_remote_member_destination(const rpi_coordinator_pool *pool, int rank, const rpi_header *header);

#endif
