/* rank_internal.h: a serving rank's state, shared by rank.c (the loop), rank_pools.c (teams) and rank_parcels.c (calls, items in
 * and results out). */
#ifndef RPI_CLUSTER_RANK_INTERNAL_H
#define RPI_CLUSTER_RANK_INTERNAL_H

#include "base/prompt.h"
#include "cluster/link.h"
#include "cluster/talker.h"
#include "worker/team.h"

/* One call, as this rank knows it. */
typedef struct rank_call {
    rpi_work work; /* first */
    struct rank_call *next;
    uint64_t n_parcels; /* here */
    bool forgotten;     /* to be freed with its last parcel */
} rank_call;

enum { CALL_SLOTS = 1024 };

typedef struct rank_pool {
    struct rank_pool *next;
    struct rank *rank;
    uint64_t id;
    rpi_team *team;               /* NULL while a helper has it, and when it couldn't be made */
    rank_call *calls[CALL_SLOTS]; /* by their number */
    bool lacks_call;              /* there was no memory for one */
    bool close_asked;
    bool is_helped; /* a helper has what follows; it hands it back through the rank's list */
    bool has_thread;
    pthread_t helper;
    rpi_message *open; /* OPEN, while it is being opened; NULL: it is being closed */
    rpi_team *helped;
    rp_status status;
    rp_error error;
    struct rank_pool *next_helped;
} rank_pool;

/* Items that are here. */
typedef struct rank_parcel {
    struct rank_parcel *next;
    struct rank *rank;
    rpi_batch *batch;
    rpi_message *work, *done;
} rank_parcel;

typedef struct rank {
    rpi_link *link;
    char host[RP_ERROR_HOST_SIZE];
    rank_pool *pools;
    uint64_t n_parcels, n_items;
    double item_s;      /* of the call whose parcel came back last; 0: not known */
    unsigned n_workers; /* of the pool that got the last parcel */
    rank_parcel *idle;
    bool stopped;
    rp_status status;
    rp_error error; /* says more of it, or nothing */
    void (*tell)(const rp_error *loss);
    rpi_prompt before; /* what the talking thread was, before it had to be prompt */
    rpi_talker talker;
    rank_parcel *back; /* guarded by the talker's mutex */
    rank_pool *helped; /* likewise: pools that helpers are through with */
} rank;

/* rank.c. The message may be NULL (no memory): the rank then ends. */
void rpi_rank_reply(rank *self, rpi_message *message);
rank_pool *rpi_rank_find_pool(rank *self, uint64_t id);
/* `pool` may be NULL, and so the result. */
rank_call *rpi_rank_find_call(rank_pool *pool, uint64_t id);

/* rank_pools.c: OPEN (true: it keeps the message), CLOSE of a pool that may be NULL, and what helpers are through with (true: there was
 * some). */
bool rpi_rank_open_pool(rank *self, rpi_message *message);
void rpi_rank_close_pool(rank *self, rank_pool *pool, uint64_t id);
bool rpi_rank_take_helped(rank *self);
/* Answers a REPORT about a pool that may be NULL: the time, and, when it is asked for, what the pool's workers recorded. */
void rpi_rank_report(rank *self, const rank_pool *pool, const rpi_header *question);
/* Waits for the helper, if it has one. */
void rpi_rank_end_help(rank_pool *pool);
/* After its team is gone, and with it the last parcel. */
void rpi_rank_free_pool(rank_pool *pool);

/* rank_parcels.c: CALL, WORK (true: it keeps the message), LIMIT, FORGET. */
void rpi_rank_take_call(rank *self, const rpi_message *message);
bool rpi_rank_take_work(rank *self, rpi_message *message);
void rpi_rank_take_limit(rank *self, const rpi_header *header);
void rpi_rank_forget_call(rank_pool *pool, rank_call *call);
/* Sends the results of what the teams are through with. True: there was some. */
bool rpi_rank_send_back(rank *self);
/* Frees a list of parcels, also such whose results nobody wants any more. */
void rpi_rank_free_parcels(rank_parcel *parcel);

#endif
