/*
 * call.h: giving work to a pool: what all calls have in common. The calls themselves are in map.h, imap.h and reduce.h. Their names and
 * semantics are those of Python's multiprocessing.pool.Pool.
 *
 * map takes items of one argument, starmap one column for each argument. Both put result i at results[i], in whatever order the items ran.
 * imap and istarmap give the results one by one while other items still run. Arguments may be bound in front (functools.partial): `bound`
 * in the options gives the first arguments, the items give the others.
 *
 * All may be called from any thread of the process that opened the pool, several at once. The chunks of the calls start in the order of the
 * calls. `options` and `error` may be NULL; rankpool.h says what NULL does elsewhere.
 *
 * All return RP_OK; RP_USAGE (the columns don't fit the task's arguments; a pointer is NULL that must not be); RP_CLOSED (the pool takes
 * no more calls); RP_NO_MEMORY. The blocking calls (apply, map, starmap, reduce) also return RP_FAILED (an item failed, `*error` names the
 * failed item of the lowest index), RP_CANCELLED (the pool was terminated meanwhile), RP_LOST (as rp_result_get). A task must not make a
 * blocking call on its own pool: RP_USAGE.
 */
#ifndef RANKPOOL_CALL_H
#define RANKPOOL_CALL_H

#include <rankpool/completions.h>
#include <rankpool/imap.h>
#include <rankpool/map.h>
#include <rankpool/reduce.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One of the two callbacks of a call is called, exactly once, from a thread of the pool that does nothing but call callbacks. `callback` is
 * called as soon as the whole result is there, with `error` NULL. `error_callback` is called when the call failed or was cancelled; `error`
 * says how and is valid during the call. Both may use the pool, but not join it. `result` is the handle that the async call gave. Return
 * values other than 0 are counted, see rp_pool_callback_failures. When rp_result_wait or rp_result_get says that the call is finished, its
 * callback has returned, as in Python; except where they are called in a callback of the pool, and with the option callbacks_apart. */
typedef int rp_callback(rp_result *result, const rp_error *error, void *argument);

/* How far a call is. */
typedef struct rp_progress_info {
    uint64_t completed; /* items that are finished, with a result or a failure; never less than before */
    uint64_t failed;    /* of them */
    uint64_t total;     /* UINT64_MAX: not known */
    double elapsed_s;   /* since the call was made */
    double rate;        /* items a second, lately; 0: not known */
    double left_s;      /* how long the others will take, as the rate is now; negative: not known */
    int64_t is_over;    /* 1: the call is finished, however it ended, and this is the last time; else 0 */
} rp_progress_info;

/* Tells how far a call is, blocking or not, map or iterator. Called from the thread of the callbacks: never at two places at once, every
 * progress_callback_s while the call runs, if no other callback keeps that thread longer, and once at its end, before the callback of the
 * result. Times that a slow callback has missed are left out. It may use the pool and cancel calls, but must not wait for its own call.
 * Returns 0; any other value cancels the call, as rp_result_cancel. `info` is valid during the call. */
typedef int rp_progress_callback(const rp_progress_info *info, void *argument);

/* `retries` of a call that tries no item again, whatever its pool does. */
#define RP_NO_RETRIES UINT32_MAX

/* In which order rp_reduce folds results: one that depends on the number of items alone, or as they come. */
typedef enum rp_reduce_order { RP_ORDER_FIXED = 0, RP_ORDER_ANY } rp_reduce_order;

/* What a worker runs: `count` items from `first` on; count 0: nothing. */
typedef struct rp_begun {
    uint64_t first, count; /* an index, and a number of items */
} rp_begun;

/* Several ranks that go on after a loss (rp_on_lost): `count` items from `first` on were with `rank` when it was lost, and one of them may
 * be what it died of. Called before they go to others, and for each rank that an item was with. By one thread of the library at a time,
 * which waits for it. It must not use the pool. */
typedef void rp_items_lost(void *argument, uint64_t first, uint64_t count, int rank);

/*
 * Calls with a key, in a pool with a journal (rp_pool_options). A program that is started again and makes the same calls finds what became
 * of their items, and runs the others. The first call of a key finds what the first one of that key had, the second one what the second
 * had, and so on; so calls of one key have to be made in one order. apply, map, starmap, imap, istarmap and all their forms may have a key.
 * Results of a fixed size are kept, and emitted bytes. rp_reduce has no results of items to keep: RP_USAGE.
 *
 * What differs. RP_USAGE, naming it: the journal has under the key a call of another task, with other types of arguments or result, or
 * another number of items, where that is known. A source that is a function may give more items than before. An item is known by its index
 * and by the bytes of its arguments, constants too; of a struct also those between its members. One that isn't the same: see rp_resume.
 *
 * Failures. A failed item stays failed, with its error, unless the pool's retry_failed is set; under the policy stop the call then ends as
 * it did before. An item that couldn't be run (RP_CAUSE_SYSTEM), or was lost with its rank, is run again. Retries count anew each time the
 * program is started; rp_attempt() counts over all. An item with which the client's process, or its rank, died three times has failed, with
 * the cause RP_CAUSE_CRASH. In a pool of one process each worker says at once which items it has taken, so only these are held to account.
 * With several ranks, isolation, a time-out or overlapping items all of a chunk counts from when it is sent out: a process that dies in the
 * first 0.2 s after that may not have said so; that is made up for by the next run, which says so before each chunk.
 *
 * What is safe. Items are recorded when their chunk has ended, with all tries of its items. What was recorded is in the journal's file
 * within 0.2 s, where it is safe when the process is killed, and on the disk within 2 s more. When a blocking call returns, an async one is
 * finished, or an iterator gives RP_END, all its items are in the file. An iterator doesn't wait for the file before it gives a result:
 * when the process is killed then, the item may run again and its result be given again. rp_pool_sync_journal waits. So each result counts
 * once, but what an item does besides may be done more than once.
 *
 * Errors. When the journal can't be written any more, the call ends: what runs is finished, nothing new starts. It returns RP_SYSTEM, or
 * RP_LOST where another program has taken the journal, with `error->item` -1 and a text that says so. What was in the file stays. RP_SYSTEM
 * too, when what an earlier run has written can't be read.
 */
/* All fields: 0 or NULL means the default. Options that a pool has too then count as they are in the pool. Their ranges are those of the
 * pool; NAN, negative numbers and a limit of failures with RP_ON_ERROR_STOP are RP_USAGE. */
typedef struct rp_call_options {
    rp_schedule schedule;        /* auto: as the pool */
    uint64_t chunk;              /* items; with auto a number makes the schedule fixed */
    uint64_t window;             /* items; imap and istarmap only */
    rp_on_error on_error;        /* default: as the pool */
    uint64_t max_failures;       /* this and the next both 0: as the pool */
    double max_failures_percent; /* of the items, see rp_pool_options */
    unsigned retries; /* 0: as the pool; RP_NO_RETRIES: none. With imap and istarmap a chunk waits for the retries of its items */
    double timeout_s; /* 0: as the pool; negative: none */
    rp_columns bound; /* constants for the first arguments of the task; copied */
    /* map, starmap: room for one status an item: RP_OK, RP_FAILED, RP_LOST or RP_CANCELLED. When the call is stopped or cancelled early,
     * all items from the one on where it stopped get RP_CANCELLED, whether they had run or not. A cancelled call stops at its first item.
     * Written when the call is finished. Borrowed until then. */
    rp_status *statuses;
    rp_callback *callback;                   /* async calls only */
    rp_callback *error_callback;             /* the same, for a call that failed */
    void *callback_argument;                 /* what both are given */
    rp_reduce_order reduce_order;            /* this and the next two: rp_reduce only, see reduce.h */
    const void *initial;                     /* copied */
    uint64_t *reduced;                       /* borrowed until the call is finished */
    rp_completions *completions;             /* async calls: the set that the call joins as it starts, see completions.h */
    void *tag;                               /* which rp_completions_next gives with it */
    rp_progress_callback *progress_callback; /* not in a blocking call that is made in a callback of the pool: RP_USAGE */
    void *progress_argument;                 /* what it is given */
    double progress_callback_s;              /* between two calls of it; 0: 0.1 */
    /* Room for so many failures, the first by index. Written when the call is finished. Those behind the last one are unchanged. Blocking
     * and async calls, not imap and istarmap. Borrowed until the call is finished. */
    rp_error *failures;
    uint64_t failures_room;  /* how many `failures` has room for */
    uint64_t *n_failures;    /* is set to how many there were, whatever the room */
    int64_t callbacks_apart; /* 1: rp_result_wait and rp_result_get don't wait for the callbacks of the call */
    uint64_t seed;           /* for rp_item_seed (task.h); 0: made of the pool's seed and the number of the call in its pool */
    /* Room for n_begun workers of the client's process, in the order of their numbers: each writes there what it claims, before it runs it.
     * In memory that outlives the process, it tells what the process died with. Borrowed until the call is finished. */
    rp_begun *begun;
    unsigned n_begun; /* how many `begun` has room for */
    /* imap and istarmap of items that a function makes: where it tells of the item that it has just made (source.h). Borrowed until the
     * call is finished. NULL: items are 0, 1, 2 … */
    const rp_source_place *place;
    /* The name of the call in the pool's journal, see above; NULL, or a pool without a journal: the call isn't in it. Copied */
    const char *key;
    rp_items_lost *items_lost; /* NULL: not wanted */
    void *items_lost_argument; /* its `argument`; borrowed */
    /* Beside `place`: with how many ranks or processes the item has died before that was just made. They count as if it had been with so
     * many ranks of this call: from 1 on the client's rank gets it only when no other one has workers, and when three have died with it, it
     * has failed. Borrowed until the call is finished. NULL: with none. */
    const unsigned *n_died;
} rp_call_options;

/* How many callbacks of this pool returned something other than 0. Any thread. Doesn't block. */
RP_API uint64_t rp_pool_callback_failures(const rp_pool *pool);

/* How many items failed in the finished calls of this pool, also in calls whose result nobody asked for. Any thread. Doesn't block. */
RP_API uint64_t rp_pool_failures(const rp_pool *pool);

#ifdef __cplusplus
}
#endif

#include <rankpool/sized.h>

#if defined(__cplusplus) && __cplusplus >= 201703L
#include <rankpool/cxx/calls.hpp>
#endif
#endif
