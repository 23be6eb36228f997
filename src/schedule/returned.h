/*
 * returned.h: items of an entry that a member was sent, and that are to be handed out again: it gave them back, or was lost. Part of
 * dispatch.h's decisions. They go out before items that nobody has had yet.
 *
 * Items that were with a lost member are suspects, as one of them may be what it died of:
 *
 *     lost with   go out again
 *     1 member    in pieces, as many as each has items; not to member 0, while another one has workers: its end is the job's
 *     2 members   one by one, and no member has two of them at a time. So the third loss shows which one it was
 */
#ifndef RPI_SCHEDULE_RETURNED_H
#define RPI_SCHEDULE_RETURNED_H

#include "schedule/dispatch_state.h"

/* Suspects from here on are alone with their member. */
enum { RPI_LONE_SUSPECT = 2 };

/* Adds a range in the order of the entry's items. */
void rpi_returned_add(rpi_dispatch_entry *entry, rpi_dispatch_range *range);

/* Drops those that need not run. */
void rpi_returned_cut(rpi_dispatch *dispatch, rpi_dispatch_entry *entry);

/* Whether the entry has nothing left but suspects, which not every member may have. */
bool rpi_returned_are_suspects(const rpi_dispatch_entry *entry);

/* The first range that the member may have; NULL: there is none. */
rpi_dispatch_range *rpi_returned_for(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry, int member);

/* Takes the first items of the range for a chunk: at most plan->count of them, which is lowered to what they are. */
void rpi_returned_take(rpi_dispatch *dispatch, rpi_dispatch_entry *entry, rpi_dispatch_range *range, rpi_chunk_plan *plan);

#endif
