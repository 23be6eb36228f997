/* member_log.h: what tasks of a member say by rp_log, on its way to rank 0: bounded for each pool, and before the DONE of the item. */
#ifndef RPI_CLUSTER_MEMBER_LOG_H
#define RPI_CLUSTER_MEMBER_LOG_H

#include "cluster/member_state.h"

/* Where workers of the pool put their lines. */
rpi_log_sink rpi_member_log_sink(member_pool *pool);

/* Sends the lines of all pools. Returns whether there were any. In the thread that takes a turn. */
bool rpi_member_send_log(member *self);

#endif
