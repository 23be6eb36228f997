/*
 * reports.h: what the coordinator records of each member (chunks and traffic), and how a client gets what a member's workers recorded.
 */
#ifndef RPI_CLUSTER_REPORTS_H
#define RPI_CLUSTER_REPORTS_H

#include "cluster/coordinator_state.h"

/* In the client's thread. False: no memory; rpi_reports_fini must be called all the same. */
bool rpi_reports_init(rpi_coordinator_pool *pool, const rpi_recording *recording);
void rpi_reports_fini(rpi_coordinator_pool *pool);

/* Records a message with items that was sent to the member or came from it, and a chunk that came back. In the progress thread. */
void rpi_reports_sent(rpi_member_port *port, const rpi_message *message);
void rpi_reports_received(rpi_member_port *port, const rpi_message *message);
void rpi_reports_chunk_back(rpi_coordinator_pool *pool, const rpi_chunk *chunk);

/* In the progress thread. step sends the question that waits (true: there was one). answer takes over the REPORTED that the client waits
 * for, and sets it to NULL. lose ends the wait for a lost rank. */
bool rpi_reports_step(rpi_coordinator_pool *pool);
void rpi_reports_answer(rpi_coordinator_pool *pool, int rank, rpi_message **message);
void rpi_reports_lose(rpi_coordinator_pool *pool, int rank);

/* As rpi_executor_ops.report. Several clients' threads may call it at once; they wait for each other. */
rp_status rpi_reports_get(rpi_coordinator_pool *pool, int rank, uint64_t origin_ns, rp_rank_report **report, rp_error *error);

/* As rpi_member_port_ops.report, for another rank. */
rp_status rpi_reports_ask_rank(rpi_member_port *port, uint64_t origin_ns, rp_rank_report **report, rp_error *error);

#endif
