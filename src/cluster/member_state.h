/*
 * member_state.h: the state of a serving rank, for the files that implement member.h: member.c (the loop), member_pools.c (teams) and
 * member_chunks.c (calls and chunks).
 *
 * A pool's state. A helper thread makes and ends a team, so that the progress thread goes on while initializers and tasks take their time.
 *
 *     state           event                       next
 *     (none)          OPEN                        OPENING         a helper makes the team
 *     OPENING         the helper has finished     OPEN            OPENED: its workers, or why there are none
 *     OPENING         CLOSE                       OPENING_ENDS
 *     OPENING_ENDS    the helper has finished     CLOSING         OPENED; a helper ends the team
 *     OPEN            CLOSE                       CLOSING         a helper ends the team
 *     CLOSING         the helper has finished     (none)          CLOSED
 */
#ifndef RPI_CLUSTER_MEMBER_STATE_H
#define RPI_CLUSTER_MEMBER_STATE_H

#include "base/line_buffer.h"
#include "base/list.h"
#include "base/low_latency.h"
#include "cluster/bells.h"
#include "cluster/link.h"
#include "cluster/progress_thread.h"
#include "cluster/work_messages.h"
#include "worker/team.h"

/* One call, as this rank knows it. */
typedef struct member_call {
    rpi_work work;      /* first */
    rpi_list_link link; /* of its bucket */
    rpi_list chunks;    /* that are here */
    uint64_t n_chunks;
    bool forgotten; /* freed with its last chunk */
} member_call;

enum { CALL_BUCKETS = 1024 };

typedef enum member_pool_state { MEMBER_OPENING, MEMBER_OPENING_ENDS, MEMBER_OPEN, MEMBER_CLOSING } member_pool_state;

typedef struct member_pool {
    rpi_list_link link; /* of the member's pools */
    struct member *member;
    uint64_t id;
    member_pool_state state;
    rpi_team *team;                /* NULL while a helper has it, and when it couldn't be made */
    rpi_list calls[CALL_BUCKETS];  /* by their number */
    bool lacks_call;               /* there was no memory for a call */
    bool has_thread, lacks_thread; /* for a helper: it has one; there is none, and the progress thread has to help itself */
    pthread_t helper;
    rpi_line_buffer log; /* what its tasks have logged */
    /* in all states but OPEN a helper has what follows, and hands it back through the member's list */
    rpi_message *open; /* OPEN, while the team is being made */
    rpi_team *helped;
    rp_status status;
    rp_error error;
    rpi_list_link helped_link; /* of the member's helped */
} member_pool;

/* A chunk that this rank has. */
typedef struct member_chunk {
    rpi_list_link link; /* of the member's idle or back, or of neither */
    rpi_list_link here; /* of its call's chunks */
    struct member *member;
    rpi_batch *batch;
    rpi_message *work, *done;
    bool is_packed;   /* done has the results; NULL: there was no memory for them */
    rpi_held held;    /* the regions that its items and results are in */
    uint64_t came_ns; /* when it came in */
} member_chunk;

typedef struct member {
    rpi_link *link;
    char host[RP_ERROR_HOST_SIZE];
    rpi_list pools;
    uint64_t n_chunks, n_items;
    double item_s;      /* of the call of the last chunk that came back; 0: not known */
    unsigned n_workers; /* of the pool of the last chunk that came in */
    rpi_list idle;      /* chunks */
    rpi_list copies;    /* that it holds (member_copies.c) */
    bool stopped;
    atomic_bool has_log; /* some pool has lines */
    bool went_on;        /* by then: without a lost rank */
    rp_status status;
    rp_error error; /* details of the status; its own status RP_OK: none */
    void (*tell)(const rp_error *loss);
    rpi_low_latency before; /* the progress thread's setting before it asked for low latency */
    rpi_bells *bells;
    uint64_t patience_ns; /* with rank 0's client, before its progress thread is woken */
    rpi_progress_thread progress_thread;
    rpi_list back;   /* guarded by the progress thread's mutex: chunks that teams have finished */
    rpi_list helped; /* likewise: pools that helpers have finished with */
} member;

/* Takes a turn in the calling thread, if no other thread does so just now. `receives` as in rpi_coordinator_drive.
 * Doesn't block. In a worker's thread, under no lock. Implemented in member.c. */
void rpi_member_drive(member *self, bool receives);

/* Sees to what turns have put off, as the calling thread takes no other one. Doesn't block: who takes a turn just now rings at its end, if
 * it is the progress thread, and otherwise settles when it leaves. Under any lock. */
void rpi_member_settle(member *self);

/* Sends a message to the coordinator. The message may be NULL (no memory): the member then ends. */
void rpi_member_reply(member *self, rpi_message *message);

/* NULL: not found. `pool` may be NULL; the result then is NULL. */
member_pool *rpi_member_find_pool(member *self, uint64_t id);
member_call *rpi_member_find_call(member_pool *pool, uint64_t id);

static inline bool rpi_member_is_helped(const member_pool *pool) { return pool->state != MEMBER_OPEN; }

#endif
