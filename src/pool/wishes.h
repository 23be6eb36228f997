/*
 * wishes.h: what the options of a call ask for beyond its results: statuses, a list of failures, callbacks, progress. Most calls have none
 * of it, so it is in memory of its own.
 */
#ifndef RPI_POOL_WISHES_H
#define RPI_POOL_WISHES_H

#include "base/list.h"
#include "pool/progress_rate.h"
#include "task/failure.h"

#include <rankpool/call.h>

#include <stdbool.h>

typedef struct rpi_wishes {
    rp_result *call;
    rp_status *statuses;
    rp_error *failures;
    uint64_t failures_room, *n_failures;
    rp_callback *callback, *error_callback;
    void *callback_argument;
    bool callbacks_apart;
    rp_progress_callback *progress;
    void *progress_argument;
    uint64_t interval_ns;
    /* of the notifier's thread: how fast the call goes */
    rpi_progress_rate rate;
    /* guarded by the notifier's mutex */
    rpi_list_link watched, notified;
    uint64_t due_ns; /* when progress is told next */
} rpi_wishes;

/* Takes them from the options, which may be NULL. `*wishes` is NULL where there are none. RP_OK; RP_USAGE: a number is out of range;
 * RP_NO_MEMORY. */
rp_status rpi_wishes_make(rp_result *call, const rp_call_options *options, rpi_wishes **wishes, rp_error *error);

/* For calls that have no callbacks, and those that have neither statuses nor failures. `wishes` may be NULL. */
void rpi_wishes_drop_callbacks(rpi_wishes *wishes);
void rpi_wishes_drop_lists(rpi_wishes *wishes);

/* Whether the callbacks' thread has to do with it. */
static inline bool rpi_wishes_need_notifier(const rpi_wishes *wishes)
{
    return wishes && (wishes->callback || wishes->error_callback || wishes->progress);
}

/* What became of a call. */
typedef struct rpi_wishes_outcome {
    const rpi_failure *failures;  /* sorted by item */
    const rpi_failure *not_begun; /* items that there was no time for */
    uint64_t n_items, cutoff;
    bool is_cancelled;
} rpi_wishes_outcome;

/* The call is finished: writes statuses and failures. `wishes` may be NULL. */
void rpi_wishes_fill(const rpi_wishes *wishes, const rpi_wishes_outcome *outcome);

#endif
