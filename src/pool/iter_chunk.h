/*
 * iter_chunk.h: a chunk of an iterator: its pulled items, room for their results, and how many were delivered. Chunks are reused, so a
 * running iterator allocates no memory for each chunk.
 */
#ifndef RPI_POOL_ITER_CHUNK_H
#define RPI_POOL_ITER_CHUNK_H

#include "pool/retry.h"

typedef struct rpi_iter_chunk {
    rpi_tries *tries;
    rpi_batch *batch;               /* the tries' batch */
    struct rpi_iter_shared *shared; /* the iterator's, for done chunks */
    rpi_list_link link, done_link;  /* in the chunks in order or the idle ones; in the done ones */
    bool done;                      /* guarded by the call's mutex */
    uint64_t n_delivered;
    rpi_failure *failures, *next_failure; /* this chunk's, sorted */
    char *results;
    size_t results_size;
    /* pulled items: one array for each argument that isn't a constant. Bytes are copied into the arena; their addresses are offsets until
     * the chunk is filled */
    char *values[RP_MAX_ARGUMENTS];
    size_t values_size[RP_MAX_ARGUMENTS];
    char *arena;
    size_t arena_used, arena_size;
    bool keeps; /* items from a function have arguments that point to others, which are kept in the arena */
} rpi_iter_chunk;

rpi_iter_chunk *rpi_iter_chunk_create(void);
/* Frees a chunk and its results that weren't delivered. NULL does nothing. */
void rpi_iter_chunk_destroy(rpi_iter_chunk *chunk);

/* Empties a chunk, for the items from `first` on. */
void rpi_iter_chunk_prepare(rpi_iter_chunk *chunk, rpi_work *work, uint64_t first);

/* Pulls one item as the chunk's number k, from 0. Room grows with the pulled items. Returns what the source returned, or RP_NO_MEMORY. */
rp_status rpi_iter_chunk_pull(rpi_iter_chunk *chunk, const rp_source *source, uint64_t k, bool may_wait, rp_error *error);

/* Copies the item that was pulled last, as number k, to be the first of another chunk. False: no memory. */
bool rpi_iter_chunk_move(const rpi_iter_chunk *from, uint64_t k, rpi_iter_chunk *to);

/* Ends pulling, with n items: points the batch's views to them, and makes room for their results. False: no memory. */
bool rpi_iter_chunk_fill(rpi_iter_chunk *chunk, uint64_t n, bool pulls);

/* Frees the bytes that the chunk's results hold. */
void rpi_iter_chunk_clear_results(rpi_iter_chunk *chunk);

#endif
