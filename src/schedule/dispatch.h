/*
 * dispatch.h: decides which rank gets which items next. Pure: no message, no clock, no lock. The coordinator asks, and carries out the
 * answers. So it can be tested without MPI, and driven by a simulator.
 *
 * A member is a rank with its workers; member 0 is the coordinator's own rank. An entry is a batch that is handed out in chunks. Where
 * items are so short that a message costs more than they do, a chunk is several times the chunk size.
 *
 * A member wants more while fewer than two chunks are out there, or while its workers have too few items to follow the running ones. So no
 * worker waits for the network. Where the way to a member and back takes long, more is out there, so that its round trip is covered too.
 * Towards the end, items that take long aren't sent ahead: they would wait behind others while a worker
 * elsewhere is idle.
 *
 * An entry that avoids a member doesn't hold up others. While only the avoided member wants more, later entries may go there, and only
 * there, so that they take no room elsewhere that the entry waits for.
 *
 * Items that a member was sent and gives back (rpi_dispatch_return) are handed out before those that nobody has had yet. Those of a lost
 * member are suspects; returned.h says what is different for them.
 *
 * Finding the neediest member, and booking a chunk, takes time that grows with the logarithm of the number of members. The state of all
 * members is kept up to date, so that nothing has to look at each of them, unless some are far.
 */
#ifndef RPI_SCHEDULE_DISPATCH_H
#define RPI_SCHEDULE_DISPATCH_H

#include "schedule/dispatch_state.h"

/* Begins with those members, whose n_workers is filled in. The caller owns `members`, which must stay as long as the dispatch is used. */
void rpi_dispatch_init(rpi_dispatch *dispatch, rpi_dispatch_member *members, int n_members);

/* The first entry of the queue, and the entry after another; NULL: there is none. */
rpi_dispatch_entry *rpi_dispatch_first(const rpi_dispatch *dispatch);
rpi_dispatch_entry *rpi_dispatch_following(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry);

/* Sets how many workers the member has from now on. */
void rpi_dispatch_set_workers(rpi_dispatch *dispatch, int member, unsigned n_workers);

/* Adds an entry at the end of the queue; an urgent one after the other urgent ones. The caller fills in schedule, count, whole, urgent and
 * what it avoids. */
void rpi_dispatch_add(rpi_dispatch *dispatch, rpi_dispatch_entry *entry);

/* From now on no items at or after offset `cutoff` of the entry are handed out. */
void rpi_dispatch_stop(rpi_dispatch *dispatch, rpi_dispatch_entry *entry, uint64_t cutoff);

/* The next chunk to send, which is counted as out already; false: every member has enough, or nothing is left. */
bool rpi_dispatch_next(rpi_dispatch *dispatch, rpi_chunk_plan *plan);

/* `count` items of a chunk that is out came back without having been run. They are handed out again, unless they need not run. The range is
 * the caller's until then; it gets into `spare`. */
void rpi_dispatch_return(rpi_dispatch *dispatch, int member, rpi_dispatch_entry *entry, rpi_dispatch_range *range);

/* A chunk of `count` items came back. */
void rpi_dispatch_back(rpi_dispatch *dispatch, int member, rpi_dispatch_entry *entry, uint64_t count);

/* Learns from a chunk that is about to come back how far the member is, and its rate, if the entry has rates. */
void rpi_dispatch_learn(rpi_dispatch *dispatch, int member, rpi_dispatch_entry *entry, const rpi_chunk_round_trip *times);

/* How long an item takes on a worker of the member, over what it takes on average anywhere. 1: not known. */
double rpi_dispatch_pace(const rpi_dispatch_member *member);

/* The fewest items a worker that any member other than 0 has; infinite if none of them has workers. */
double rpi_dispatch_least_load(const rpi_dispatch *dispatch);

/* Whether all items of the entry were handed out and all its chunks are back. Then it isn't in the queue any more. */
bool rpi_dispatch_is_finished(const rpi_dispatch_entry *entry);

#endif
