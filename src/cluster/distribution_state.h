/* distribution_state.h: the state of a distribution (distribution.h), for the files that decide by it. */
#ifndef RPI_CLUSTER_DISTRIBUTION_STATE_H
#define RPI_CLUSTER_DISTRIBUTION_STATE_H

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
    bool is_over, begins_none;
    int ends_running;      /* as of rpi_work */
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
    rpi_dispatch_range *recalled; /* what was asked for, and there is no answer yet: its last items, as offsets in the entry; or NULL */
    bool all_begun;               /* nothing of it can come back */
    unsigned n_losses;            /* of members that had its items before */
    bool is_accepted;             /* suspects: the member said that it has them */
} rpi_chunk;

typedef struct rpi_distribution_config {
    int n_members;
    size_t chunk_size; /* bytes of the driver's chunk; zeroed once, then reused */
    /* How long an item of the entry takes, as measured lately; 0: not known. */
    double (*item_s)(const rpi_distribution_entry *entry);
    double (*n_measured)(const rpi_distribution_entry *entry); /* how many items that rests on; NULL: it isn't said */
    void (*free_chunk)(rpi_chunk *chunk);                      /* frees what the driver's chunk holds; NULL: nothing */
    bool keeps;                                                /* nothing is taken back */
} rpi_distribution_config;

typedef struct rpi_distribution {
    rpi_distribution_config config;
    rpi_dispatch dispatch;
    rpi_dispatch_member *members;
    rpi_list *out;                   /* chunks, of each member */
    rpi_list idle;                   /* chunks to be reused */
    struct rpi_range_memory *ranges; /* all that there are */
    double changed_s, looked_s;      /* when a chunk or items last came back; when it was last looked what to take back */
    double recall_until_s;           /* when all could be through, by the last look */
    int recall_member;               /* whom that look considers next; -1: it is over */
    rpi_list calls, announced, done;
    rpi_chunk *held; /* goes out behind its CALL */
    uint64_t next_chunk;
} rpi_distribution;

static inline rpi_distribution_entry *rpi_distribution_entry_of(rpi_dispatch_entry *entry) { return (rpi_distribution_entry *)entry; }
static inline rpi_chunk *rpi_chunk_of(rpi_list_link *node) { return RPI_ENTRY(node, rpi_chunk, node); }

/* A range, in which items may come back later. There has to be one before they are asked for, or given up. NULL: no memory. */
rpi_dispatch_range *rpi_distribution_take_range(rpi_distribution *self);
/* Takes the chunk from its member. Items that aren't to be handed out again are through. */
void rpi_distribution_put_back(rpi_distribution *self, rpi_chunk *chunk);
/* There is no memory to hand it out. */
void rpi_distribution_fail_entry(rpi_distribution *self, rpi_distribution_entry *entry);

#endif
