/*
 * coordinator_state.h: the state of a coordinator and its pools, for the files that implement it: coordinator.c (the progress thread and
 * its life), pool_life.c (how a pool's state changes), coordinator_pool.c (what clients ask of pools), coordinator_turn.c (events in,
 * actions out), local_member.c and remote_member.c (how actions reach a member), cutoffs.c, losses.c and reports.c.
 *
 * A pool's state. Clients ask; the progress thread makes all other changes. Both hold the progress thread's mutex.
 *
 *     state         event                                          next
 *     NEW           the client asks to open it                     OPEN_ASKED
 *     OPEN_ASKED    the progress thread sees it                    OPENING       OPEN to each member
 *     OPENING       each member has answered, or one is lost       OPEN          the client is woken; pool->answer has the outcome
 *     OPEN          the client asks to close it                    CLOSE_ASKED
 *     OPEN_ASKED    the client has waited too long                 CLOSE_ASKED
 *     OPENING       the client has waited too long                 CLOSE_ASKED
 *     CLOSE_ASKED   the progress thread sees it                    CLOSING       CLOSE to each member
 *     CLOSING       each member has answered, or one is lost       CLOSED        off the list; the client is woken, and frees the pool
 *
 * A client that has waited too long for CLOSED leaves the pool to the progress thread; nobody frees it. A lost rank ends the wait for all,
 * as nobody knows how long the others would take. Where the pool goes on after a loss, the lost rank alone isn't waited for.
 *
 * A rank, as rank 0 sees it. What it had is in distribution.h.
 *
 *     state         event                                          next
 *     ALIVE         silent for 5 s, though it had a connection     SUSPECTED     a warning; nothing else changes
 *     SUSPECTED     something comes from it                        ALIVE         a warning
 *     any           the failure detector gives it up               LOST          what it had is lost, or goes to others
 *     LOST          a message of it comes in                       LOST          the detector drops it
 *     ALIVE         BYE, after STOP                                (parted)      it can't be lost any more
 */
#ifndef RPI_CLUSTER_COORDINATOR_STATE_H
#define RPI_CLUSTER_COORDINATOR_STATE_H

#include "base/regions.h"
#include "cluster/bells.h"
#include "cluster/clock_offset.h"
#include "cluster/distribution.h"
#include "cluster/link.h"
#include "cluster/member_port.h"
#include "cluster/progress_thread.h"
#include "worker/executor.h"
#include "worker/team.h"

typedef enum coordinator_pool_state {
    POOL_NEW,
    POOL_OPEN_ASKED,
    POOL_OPENING,
    POOL_OPEN,
    POOL_CLOSE_ASKED,
    POOL_CLOSING,
    POOL_CLOSED
} coordinator_pool_state;

/* A batch that is being handed out. */
typedef struct coordinator_entry {
    rpi_distribution_entry base; /* first */
    rpi_batch *batch;
} coordinator_entry;

/* A chunk that one member has. */
typedef struct coordinator_chunk {
    rpi_chunk base; /* first */
    rpi_coordinator_pool *pool;
    rpi_list_link back; /* of the pool's back */
    rpi_batch *part;    /* local member: what the team runs; kept for reuse */
    bool placed;        /* remote member: the results are where they belong, and aren't sent */
} coordinator_chunk;

/* A client's question to a member. There is one at a time. */
typedef struct report_request {
    pthread_mutex_t one_at_a_time; /* held by the client that asks */
    pthread_cond_t answered;
    /* guarded by the progress thread's mutex */
    rpi_message *asked; /* to be sent; NULL: none, or sent already */
    bool waiting;       /* for the answer */
    int rank;
    uint64_t number; /* of the last question */
    rpi_clock_sample times;
    rpi_message *answer; /* NULL: none has come, or none will */
} report_request;

/* A region whose name some member was sent. */
typedef struct rpi_named_region {
    uint64_t token[2];
} rpi_named_region;

typedef struct rpi_sharing {
    uint64_t n_gone; /* rpi_regions_n_gone, when it was looked at last */
    size_t n, room;
    rpi_named_region *named;
} rpi_sharing;

typedef struct rpi_copies rpi_copies; /* copies.c */

/* A client's wish to have data copied to other hosts. There is one at a time. */
typedef struct spread_request {
    pthread_mutex_t one_at_a_time; /* held by the client that asks */
    pthread_cond_t answered;
    /* guarded by the progress thread's mutex */
    rpi_copies *asked;  /* NULL: none, or begun already */
    rpi_copies *copies; /* that are being made; NULL: none */
    bool waiting;
    rp_error answer;
} spread_request;

struct rpi_coordinator_pool {
    rpi_coordinator *coordinator;
    uint64_t id;
    rpi_on_loss on_loss;
    unsigned overlap;         /* items that a worker has at once: it counts as so many workers */
    int n_ranks;              /* the ranks 0 to n_ranks - 1 are members; at most those of the coordinator */
    rpi_team *team;           /* the local member's */
    rpi_member_port *members; /* one for each rank of the pool; 0 is the local one */
    rpi_message *open;        /* OPEN, as each other rank gets it */
    char *offered;            /* a region that the other ranks try as the pool opens; NULL: none */
    report_request request;
    spread_request spread;
    /* guarded by the progress thread's mutex */
    rpi_list_link link; /* of the coordinator's pools */
    coordinator_pool_state state;
    rpi_log_sink log; /* for what tasks of other ranks have logged */
    int n_awaited;    /* members that haven't answered OPEN or CLOSE yet */
    pthread_cond_t answered;
    rp_error answer;      /* of the first member that failed; RP_OK: none did */
    rp_error loss;        /* the first loss, with what that rank had; RP_OK: none */
    rpi_list submitted;   /* batches */
    rpi_list back;        /* chunks that the local team has finished */
    rpi_list forgotten;   /* calls */
    bool cutoffs_changed; /* of some call, or a call is being drained */
    /* with the baton */
    int n_lost; /* of its ranks */
    rpi_distribution distribution;
    coordinator_entry *spare; /* for the next batch; or NULL */
};

struct rpi_coordinator {
    rpi_link *link; /* NULL: no other ranks */
    int n_ranks;
    pthread_t thread;
    rpi_progress_thread progress_thread;
    rpi_bells *bells;
    rpi_list pools;     /* guarded by the progress thread's mutex */
    uint64_t next_pool; /* likewise */
    bool ending;        /* likewise */
    rp_error loss;      /* likewise: the first loss; status RP_OK: none */
    /* with the baton */
    int n_byes, n_lost; /* ranks that sent BYE; ranks that were lost */
    bool has_put_off;   /* the last turn did so with messages */
    bool goes_on;       /* some pool does, after a loss */
    bool was_stopped;   /* some pool was, by a loss */
    bool *is_lost;      /* each rank */
    bool stop_sent;
    bool is_over; /* no turn is taken any more */
    uint64_t stop_deadline_ns;
    rp_status status; /* RP_OK, or why the link has failed */
    rpi_sharing sharing;
    rpi_list copies; /* of sealed regions, for ranks that can't have those of this process */
};

static inline pthread_mutex_t *rpi_coordinator_mutex(const rpi_coordinator_pool *pool) { return &pool->coordinator->progress_thread.mutex; }

static inline rpi_batch *rpi_coordinator_batch_of(const rpi_chunk *chunk) { return ((const coordinator_entry *)chunk->entry)->batch; }

/* Sends a message, which it takes over. The message may be NULL (no memory): then all ranks count as lost. In the progress thread. */
void rpi_coordinator_send(rpi_coordinator *coordinator, int rank, rpi_message *message);

/* Sends what the link has kept, and rings for it. At the end of each turn. */
void rpi_coordinator_flush(rpi_coordinator *coordinator);

#endif
