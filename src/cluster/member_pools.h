/* member_pools.h: pools of a serving rank: the handlers of OPEN, CLOSE and REPORT, and the helpers that make and end teams. */
#ifndef RPI_CLUSTER_MEMBER_POOLS_H
#define RPI_CLUSTER_MEMBER_POOLS_H

#include "cluster/member_state.h"

/* True: the message is kept. */
bool rpi_member_take_open(member *self, rpi_message *message);
bool rpi_member_take_close(member *self, rpi_message *message);
bool rpi_member_take_report(member *self, rpi_message *message);

/* What helpers have finished. True: there was some. */
bool rpi_member_take_helped(member *self);

/* Waits for the helper, and takes what it made. */
void rpi_member_end_help(member_pool *pool);

/* After its team is gone, and with it the last chunk. */
void rpi_member_free_pool(member_pool *pool);

#endif
