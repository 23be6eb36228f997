/*
 * memory.h: memory that the ranks of a host share. Arguments and results that are in it aren't copied to another rank of the host, nor are
 * arguments copied to an isolated child. Other hosts get bytes, as always. So a call takes it like any other memory, and gives the same.
 *
 *     double *speeds = rp_alloc(pool, n * sizeof *speeds, &error), *energies = rp_alloc(pool, n * sizeof *energies, &error);
 *     rp_map(pool, energy_task, energies, n, RP_COLUMN(speeds), NULL, &error);
 *     rp_free(speeds);
 *
 * Nothing is left behind when a process dies, as the memory has no name in any file system. Where ranks can't have each other's memory, as
 * in some containers, they get bytes; `rankpool info` says so.
 */
#ifndef RANKPOOL_MEMORY_H
#define RANKPOOL_MEMORY_H

#include <rankpool/pool.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Allocates `bytes` bytes, all 0, at the begin of a page. 0 bytes are allowed. The memory is the caller's, to be freed by rp_free; it may
 * be used with any pool of this process, and outlives them. Blocks for as long as the system needs to find the memory, which is there
 * when this returns: a lack of it is an error here, not a crash at its first use.
 *
 * Any column and any results may lie in it, at any place: RP_COLUMN, RP_FIELD, RP_INTO. Not what an rp_bytes or a string points to; that is
 * copied. Calls may write results over their own arguments, if item i needs no other argument than its own; but such an item can't be
 * tried again (see the option retries) once it has written its result.
 *
 * NULL: it failed, and `*error` says why: RP_USAGE (the pool is NULL); RP_NO_MEMORY (the text says how much there is); RP_SYSTEM. Any
 * thread of the process that opened the pool.
 */
RP_API void *rp_alloc(rp_pool *pool, size_t bytes, rp_error *error);

/*
 * Copies `bytes` bytes to memory that never changes: one copy for each host, sent there once. Blocks until it is there. What is in it may
 * be an argument of any number of calls, whole or in part: RP_CONSTANT_AT(table) for a struct or a fixed array,
 * RP_CONSTANT(((rp_bytes){table, bytes})) for bytes, also bound, and RP_COLUMN(table) for an array of items. Writing to it is an error that
 * ends the process. The memory is the caller's, to be freed by rp_free; also while calls use it as constants: then it goes with the last of
 * them. It may be used with any pool of this process, and outlives them.
 *
 * A constant of more than 1 MiB is shared in this way for the time of its call; so making the call, in async forms too, blocks until other
 * hosts have it. rp_share is for constants that more than one call needs.
 *
 * NULL: it failed, and `*error` says why: RP_USAGE (the pool is NULL; there are bytes and `data` is NULL); RP_NO_MEMORY (the text says how
 * much there is, and where); RP_SYSTEM; RP_LOST. Any thread of the process that opened the pool, but no task.
 */
RP_API const void *rp_share(rp_pool *pool, const void *data, size_t bytes, rp_error *error);

/* Frees memory of rp_alloc, which no call may use any more, or of rp_share. Any other address, and NULL, does nothing. Any thread. Doesn't
 * need the pool, which may be gone. */
RP_API void rp_free(const void *memory);

#ifdef __cplusplus
}
#endif
#endif
