/*
 * distribution.h: the coordinator's decisions: which items go to which member, and what members are told. Plain functions of state, event
 * and time; no message, no lock, no clock. A function for each event takes it in. rpi_distribution_next then returns the actions that
 * follow, one at a time, until there is none. The progress thread carries actions out with messages, the simulator with events of its own.
 *
 *     event                                 actions that may follow
 *     add: a batch is to be handed out      CALL, CHUNK ...; DONE, when none of its items may run
 *     back: a member has run a chunk        CALL, CHUNK ...; DONE
 *     cut: a call's cutoff was lowered      CUTOFF to each member that knows the call, DONE
 *     drop: a batch is given up             DONE
 *     lose: a member is lost                CALL, CHUNK ... to others, for an item that avoided them; DONE
 *     forget: a call is over                FORGET to each member that knows it
 *
 * A member gets CALL before its first chunk of a call. A batch is DONE when all its items were handed out, or need not run, and no chunk of
 * it is out. dispatch.h decides which chunk goes where.
 */
#ifndef RPI_CLUSTER_DISTRIBUTION_H
#define RPI_CLUSTER_DISTRIBUTION_H

#include "schedule/dispatch.h"

#include <rankpool/error.h>

/* A call that members may know. Owned by the distribution, until it is forgotten. */
typedef struct rpi_distribution_call {
    rpi_list_link node;      /* of all calls */
    rpi_list_link announced; /* of calls with news for members: a cutoff, or the call's end */
    rpi_list entries;        /* its batches */
    uint64_t id, cutoff;
    rpi_rates *rates;        /* of the members, for schedules that use them; NULL: not needed, or no memory: all count as equal */
    void *owner;             /* the driver's */
    rpi_list_link forgotten; /* likewise */
    int next_member;         /* to tell */
    bool is_over;
    unsigned char known[]; /* for each member */
} rpi_distribution_call;

/* A batch that is handed out. The caller makes it, and frees it after its DONE. In between it is in the distribution's lists. */
typedef struct rpi_distribution_entry {
    rpi_dispatch_entry dispatch; /* first. The caller fills in what dispatch.h says */
    rpi_list_link node;          /* of its call's batches, then of the done ones */
    rpi_distribution_call *call;
    uint64_t first;   /* its first item's index in the call */
    rp_status status; /* RP_OK; RP_NO_MEMORY: not all of it could be handed out */
} rpi_distribution_entry;

/* A chunk that one member has. It is the first field of the driver's own chunk. */
typedef struct rpi_chunk {
    rpi_list_link node; /* of its member's chunks, or of the idle ones */
    rpi_distribution_entry *entry;
    uint64_t id;
    uint64_t first, count; /* offsets in the entry */
    rpi_schedule grains;   /* how the member's workers share it */
    double sent_s, held_s; /* held_s: how long the member had it. The driver sets it before the chunk comes back; 0: not known */
    int member;
} rpi_chunk;

typedef struct rpi_distribution_config {
    int n_members;
    size_t chunk_size; /* bytes of the driver's chunk; zeroed once, then reused */
    /* How long an item of the entry takes, as measured lately; 0: not known. */
    double (*item_s)(const rpi_distribution_entry *entry);
    void (*free_chunk)(rpi_chunk *chunk); /* frees what the driver's chunk holds; NULL: nothing */
} rpi_distribution_config;

typedef struct rpi_distribution {
    rpi_distribution_config config;
    rpi_dispatch dispatch;
    rpi_dispatch_member *members;
    rpi_list *out; /* chunks, of each member */
    rpi_list idle; /* chunks to be reused */
    rpi_list calls, announced, done;
    rpi_chunk *held; /* goes out behind its CALL */
    uint64_t next_chunk;
} rpi_distribution;

typedef enum rpi_action_kind { RPI_SEND_CALL, RPI_SEND_CHUNK, RPI_SEND_CUTOFF, RPI_SEND_FORGET, RPI_BATCH_DONE } rpi_action_kind;

typedef struct rpi_action {
    rpi_action_kind kind;
    int member;                    /* all but DONE */
    rpi_distribution_call *call;   /* all; valid until the next call of rpi_distribution_next */
    rpi_chunk *chunk;              /* CHUNK */
    rpi_distribution_entry *entry; /* DONE: returned to the caller */
} rpi_action;

/* Members have no workers yet (rpi_dispatch_set_workers adds them). False: no memory, and there is nothing to free. */
bool rpi_distribution_init(rpi_distribution *self, const rpi_distribution_config *config);
/* Frees calls and chunks that are left too. Entries are the caller's. A distribution that is all zero is left alone. */
void rpi_distribution_fini(rpi_distribution *self);

/* ---- events ---- */

/* Makes a call that has no batch yet. NULL: no memory. */
rpi_distribution_call *rpi_distribution_call_create(rpi_distribution *self, uint64_t id, void *owner);

/* Adds a batch; the caller has filled in call, first and dispatch. Items from the call's cutoff on aren't handed out. */
void rpi_distribution_add(rpi_distribution *self, rpi_distribution_entry *entry);

/* A chunk came back. n_run of its items were run, which took the member's workers busy_s. The distribution reuses the chunk. */
void rpi_distribution_back(rpi_distribution *self, rpi_chunk *chunk, uint64_t n_run, double busy_s, double now_s);

/* There was no memory to send a chunk. It comes back, and its batch hands out no more and ends with RP_NO_MEMORY. */
void rpi_distribution_fail(rpi_distribution *self, rpi_chunk *chunk);

/* There was no memory to send the CALL of an action. The chunk that follows it fails as above. */
void rpi_distribution_fail_call(rpi_distribution *self, const rpi_action *action);

/* Items of the call from `cutoff` on aren't handed out, and members are told. A cutoff that isn't lower changes nothing. */
void rpi_distribution_cut(rpi_distribution *self, rpi_distribution_call *call, uint64_t cutoff);

/* No more of the batch is handed out. Other batches of its call go on. */
void rpi_distribution_drop(rpi_distribution *self, rpi_distribution_entry *entry);

/* The member gets no more chunks, and those that it has count as back. CUTOFF and FORGET may still be returned for it; the driver drops
 * them. */
void rpi_distribution_lose(rpi_distribution *self, int member);

/* The call is over: no batch of it is left, and none will come. */
void rpi_distribution_forget(rpi_distribution *self, rpi_distribution_call *call);

/* ---- what follows ---- */

/* Returns the next action. False: there is none until the next event. */
bool rpi_distribution_next(rpi_distribution *self, double now_s, rpi_action *action);

/* The member's chunk of that number. NULL: it has no such chunk. */
rpi_chunk *rpi_distribution_find(const rpi_distribution *self, int member, uint64_t id);

static inline rpi_distribution_entry *rpi_distribution_entry_of(rpi_dispatch_entry *entry) { return (rpi_distribution_entry *)entry; }
static inline rpi_chunk *rpi_chunk_of(rpi_list_link *node) { return RPI_ENTRY(node, rpi_chunk, node); }

#endif
