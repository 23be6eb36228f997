/*
 * member_port.h: how a coordinator reaches one member of a pool. Rank 0's own team is a member like the others, behind the same operations.
 * local_member.c gives it items where they are; remote_member.c sends items by messages. In both cases rpi_coordinator_take_back is called
 * for each finished chunk.
 */
#ifndef RPI_CLUSTER_MEMBER_PORT_H
#define RPI_CLUSTER_MEMBER_PORT_H

#include "cluster/distribution.h"
#include "cluster/told_call.h"
#include "record/report.h"
#include "task/batch.h"

typedef struct rpi_coordinator rpi_coordinator;
typedef struct rpi_coordinator_pool rpi_coordinator_pool;
typedef struct rpi_member_port rpi_member_port;

/* The progress thread calls all but report, with no lock held. They don't block. */
typedef struct rpi_member_port_ops {
    /* Asks for the member's workers, or for their end. rpi_pool_life_opened or _closed follows, maybe before this returns. */
    void (*open)(rpi_member_port *port);
    void (*close)(rpi_member_port *port);
    /* Makes the call known to the member, before its first chunk. False: no memory. */
    bool (*send_call)(rpi_member_port *port, const rpi_work *work);
    /* Starts a chunk. False: no memory, and it isn't started. */
    bool (*send_chunk)(rpi_member_port *port, rpi_chunk *chunk);
    /* Asks for what the chunk's `recalled` has. rpi_distribution_returned follows, maybe before this returns, or the chunk comes back. */
    void (*send_recall)(rpi_member_port *port, rpi_chunk *chunk);
    /* The call's items from its cutoff on need not start. */
    void (*send_cutoff)(rpi_member_port *port, const rpi_distribution_call *call);
    void (*send_forget)(rpi_member_port *port, const rpi_distribution_call *call);
    /* Returns what the member's workers recorded. Called by a client that holds report_request's one_at_a_time. Blocks. RP_OK,
     * RP_NO_MEMORY, RP_LOST. */
    rp_status (*report)(rpi_member_port *port, uint64_t origin_ns, rp_rank_report **report, rp_error *error);
} rpi_member_port_ops;

struct rpi_member_port {
    const rpi_member_port_ops *ops;
    rpi_coordinator_pool *pool;
    int rank;
    bool is_awaited;        /* it hasn't answered OPEN or CLOSE yet; guarded by the progress thread's mutex */
    rp_rank_info info;      /* valid once the pool is open */
    bool attaches;          /* likewise: it can have regions of this process's memory */
    rpi_told_call told;     /* remote: with the baton */
    rpi_recorder *recorder; /* of its chunks and traffic, by the progress thread; NULL: nothing is recorded */
};

#endif
