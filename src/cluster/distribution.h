/*
 * distribution.h: what a coordinator decides: which member is sent which items, and told what. Plain functions of state, event and time; no
 * message, no lock, no clock. An event goes in by a function; what follows from it comes out as actions, one at a time, until there is none
 * (rpi_distribution_next). The coordinator's thread carries actions out with messages, the simulator with events of its own.
 *
 *     event                                 actions that may follow
 *     add: a batch is to be handed out      CALL, CHUNK ...; DONE, when none of its items may run
 *     back: a member has run a chunk        CHUNK, DONE
 *     cut: a call's cutoff was lowered      CUTOFF to each member that knows the call, DONE
 *     drop: a batch is given up             DONE
 *     lose: a member is lost                DONE
 *     forget: a call is over                FORGET to each member that knows it
 *
 * A member is sent CALL before its first chunk of a call. A batch is DONE when all its items were handed out, or need not run, and no chunk
 * of it is out. Which chunk goes where is dispatch.h's part.
 */
#ifndef RPI_CLUSTER_DISTRIBUTION_H
#define RPI_CLUSTER_DISTRIBUTION_H

#include "schedule/dispatch.h"

#include <rankpool/error.h>

/* A call, as far as members know it. Owned by the distribution, until it is forgotten. */
typedef struct rpi_distribution_call {
    rpi_list_link node;      /* of all calls */
    rpi_list_link announced; /* of those that members are to be told of: a cutoff, or that the call is over */
    rpi_list entries;        /* its batches */
    uint64_t id, cutoff;
    rpi_rates *rates;        /* of the members, for schedules that go by them; NULL: not needed, or no memory, and all count as equal */
    void *owner;             /* the driver's */
    rpi_list_link forgotten; /* likewise */
    int next_member;         /* to be told */
    bool is_over;
    unsigned char known[]; /* by each member */
} rpi_distribution_call;

/* A batch that is handed out. Owned by the caller, from add until its DONE. */
typedef struct rpi_distribution_entry {
    rpi_dispatch_entry dispatch; /* first. The caller fills in what dispatch.h says */
    rpi_list_link node;          /* of its call's, then of those that are done */
    rpi_distribution_call *call;
    uint64_t first;   /* index in the call of its first item */
    rp_status status; /* RP_OK; RP_NO_MEMORY: not all of it could be handed out */
} rpi_distribution_entry;

/* Items that one member has. The driver's own chunk begins with it. */
typedef struct rpi_chunk {
    rpi_list_link node; /* of those that its member has, or of the idle ones */
    rpi_distribution_entry *entry;
    uint64_t id;
    uint64_t first, count; /* offsets in the entry */
    rpi_schedule grains;   /* how the member's workers share it out */
    double sent_s;
    int member;
} rpi_chunk;

typedef struct rpi_distribution_config {
    int n_members;
    size_t chunk_size; /* bytes of the driver's chunks, which are zeroed once and used again */
    /* How long an item of that entry takes, as measured lately; 0: not known. */
    double (*item_s)(const rpi_distribution_entry *entry);
    void (*free_chunk)(rpi_chunk *chunk); /* what the driver's chunk holds; NULL: nothing */
} rpi_distribution_config;

typedef struct rpi_distribution {
    rpi_distribution_config config;
    rpi_dispatch dispatch;
    rpi_dispatch_member *members;
    rpi_list *out; /* chunks, of each member */
    rpi_list idle; /* chunks to be used again */
    rpi_list calls, announced, done;
    rpi_chunk *held; /* to go out behind its CALL */
    uint64_t next_chunk;
} rpi_distribution;

typedef enum rpi_action_kind { RPI_SEND_CALL, RPI_SEND_CHUNK, RPI_SEND_CUTOFF, RPI_SEND_FORGET, RPI_BATCH_DONE } rpi_action_kind;

typedef struct rpi_action {
    rpi_action_kind kind;
    int member;                    /* all but DONE */
    rpi_distribution_call *call;   /* all; valid until the next step */
    rpi_chunk *chunk;              /* CHUNK */
    rpi_distribution_entry *entry; /* DONE: the caller's again */
} rpi_action;

/* Members have no workers yet (rpi_dispatch_set_workers). False: no memory, and nothing is to be freed. */
bool rpi_distribution_init(rpi_distribution *self, const rpi_distribution_config *config);
/* Also with calls and chunks left; entries are the caller's. One that is all zero is left alone. */
void rpi_distribution_fini(rpi_distribution *self);

/* ---- events ---- */

/* A call with no batch yet. NULL: no memory. */
rpi_distribution_call *rpi_distribution_call_create(rpi_distribution *self, uint64_t id, void *owner);

/* The entry's call, first and dispatch are filled in. Items from the call's cutoff on aren't handed out. */
void rpi_distribution_add(rpi_distribution *self, rpi_distribution_entry *entry);

/* A chunk came back, of whose items n_run were run, in busy_s of the member's workers. The chunk is the distribution's again. */
void rpi_distribution_back(rpi_distribution *self, rpi_chunk *chunk, uint64_t n_run, double busy_s, double now_s);

/* A chunk couldn't be sent, for want of memory: it comes back, and its batch hands out no more and ends with RP_NO_MEMORY. */
void rpi_distribution_fail(rpi_distribution *self, rpi_chunk *chunk);

/* The CALL of that action couldn't be sent, for want of memory: likewise for the chunk that was to follow it. */
void rpi_distribution_fail_call(rpi_distribution *self, const rpi_action *action);

/* Items of the call from `cutoff` on aren't handed out; members are told once. A cutoff that isn't lower changes nothing. */
void rpi_distribution_cut(rpi_distribution *self, rpi_distribution_call *call, uint64_t cutoff);

/* No more of that batch is handed out, while others of its call go on. */
void rpi_distribution_drop(rpi_distribution *self, rpi_distribution_entry *entry);

/* Nothing is sent to that member any more, and the chunks that it has are taken for back. */
void rpi_distribution_lose(rpi_distribution *self, int member);

/* No batch of the call is left, and none will come. */
void rpi_distribution_forget(rpi_distribution *self, rpi_distribution_call *call);

/* ---- what follows ---- */

/* The next action; false: there is none until the next event. */
bool rpi_distribution_next(rpi_distribution *self, double now_s, rpi_action *action);

/* The chunk of that number that a member has; NULL: it has none such. */
rpi_chunk *rpi_distribution_find(const rpi_distribution *self, int member, uint64_t id);

static inline rpi_distribution_entry *rpi_distribution_entry_of(rpi_dispatch_entry *entry) { return (rpi_distribution_entry *)entry; }
static inline rpi_chunk *rpi_chunk_of(rpi_list_link *node) { return RPI_ENTRY(node, rpi_chunk, node); }

#endif
