/* dispatch_state.h: the state of a dispatch (dispatch.h), for the files that decide by it. */
#ifndef RPI_SCHEDULE_DISPATCH_STATE_H
#define RPI_SCHEDULE_DISPATCH_STATE_H

#include "base/list.h"
#include "schedule/rates.h"

#include <stdbool.h>

/* Items that came back without having been run, as far as is known: offsets in their entry. See returned.h. */
typedef struct rpi_dispatch_range {
    rpi_list_link node;
    uint64_t first, count;
    uint64_t piece;    /* so many items of it make a chunk at most; 0: any number */
    unsigned n_losses; /* of members that had them; above 0 they are suspects */
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
    uint64_t n_suspects; /* of them */
    double item_s;       /* seconds of an item, as measured lately; 0: not known */
    double n_measured;   /* how many items that rests on */
    rpi_rates *rates;    /* of the members, if the schedule goes by rates and there is memory; otherwise NULL */
    uint64_t n_chunks_out;
    bool queued;
} rpi_dispatch_entry;

/* Which members take part in a tournament. The winner has the fewest items a worker. */
typedef enum rpi_tournament { RPI_ALL_MEMBERS, RPI_MEMBERS_SHORT_OF_CHUNKS, RPI_MEMBERS_BUT_0, RPI_TOURNAMENTS } rpi_tournament;

typedef struct rpi_dispatch_member {
    unsigned n_workers; /* 0: nothing is sent there */
    uint64_t n_chunks_out, n_items_out;
    int n_lone_suspects;          /* chunks that are out there, of items that were lost with two members already; the user counts them */
    double back_s;                /* when its last chunk came back */
    double began_s;               /* when the oldest chunk that is out began there, or went there: at least so late */
    double expected_s, busy_s;    /* of its last chunks: what their items take on average anywhere, and what they took here */
    double round_trip_s;          /* the shortest that was seen; 0: none yet, or so short that it doesn't matter */
    bool has_round_trip;          /* one was seen */
    unsigned n_round_trips;       /* so many were seen */
    int winners[RPI_TOURNAMENTS]; /* of the dispatch, see dispatch.c */
} rpi_dispatch_member;

typedef struct rpi_dispatch {
    rpi_dispatch_member *members;
    int n_members;
    unsigned n_workers;     /* in all members */
    uint64_t n_items_out;   /* at all members */
    int n_far;              /* members whose round trip matters */
    unsigned n_far_workers; /* of those */
    int n_unanswered;       /* members other than 0 that have chunks, and none was back yet */
    double now_s;           /* when the next chunk is asked for */
    double back_s;          /* when a chunk last came back, from any member */
    int n_starving;         /* members other than 0 that have only running items, and none to follow */
    uint64_t n_idle;        /* workers that have no item */
    double trip_s;          /* a typical round trip, of all members other than 0; 0: none was seen */
    rpi_queue queue;        /* of entries that have items left */
    rpi_list spare;         /* ranges, for their owner to use again */
} rpi_dispatch;

typedef struct rpi_chunk_plan {
    int member;
    rpi_dispatch_entry *entry;
    uint64_t first, count; /* offsets in the entry */
    unsigned n_losses;     /* of members that had these items */
    rpi_schedule grains;   /* how the member divides it among its workers */
} rpi_chunk_plan;

/* When a chunk that was run went out and came back, and what it took. */
typedef struct rpi_chunk_round_trip {
    uint64_t n_items;
    double busy_s; /* of all workers of the member */
    double sent_s, back_s;
    double held_s; /* from its arrival at the member until its results left; 0: not known */
} rpi_chunk_round_trip;

/* Items of the entry that are to be handed out. */
static inline uint64_t rpi_dispatch_left(const rpi_dispatch_entry *entry) { return entry->count - entry->position + entry->n_returned; }

#endif
