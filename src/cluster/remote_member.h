/* remote_member.h: a member in another process, which is reached by messages. */
#ifndef RPI_CLUSTER_REMOTE_MEMBER_H
#define RPI_CLUSTER_REMOTE_MEMBER_H

#include "cluster/coordinator_state.h"
#include "worker/executor.h"

extern const rpi_member_port_ops rpi_remote_member;

/* Prepares what is kept for the member. Its rpi_told_call_fini frees it. */
void rpi_remote_member_init(rpi_member_port *port);

/* Makes the OPEN that each remote member is sent; the pool's number isn't in it yet. NULL: no memory. */
rpi_message *rpi_remote_member_open(const rpi_executor_config *config);

/* Handlers of messages from that rank. OPENED and CLOSED are its answers. DONE brings a chunk back; it is ignored if the rank doesn't have
 * that chunk, and so is ACCEPTED. RECALLED is ignored if that chunk wasn't asked for. What is LOGGED goes to the pool's sink. */
void rpi_remote_member_opened(rpi_coordinator_pool *pool, int rank, rpi_message **message);
void rpi_remote_member_closed(rpi_coordinator_pool *pool, int rank, rpi_message **message);
void rpi_remote_member_done(rpi_coordinator_pool *pool, int rank, rpi_message **message);
void rpi_remote_member_logged(rpi_coordinator_pool *pool, int rank, rpi_message **message);
void rpi_remote_member_accepted(rpi_coordinator_pool *pool, int rank, rpi_message **message);
void rpi_remote_member_returned(rpi_coordinator_pool *pool, int rank, rpi_message **message);

/* Where the large data of a DONE from that rank belongs. NULL: it can't be received there directly. */
char *rpi_remote_member_destination(const rpi_coordinator_pool *pool, int rank, const rpi_header *header);

#endif
