/*
 * rankpool: a process pool for C, over MPI ranks with OpenMP threads inside each rank. This header includes all public headers
 * except mpi.h and job.h.
 *
 * NULL. Where NULL means something, the comment of the function says so: for options, errors and what is freed, for example. Anywhere else
 * it is an error of the program's, which ends no program: a function that returns an rp_status returns RP_USAGE, with a text where it has
 * an rp_error. One that returns a number or a pointer returns what it would for nothing: 0, -1 for an index, NULL. One that returns nothing
 * does nothing, or zeroes what it fills. This holds for handles, tasks, names, columns and places for results alike. A handle that was
 * freed can't be told from a good one.
 *
 * Waiting for oneself. A task, an initializer and a finish function must not wait for the pool that they run in; a callback must not wait
 * for the end of its pool, nor a source read its own iterator. Where it would never end it is refused as RP_USAGE:
 *
 *     rp_apply, rp_map, rp_starmap, rp_imap…   in a task of the pool
 *     rp_pool_join                             in a task or a callback of the pool. rp_pool_free only terminates it there
 *     rp_result_wait, rp_result_get            in a task of the pool, without a time-out, for a call that isn't finished. rp_result_free
 *                                              only cancels it there, always
 *     rp_iter_next                             in a task of the pool, without a time-out; in the source of the iterator. rp_iter_free only
 *                                              cancels it in either, always
 *
 * What only terminates or cancels leaves the handle valid, to be freed by another thread. All other functions may be called anywhere.
 */
#ifndef RANKPOOL_H
#define RANKPOOL_H

#include <rankpool/call.h>
#include <rankpool/completions.h>
#include <rankpool/error.h>
#include <rankpool/fold.h>
#include <rankpool/imap.h>
#include <rankpool/iterator.h>
#include <rankpool/language.h>
#include <rankpool/main.h>
#include <rankpool/map.h>
#include <rankpool/memory.h>
#include <rankpool/pool.h>
#include <rankpool/prepare.h>
#include <rankpool/reduce.h>
#include <rankpool/report.h>
#include <rankpool/result.h>
#include <rankpool/source.h>
#include <rankpool/task.h>
#include <rankpool/text.h>
#include <rankpool/version.h>

#endif
