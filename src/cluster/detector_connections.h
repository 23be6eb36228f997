/*
 * detector_connections.h: which peers of a failure detector have a connection for heartbeats, what becomes of the connections' events, and
 * what people are told of connections and of silent peers. For failure_detector.c.
 */
#ifndef RPI_CLUSTER_DETECTOR_CONNECTIONS_H
#define RPI_CLUSTER_DETECTOR_CONNECTIONS_H

#include "cluster/detector_state.h"

/* Nothing, when the detector has no sockets. False: no memory. */
bool rpi_detector_connections_init(detector *self);

/* Rank 0: the peer's process can't be monitored from here, so it should connect. */
void rpi_detector_connections_want(detector *self, int peer);

/* What a HEARTBEAT to the peer says of where to connect; NULL: nothing. */
const rpi_meeting *rpi_detector_connections_invite(detector *self, int peer);

/* The data of an invitation has come from rank 0. */
void rpi_detector_connections_accept(detector *self, const char *data);

/* Takes in what the connections have, when it is time to look. */
void rpi_detector_connections_look(detector *self);

/* Tells of a peer that begins to be suspected, or answers again. */
void rpi_detector_connections_suspect(detector *self, int peer);

void rpi_detector_connections_forget(detector *self, int peer);

/* Tells the peers that this rank leaves in good order, if it does. */
void rpi_detector_connections_part(detector *self);

#endif
