/* local_member.h: the member that is rank 0's own team. */
#ifndef RPI_CLUSTER_LOCAL_MEMBER_H
#define RPI_CLUSTER_LOCAL_MEMBER_H

#include "cluster/member_port.h"

/* The client that opens the pool makes the team before `open`. The team ends with the pool. */
extern const rpi_member_port_ops rpi_local_member;

#endif
