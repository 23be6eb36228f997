/* member_pools.h: a serving rank's pools: the handlers of OPEN, CLOSE and REPORT, and the helper threads that make and end teams. */
#ifndef RPI_CLUSTER_MEMBER_POOLS_H
#define RPI_CLUSTER_MEMBER_POOLS_H

#include "cluster/member_state.h"

/* Handlers of messages. True: the handler keeps the message. */
bool rpi_member_take_open(member *self, rpi_message *message);
bool rpi_member_take_close(member *self, rpi_message *message);
bool rpi_member_take_report(member *self, rpi_message *message);

/* In the progress thread, with the baton: does what no helper thread could be made for. True: there was any. */
bool rpi_member_help_oneself(member *self);
/* Takes what helpers have finished. True: there was any. */
bool rpi_member_take_helped(member *self);

/* Waits for the pool's helper, and takes what it made. */
void rpi_member_end_help(member_pool *pool);

/* Frees a pool. Its team must be gone, and with it the last chunk. */
void rpi_member_free_pool(member_pool *pool);

#endif
