/*
 * distribution.h: the coordinator's decisions: which items go to which member, and what members are told. Plain functions of state, event
 * and time; no message, no lock, no clock. A function for each event takes it in. rpi_distribution_next then returns the actions that
 * follow, one at a time, until there is none. The progress thread carries actions out with messages, the simulator with events of its own.
 *
 *     event                                 actions that may follow
 *     add: a batch is to be handed out      CALL, CHUNK ...; DONE, when none of its items may run
 *     back: a member has run a chunk        CALL, CHUNK ...; RECALL ...; DONE
 *     returned: a member gives items back   CALL, CHUNK ... to others
 *     cut: a call's cutoff was lowered      CUTOFF to each member that knows the call, DONE
 *     begin none: likewise, for all items   CUTOFF to each member that knows the call
 *     drop: a batch is given up             DONE
 *     lose: a member is lost                CALL, CHUNK ... to others, for an item that avoided them; DONE
 *     take over: likewise, and others       CALL, CHUNK ... to others; DONE
 *       get what it had
 *     forget: a call is over                FORGET to each member that knows it
 *
 * A member gets CALL before its first chunk of a call. A batch is DONE when all its items were handed out, or need not run, and no chunk of
 * it is out. dispatch.h decides which chunk goes where, and recalls.h what is taken back.
 *
 * RECALL asks a member for the items of a chunk from an offset on, as far as it hasn't begun them. The member answers with the offset from
 * which they come back, which is the chunk's end when it has begun all. A chunk that is back before the answer has run whole: the question
 * and the results crossed. So each item is either among those that a chunk brings back, or among those that are handed out again. When the
 * member is lost first, all items of the chunk are lost with it. A chunk that gave back all its items still comes back, with none.
 *
 * What becomes of a chunk whose member is lost and taken over:
 *
 *     chunk                                      its items                                  losses that they have seen
 *     waits behind its CALL                      are handed out again                       as before
 *     sent                                       are handed out again                       1 more; suspects: as before, unless
 *                                                                                           the member has ACCEPTED them
 *     sent, RECALL unanswered                    likewise, all of them
 *     sent, some given back                      likewise, those that it kept
 *     sent, and RPI_MOST_LOSSES now              stay with it: the driver has recorded      -
 *                                                their failures before
 *     DONE was taken in                          have run                                   -
 *
 * A member that is lost has no chunk any more, so a DONE of its that comes late finds none, and counts for nothing.
 */
#ifndef RPI_CLUSTER_DISTRIBUTION_H
#define RPI_CLUSTER_DISTRIBUTION_H

#include "cluster/distribution_state.h"

typedef enum rpi_action_kind {
    RPI_SEND_CALL,
    RPI_SEND_CHUNK,
    RPI_SEND_RECALL,
    RPI_SEND_CUTOFF,
    RPI_SEND_FORGET,
    RPI_BATCH_DONE
} rpi_action_kind;

typedef struct rpi_action {
    rpi_action_kind kind;
    int member;                    /* all but DONE */
    rpi_distribution_call *call;   /* all; valid until the next call of rpi_distribution_next */
    rpi_chunk *chunk;              /* CHUNK, RECALL */
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

/* The answer to a RECALL: the member keeps `kept` items of the chunk, and the chunk has only those from now on. The others are handed out
 * again. False: it isn't an answer, as the chunk wasn't recalled, or items before those asked for would come back. Nothing has changed. */
bool rpi_distribution_returned(rpi_distribution *self, rpi_chunk *chunk, uint64_t kept, double now_s);

/* A chunk came back. n_run of its items were run, which took the member's workers busy_s. The distribution reuses the chunk. */
void rpi_distribution_back(rpi_distribution *self, rpi_chunk *chunk, uint64_t n_run, double busy_s, double now_s);

/* There was no memory to send a chunk. It comes back, and its batch hands out no more and ends with RP_NO_MEMORY. */
void rpi_distribution_fail(rpi_distribution *self, rpi_chunk *chunk);

/* There was no memory to send the CALL of an action. The chunk that follows it fails as above. */
void rpi_distribution_fail_call(rpi_distribution *self, const rpi_action *action);

/* Items of the call from `cutoff` on aren't handed out, and members are told. A cutoff that isn't lower changes nothing. */
void rpi_distribution_cut(rpi_distribution *self, rpi_distribution_call *call, uint64_t cutoff);

/* Members are told that no item of the call begins any more, and whether those that run are ended. A second time changes nothing, unless it
 * says more of that. */
void rpi_distribution_begin_none(rpi_distribution *self, rpi_distribution_call *call, int ends_running);

/* No more of the batch is handed out. Other batches of its call go on. */
void rpi_distribution_drop(rpi_distribution *self, rpi_distribution_entry *entry);

/* The call is over: no batch of it is left, and none will come. */
void rpi_distribution_forget(rpi_distribution *self, rpi_distribution_call *call);

/* ---- what follows ---- */

/* Returns the next action. False: there is none until the next event, or until the time of rpi_distribution_look_s. */
bool rpi_distribution_next(rpi_distribution *self, double now_s, rpi_action *action);

/* When to ask again without an event, as a member may have turned out to be slow. Infinite: not before the next event. */
double rpi_distribution_look_s(const rpi_distribution *self);

/* The member's chunk of that number. NULL: it has no such chunk. */
rpi_chunk *rpi_distribution_find(const rpi_distribution *self, int member, uint64_t id);

#endif
