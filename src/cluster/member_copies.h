/* member_copies.h: copies of rank 0's sealed memory that this rank holds for its host, and those of others that it attaches (copies.h). */
#ifndef RPI_CLUSTER_MEMBER_COPIES_H
#define RPI_CLUSTER_MEMBER_COPIES_H

#include "cluster/member_state.h"

/* Handlers of messages. */
bool rpi_member_take_share(member *self, rpi_message *message);
bool rpi_member_take_contents(member *self, rpi_message *message);
bool rpi_member_take_attach(member *self, rpi_message *message);
bool rpi_member_take_detach(member *self, rpi_message *message);

/* Where contents that come in belong. NULL: nowhere. */
char *rpi_member_contents_destination(const member *self, const rpi_header *header);

void rpi_member_free_copies(member *self);

#endif
