/*
 * iter_state.h: the state of an iterator, for imap.c (which makes it), window.c (what it sends out) and iterator.c (what it delivers). All
 * but `shared` and `cancelled` belong to the thread that reads.
 */
#ifndef RPI_POOL_ITER_STATE_H
#define RPI_POOL_ITER_STATE_H

#include "pool/iter_chunk.h"
#include "pool/journaled_source.h"
#include "pool/pool.h"

struct rpi_iter_shared {
    rpi_list done;
    const rpi_iter_chunk *wanted; /* what the reader sleeps for; NULL: any chunk */
};

struct rp_iter {
    rp_pool *pool; /* valid until the call is finished */
    rpi_call *call;
    struct rpi_iter_shared shared; /* guarded by the call's mutex */
    rp_source source;
    const rp_source_place *place; /* of the call's options; this and the next */
    const unsigned *n_died;
    rpi_journaled_source journaled; /* what stands in for the source's function, and cuts chunks, where the call has a journal */
    bool pulls;                     /* items come from a function; otherwise from columns */
    bool pulling;                   /* that function runs */
    bool ordered;
    rpi_schedule schedule;
    uint64_t window;            /* 0: follows the size of chunks */
    uint64_t pulled, delivered; /* items */
    uint64_t next;              /* the lowest index that the next item may have */
    rpi_iter_chunk *ahead;      /* with one item, which was pulled and didn't belong to the chunk before; NULL: there is none */
    rp_source_place ahead_place;
    unsigned ahead_n_died;
    int64_t index;
    rpi_list in_order;       /* ordered: chunks that are out or done, in the order of their items */
    rpi_iter_chunk *current; /* being delivered */
    rpi_list idle;           /* chunks to be reused */
    rp_status source_status; /* RP_OK: may have more; RP_AGAIN: has none now; RP_END; or a failure */
    rp_error source_error;
    rpi_failure *held;     /* unordered, with on_error stop: the first failure, until all results are delivered */
    rp_bytes held_emitted; /* what that item emitted, if the task keeps it; owned */
    atomic_bool cancelled; /* by the user */
    bool over;             /* the end was delivered */
    bool at_end;           /* what follows is RP_END: the end was that, a failure under stop, or a failure of the source */
};

static inline bool rpi_iter_source_is_over(const rp_iter *self) { return self->source_status != RP_OK && self->source_status != RP_AGAIN; }

/* Whether all pulled items are delivered. */
static inline bool rpi_iter_nothing_out(const rp_iter *self) { return self->pulled == self->delivered; }

#endif
