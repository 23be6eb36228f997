/*
 * bells.h: how ranks of one host wake each other. A rank that sleeps would see a message only when it next looks. So each has a bell: an
 * event in memory that the other ranks of its host have too (base/region.h). Who has sent a message rings it: that costs nothing when the
 * other rank is awake.
 *
 * When all threads of the other rank compute, its progress thread sleeps, and waking it takes some 20 us from one of them. So who can wait
 * does so for a moment, if the bell says that a client runs items and looks when it is back (RPI_EVENT_OUT):
 *
 *     sender                                 other rank
 *       counts up, and goes on looking         `answered` follows the count as messages are taken in
 *       `answered` has reached the count       (it has looked by itself)
 *       or else wakes its progress thread      takes the message in
 *
 *     coordinator                    member
 *       BELL, mine -------------->     attaches it
 *       attaches it <------------- BELL, mine; whether I can ring yours
 *       whether I can ring yours ->
 *
 * With MPI libraries other than Open MPI there are no bells: one look didn't always find a message that had been rung for. Where a bell
 * can't be attached, ranks look for messages from time to time, as they do with ranks of other hosts. What another process writes into a
 * bell can only wake this one, leave it asleep until it looks by itself, or have a thread that spins change its core.
 */
#ifndef RPI_CLUSTER_BELLS_H
#define RPI_CLUSTER_BELLS_H

#include "base/event.h"
#include "cluster/link.h"

typedef struct rpi_bells rpi_bells;

/* The bells of this rank and of those that it talks to. With `shared` others can attach its own. NULL: no memory. */
rpi_bells *rpi_bells_create(int n_ranks, bool shared);
void rpi_bells_destroy(rpi_bells *bells);

/* This rank's own. */
rpi_event rpi_bells_own(const rpi_bells *bells);
/* How many rings of the own bell are answered, for others to read: its own, and messages taken in. */
_Atomic uint32_t *rpi_bells_answered(const rpi_bells *bells);

/* What is to be sent to that rank. NULL: there is nothing to say, or no memory. */
rpi_message *rpi_bells_tell(rpi_bells *bells, int rank);
/* Takes a BELL of that rank. An answer may be due: rpi_bells_tell. */
void rpi_bells_take(rpi_bells *bells, int rank, const rpi_message *message);

/* A message of that kind came from that rank. True: that one has rung for it, or is about to. */
bool rpi_bells_hear(const rpi_bells *bells, int rank, uint64_t kind);

/* A message of that kind was given to the link for that rank, which is to be rung for it. */
void rpi_bells_plan(rpi_bells *bells, int rank, uint64_t kind);
/* Rings for all these messages, as they have gone out, and for what was put off. */
void rpi_bells_ring(rpi_bells *bells);
/* The same, but puts waking off for so long where the other rank looks by itself. The caller calls again, this or rpi_bells_ring. */
void rpi_bells_ring_patiently(rpi_bells *bells, uint64_t patience_ns);
/* Whether anything is put off. Any thread. */
bool rpi_bells_put_off(const rpi_bells *bells);

/* Whether each rank that this one hears from rings: n of them. */
bool rpi_bells_all_ring(const rpi_bells *bells, int n);

/* The one worker of this rank is on that core. Costs next to nothing where it was there before. Any thread. */
void rpi_bells_come(const rpi_bells *bells, int core);
/* Whether peer 0 has said so of that core. The kernel may have two ranks that spin take turns on one core for 80 ms, while another core is
 * idle. Any thread. */
bool rpi_bells_is_taken(const rpi_bells *bells, int core);

#endif
