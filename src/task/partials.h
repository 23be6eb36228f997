/*
 * partials.h: what is folded so far of a call, or of a chunk of it: parts of a tree that depends on the number of items alone. So the value
 * at the end doesn't depend on which ranks and workers folded what, and when.
 *
 *     an open block     results of some items of one block, which aren't folded as others of the block are missing
 *     level 0           a whole block, folded from left to right
 *     level k + 1       the merge of two neighbours of level k, of which the left one has an even index
 *
 * Each part is in one place at a time. Who adds a part whose neighbour is there takes that one out, merges both without a lock, and adds
 * the merge. So no function of the user is called under a lock. Items that failed for good are never added: at the end, what is there is
 * merged as if they had been there as nothing. An item that is tried again is added when it has succeeded.
 *
 * In any order there is no tree, but a list of accumulators. A worker goes on with one of them, and merges all that it finds when it
 * leaves.
 */
#ifndef RPI_TASK_PARTIALS_H
#define RPI_TASK_PARTIALS_H

#include "task/reduction.h"

#include <pthread.h>
#include <stdatomic.h>

enum { RPI_OPEN_BLOCK = -1, RPI_PARTIAL_BUCKETS = 64 };

typedef struct rpi_partial rpi_partial;
struct rpi_partial {
    rpi_partial *next;
    int level;
    uint64_t index;            /* among those of its level; of an open block: which block */
    uint64_t present;          /* open block: bit i: the result of its item i is there */
    uint64_t n;                /* results in it */
    _Alignas(16) char value[]; /* the accumulator; or room for the results of the block */
};

typedef struct rpi_partials {
    const rpi_reduction *reduction;
    atomic_bool failed;    /* out of memory: the value can't be given */
    pthread_mutex_t mutex; /* guards what follows */
    rpi_partial **buckets;
    size_t n_buckets, n;
    rpi_partial *own_buckets[RPI_PARTIAL_BUCKETS];
} rpi_partials;

void rpi_partials_init(rpi_partials *self, const rpi_reduction *reduction);
void rpi_partials_fini(rpi_partials *self);
/* The same in memory of its own, to be freed by free after rpi_partials_fini. NULL: no memory. */
rpi_partials *rpi_partials_create(const rpi_reduction *reduction);

/* Makes a part with a zeroed accumulator, or an open block without results. NULL: no memory. */
rpi_partial *rpi_partial_create(const rpi_reduction *reduction, int level, uint64_t index);
/* Frees it with its accumulator or results. NULL does nothing. */
void rpi_partial_destroy(const rpi_reduction *reduction, rpi_partial *partial);

/* Whether memory ran out in its accumulator. */
bool rpi_partial_has_failed(const rpi_reduction *reduction, const rpi_partial *partial);

/* Merges `right` into `left` and frees it. */
void rpi_partial_merge(const rpi_reduction *reduction, rpi_partial *left, rpi_partial *right);

/* Frees what results of a call point to: those of tasks that emit. */
void rpi_reduction_free_results(const rpi_reduction *reduction, void *results, uint64_t n);

/* Whether all results of an open block are there. */
bool rpi_partial_is_whole(const rpi_reduction *reduction, const rpi_partial *open);
/* Folds the results of an open block that are there, at least one, and frees it. NULL: no memory. */
rpi_partial *rpi_partial_close(const rpi_reduction *reduction, rpi_partial *open);

/* Adds a part, which it then owns. Any thread. */
void rpi_partials_add(rpi_partials *self, rpi_partial *partial);

/* In any order: takes an accumulator out, if there is one. Any thread. */
rpi_partial *rpi_partials_take_any(rpi_partials *self);

/* Takes all parts out, in the order of their items. In any order merges them to one. Nobody else uses them any more. */
rpi_partial *rpi_partials_take_all(rpi_partials *self);

/* Merges all parts into one. NULL: there is none, or `failed` is set. Nobody else uses them any more. */
rpi_partial *rpi_partials_finish(rpi_partials *self);

#endif
