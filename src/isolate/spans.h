/*
 * spans.h: which items of a batch a body (body.h) is handed next, and how many at a time. Pure: the runner claims grains, and carries spans
 * there and back.
 *
 * Spans come from what was left over by a request that ended early, else from the grain that was claimed last.
 */
#ifndef RPI_ISOLATE_SPANS_H
#define RPI_ISOLATE_SPANS_H

#include "task/work.h"

enum { RPI_MOST_LEFT = 16 };

/* A grain to cut spans from takes at least so long where items are short: some hundred times what handing a span over costs, with its two
 * wake-ups on cores that are all busy. */
#define RPI_SPAN_S 4e-3

typedef struct rpi_span {
    uint64_t begin, end; /* offsets in the batch */
} rpi_span;

typedef struct rpi_spans {
    const rpi_batch *batch; /* borrowed */
    rpi_span grain, left[RPI_MOST_LEFT];
    unsigned n_left;
} rpi_spans;

static inline uint64_t rpi_span_length(rpi_span span) { return span.end - span.begin; }

/* A batch of which no grain was claimed yet. */
void rpi_spans_begin(rpi_spans *spans, const rpi_batch *batch);

/* What wasn't run of a span that was out; it may be empty. Of RPI_REQUESTS spans out at a time, each may leave one. */
void rpi_spans_keep_left(rpi_spans *spans, rpi_span left);

/* Whether there are items to take; those at or above the work's limit are dropped. */
bool rpi_spans_have(rpi_spans *spans);

/* A grain was claimed; only when there were no items. */
void rpi_spans_add_grain(rpi_spans *spans, rpi_span grain);

/* Takes the next span, for a body that shall be given at most so many items, 1 or more; only when there are items. Where too much is left
 * over already, it isn't cut for that. */
rpi_span rpi_spans_take(rpi_spans *spans, uint64_t most_items);

/* Whether a span may wait behind one that runs. Items that take long may not: another worker may be idle meanwhile. */
bool rpi_spans_may_wait(const rpi_spans *spans);

#endif
