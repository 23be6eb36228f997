/*
 * dispatch.h: which rank gets which items next. Pure: no message, no clock, no lock; the coordinator asks, and carries out the answers. So
 * it can be tested without MPI, and driven by a simulator.
 *
 * A member is a rank with its workers, member 0 the coordinator's own. An entry is a batch that is handed out in chunks: one chunk, or
 * several that are so short that a message for each would cost more than they do.
 *
 * A member wants more while fewer than two chunks are out, or fewer items than its workers and some to follow, so that none waits for the
 * network. Towards the end items that take long are not sent ahead: they would wait behind others while a worker elsewhere is idle.
 *
 * What an entry avoids doesn't hold up others: while only the avoided member wants more, the entries behind it may go there, and only
 * there, so that they take no room elsewhere that it waits for.
 *
 * Finding the neediest member, and booking a chunk, takes a time that grows with the logarithm of the number of members. How all of them
 * stand is kept along, so that nobody has to look at each.
 */
#ifndef RPI_SCHEDULE_DISPATCH_H
#define RPI_SCHEDULE_DISPATCH_H

#include "base/list.h"
#include "schedule/rates.h"

#include <stdbool.h>

typedef struct rpi_dispatch_entry {
    rpi_list_link node;    /* of the dispatcher's queue */
    rpi_schedule schedule; /* n_workers: those of all members */
    bool whole;            /* one chunk */
    bool urgent;           /* goes before those that aren't */
    bool avoids;           /* isn't given to member `avoided` while another one has workers */
    int avoided;
    uint64_t count;    /* items; lowered when the call is stopped */
    uint64_t position; /* items handed out */
    double item_s;     /* as measured lately; 0: not known */
    rpi_rates *rates;  /* of the members, where the schedule goes by them and there is memory; NULL otherwise */
    uint64_t n_chunks_out;
    bool queued;
} rpi_dispatch_entry;

/* Which members a tournament is among; its winner has the fewest items a worker. */
typedef enum rpi_tournament { RPI_ALL_MEMBERS, RPI_MEMBERS_SHORT_OF_CHUNKS, RPI_MEMBERS_BUT_0, RPI_TOURNAMENTS } rpi_tournament;

typedef struct rpi_dispatch_member {
    unsigned n_workers; /* 0: nothing is sent there */
    uint64_t n_chunks_out, n_items_out;
    double back_s;                /* when its last chunk came back, of entries with rates */
    int winners[RPI_TOURNAMENTS]; /* the dispatcher's, see dispatch.c */
} rpi_dispatch_member;

typedef struct rpi_dispatch {
    rpi_dispatch_member *members;
    int n_members;
    unsigned n_workers;   /* in all members */
    uint64_t n_items_out; /* at all members */
    int n_starving;       /* members but 0 whose last items are running: they have some, but none to follow */
    rpi_queue queue;      /* of entries that have items left */
} rpi_dispatch;

typedef struct rpi_chunk_plan {
    int member;
    rpi_dispatch_entry *entry;
    uint64_t first, count; /* offsets in the entry */
    rpi_schedule grains;   /* how the member's workers share it out */
} rpi_chunk_plan;

/* A chunk that was run. */
typedef struct rpi_chunk_round_trip {
    uint64_t n_items;
    double busy_s; /* of all workers of the member */
    double sent_s, back_s;
} rpi_chunk_round_trip;

/* `members` is the caller's, n_workers filled in, and stays while the dispatcher is used. */
void rpi_dispatch_init(rpi_dispatch *dispatch, rpi_dispatch_member *members, int n_members);

/* The first entry of the queue, and the one behind another; NULL: there is none. */
rpi_dispatch_entry *rpi_dispatch_first(const rpi_dispatch *dispatch);
rpi_dispatch_entry *rpi_dispatch_following(const rpi_dispatch *dispatch, const rpi_dispatch_entry *entry);

/* From now on the member has so many workers. */
void rpi_dispatch_set_workers(rpi_dispatch *dispatch, int member, unsigned n_workers);

/* Adds an entry behind those there are (urgent: behind the urgent ones). The caller fills in schedule, count and what holds for it. */
void rpi_dispatch_add(rpi_dispatch *dispatch, rpi_dispatch_entry *entry);

/* No items of the entry from offset `limit` on are handed out any more. */
void rpi_dispatch_stop(rpi_dispatch *dispatch, rpi_dispatch_entry *entry, uint64_t limit);

/* The next chunk to send, already booked as out; false: every member has enough, or nothing is left. */
bool rpi_dispatch_next(rpi_dispatch *dispatch, rpi_chunk_plan *plan);

/* A chunk came back. */
void rpi_dispatch_back(rpi_dispatch *dispatch, int member, rpi_dispatch_entry *entry, uint64_t count);

/* What the chunk showed of the member's rate, for entries that have rates: sent and back at those times, its items took busy_s of the
 * workers. */
void rpi_dispatch_learn(rpi_dispatch *dispatch, int member, rpi_dispatch_entry *entry, const rpi_chunk_round_trip *times);

/* The least number of items a worker that any member but 0 has; infinite where none of them has workers. */
double rpi_dispatch_least_load(const rpi_dispatch *dispatch);

/* Whether the entry is through: all handed out and back. It is then no more in the queue. */
bool rpi_dispatch_is_through(const rpi_dispatch_entry *entry);

#endif
