/*
 * methods.h: the ten ways to give items to a pool, in one table for all commands. They differ only in how they call the library: each gives
 * every result and every failure to the same sink.
 */
#ifndef RANKPOOL_CLI_METHODS_H
#define RANKPOOL_CLI_METHODS_H

#include <rankpool/rankpool.h>

/* Where results go. Both functions return RP_OK, or a status that ends the call at once and that the method then returns. */
typedef struct method_place {
    double seconds; /* of the item; 0: not known */
    int rank;       /* -1: not known */
} method_place;

typedef struct method_sink {
    /* Called once for each item that ran, with its result (for an emitting task an rp_bytes) or its `failure`; with both, when the task
     * keeps what a failed item emitted. Both are valid during the call. */
    rp_status (*deliver)(void *argument, int64_t index, const void *result, const rp_error *failure);
    /* Called when no more results are ready now, and again while there are none. NULL: not wanted. */
    rp_status (*idle)(void *argument);
    double (*wait_s)(void *argument); /* how long to wait before that; NULL: 0.5 s */
    void *argument;
    method_place *place; /* set before `deliver`; NULL: not wanted. Known of lazy methods alone */
} method_sink;

typedef struct method_call {
    rp_pool *pool;
    const rp_task *task;
    rp_columns bound; /* constants for the task's first arguments */
    rp_columns items; /* a column for each of the others */
    int are_loaded;   /* all n_items are in `items`; 0: they come from `stream` */
    uint64_t n_items;
    rp_source stream;             /* items for lazy methods, when there are no columns */
    const rp_source_place *place; /* of rp_call_options, for these */
    int collect;                  /* the pool goes on after a failure, so the text of each failure is wanted */
    method_sink sink;
    rp_begun *begun; /* this and what follows: of rp_call_options; lazy methods alone */
    unsigned n_begun;
    rp_items_lost *items_lost;
    void *items_lost_argument;
    const unsigned *n_died;
} method_call;

typedef struct method {
    const char *name;
    int is_lazy;    /* takes items as it goes */
    int is_starred; /* takes any number of columns instead of one */
    int is_ordered; /* delivers in the order of the items */
    /* Returns RP_OK when all results and failures were delivered; otherwise what the sink or the library returned, with `*error` filled
     * by the library. */
    rp_status (*run)(const method_call *call, rp_error *error);
} method;

/* The table, ended by one with name NULL. */
extern const method methods[];

const method *method_find(const char *name);

/* The name of method k; NULL: there are no more. A suggest_names; `among` doesn't matter. */
const char *methods_name(const void *among, size_t k);

#endif
