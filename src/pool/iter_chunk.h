/*
 * iter_chunk.h: a chunk of an iterator: the items that were pulled for it, room for their results, and how far they were delivered. Chunks
 * are used again, so that an iterator takes no memory per chunk once it runs.
 */
#ifndef RPI_POOL_ITER_CHUNK_H
#define RPI_POOL_ITER_CHUNK_H

#include "pool/retry.h"

typedef struct rpi_iter_chunk {
    rpi_tries *tries;
    rpi_batch *batch;               /* of the tries */
    struct rpi_iter_shared *shared; /* the iterator's, where done chunks go */
    rpi_list_link link, done_link;  /* of the chunks in order, or of the idle ones; and of those done */
    bool done;                      /* guarded by the call's mutex */
    uint64_t n_delivered;
    rpi_failure *failures, *next_failure; /* of this chunk, sorted */
    char *results;
    size_t results_size;
    /* pulled items: one array for each argument that isn't a constant; bytes are copied into the arena, as offsets until it is filled */
    char *values[RP_MAX_ARGUMENTS];
    size_t values_size[RP_MAX_ARGUMENTS];
    char *arena;
    size_t arena_used, arena_size;
} rpi_iter_chunk;

rpi_iter_chunk *rpi_iter_chunk_create(void);
/* Frees it, with results that weren't delivered. NULL does nothing. */
void rpi_iter_chunk_destroy(rpi_iter_chunk *chunk);

/* Makes it empty, for the items from `first` on. */
void rpi_iter_chunk_prepare(rpi_iter_chunk *chunk, rpi_work *work, uint64_t first);

/* Pulls one item as number k of the chunk, k counting from 0; room grows with the items that come, not with those that may. Returns what
 * the source returned, or RP_NO_MEMORY. */
rp_status rpi_iter_chunk_pull(rpi_iter_chunk *chunk, const rp_source *source, uint64_t k, bool may_wait, rp_error *error);

/* The chunk has n items: points the batch's views to them, and makes room for their results. False: no memory. */
bool rpi_iter_chunk_fill(rpi_iter_chunk *chunk, uint64_t n, bool pulls);

/* Frees bytes that its results hold. */
void rpi_iter_chunk_clear_results(rpi_iter_chunk *chunk);

#endif
