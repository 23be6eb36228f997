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
 * Items that a member was sent and gives back (rpi_dispatch_return) are handed out before those that nobody has had yet.
 *
 * Finding the neediest member, and booking a chunk, takes time that grows with the logarithm of the number of members. The state of all
 * members is kept up to date, so that nothing has to look at each of them, unless some are far.
 */
#ifndef RPI_SCHEDULE_DISPATCH_H
#define RPI_SCHEDULE_DISPATCH_H

#include "base/list.h"
#include "schedule/rates.h"

#include <stdbool.h>

/* Items that came back without having been run: offsets in their entry. */
typedef struct rpi_dispatch_range {
    rpi_list_link node;
    uint64_t first, count;
} rpi_dispatch_range;

typedef struct rpi_dispatch_entry {
    rpi_list_link node;    /* in the queue of the dispatch */
    rpi_schedule schedule; /* n_workers: those of all members */
    bool whole;            /* goes as one chunk */
    bool urgent;           /* goes before entries that aren't urgent */
    bool avoids;           /* isn't given to member `avoided` while another member has workers */
    int avoided;
    uint64_t count;    /* items; lowered when the call is stopped */
    uint64_t position; /* items handed out, those that came back included */
    uint64_t end;      /* items from there on need not run */
    rpi_list returned; /* ranges, by their first item */
    uint64_t n_returned;
    double item_s;    /* seconds of an item, as measured lately; 0: not known */
    rpi_rates *rates; /* of the members, if the schedule goes by rates and there is memory; otherwise NULL */
    uint64_t n_chunks_out;
    bool queued;
} rpi_dispatch_entry;

/* Which members take part in a tournament. The winner has the fewest items a worker. */
typedef enum rpi_tournament { RPI_ALL_MEMBERS, RPI_MEMBERS_SHORT_OF_CHUNKS, RPI_MEMBERS_BUT_0, RPI_TOURNAMENTS } rpi_tournament;

typedef struct rpi_dispatch_member {
    unsigned n_workers; /* 0: nothing is sent there */
    uint64_t n_chunks_out, n_items_out;
    double back_s;                /* when its last chunk came back */
    double began_s;               /* when the oldest chunk that is out began there, or went there: at least so late */
    double expected_s, busy_s;    /* of its last chunks: what their items take on average anywhere, and what they took here */
    double round_trip_s;          /* the shortest that was seen; 0: none yet, or so short that it doesn't matter */
    bool has_round_trip;          /* one was seen */
    int winners[RPI_TOURNAMENTS]; /* of the dispatch, see dispatch.c */
} rpi_dispatch_member;

typedef struct rpi_dispatch {
    rpi_dispatch_member *members;
    int n_members;
    unsigned n_workers;   /* in all members */
    uint64_t n_items_out; /* at all members */
    int n_far;            /* members whose round trip matters */
    int n_starving;       /* members other than 0 that have only running items, and none to follow */
    uint64_t n_idle;      /* workers that have no item */
    double trip_s;        /* a typical round trip, of all members other than 0; 0: none was seen */
    rpi_queue queue;      /* of entries that have items left */
    rpi_list spare;       /* ranges, for their owner to use again */
} rpi_dispatch;

typedef struct rpi_chunk_plan {
    int member;
    rpi_dispatch_entry *entry;
    uint64_t first, count; /* offsets in the entry */
    rpi_schedule grains;   /* how the member divides it among its workers */
} rpi_chunk_plan;

/* When a chunk that was run went out and came back, and what it took. */
typedef struct rpi_chunk_round_trip {
    uint64_t n_items;
    double busy_s; /* of all workers of the member */
    double sent_s, back_s;
    double held_s; /* from its arrival at the member until its results left; 0: not known */
} rpi_chunk_round_trip;

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

/* Items of the entry that are to be handed out. */
static inline uint64_t rpi_dispatch_left(const rpi_dispatch_entry *entry) { return entry->count - entry->position + entry->n_returned; }

/* The fewest items a worker that any member other than 0 has; infinite if none of them has workers. */
double rpi_dispatch_least_load(const rpi_dispatch *dispatch);

/* Whether all items of the entry were handed out and all its chunks are back. Then it isn't in the queue any more. */
bool rpi_dispatch_is_finished(const rpi_dispatch_entry *entry);

#endif
