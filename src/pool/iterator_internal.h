/*
 * iterator_internal.h: an iterator's state, shared by imap.c (how it comes to be), window.c (what it sends out) and iterator.c (what it
 * delivers). All but `shared` and `cancelled` belong to the thread that reads.
 */
#ifndef RPI_POOL_ITERATOR_INTERNAL_H
#define RPI_POOL_ITERATOR_INTERNAL_H

#include "pool/iter_chunk.h"
#include "pool/pool_internal.h"

struct rpi_iter_shared {
    rpi_list done;
};

struct rp_iter {
    rpi_call *call;
    struct rpi_iter_shared shared; /* guarded by the call's mutex */
    rp_source source;
    bool pulls; /* from a function; otherwise from columns in place */
    bool ordered;
    rpi_schedule schedule;
    uint64_t window; /* 0: follows the chunks */
    uint64_t pulled, delivered;
    int64_t index;
    rpi_list in_order;       /* chunks that are out or done, in the order of their items; unordered: not used */
    rpi_iter_chunk *current; /* being delivered */
    rpi_list idle;           /* chunks to be used again */
    rp_status source_status; /* RP_OK: may have more; RP_AGAIN: has none now; RP_END; a failure */
    rp_error source_error;
    rpi_failure *held;     /* unordered, stop: the first failure, until what succeeded is delivered */
    atomic_bool cancelled; /* by its user */
    bool over;             /* the end was delivered */
};

static inline bool rpi_iter_source_is_over(const rp_iter *self) { return self->source_status != RP_OK && self->source_status != RP_AGAIN; }

/* All that was pulled is delivered. */
static inline bool rpi_iter_nothing_out(const rp_iter *self) { return self->pulled == self->delivered; }

/* window.c. Sends out chunks while the window has room and the source has items. `may_wait`: the reader has no time-out, so when nothing is
 * out the source may take its time. */
void rpi_iter_fill_window(rp_iter *self, bool may_wait);

/* Whether the call takes no more batches. */
bool rpi_iter_is_closed(rp_iter *self);

/* Ends the source with a status that has no text of its own. */
void rpi_iter_fail_source(rp_iter *self, rp_status status);

/* A chunk that is to be used again. */
void rpi_iter_put_back(rp_iter *self, rpi_iter_chunk *chunk);

#endif
