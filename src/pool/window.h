/* window.h: what an iterator sends out: chunks, as long as its window has room. In the thread that reads. */
#ifndef RPI_POOL_WINDOW_H
#define RPI_POOL_WINDOW_H

#include "pool/iter_state.h"

/* Sends out chunks while the window has room and the source has items. `may_wait`: the reader has no time-out, so when nothing is
 * out the source may take its time. */
void rpi_iter_fill_window(rp_iter *self, bool may_wait);

/* Whether the call takes no more batches. */
bool rpi_iter_is_closed(rp_iter *self);

/* Ends the source with a status that has no text of its own. */
void rpi_iter_fail_source(rp_iter *self, rp_status status);

/* A chunk that is to be used again. */
void rpi_iter_put_back(rp_iter *self, rpi_iter_chunk *chunk);

#endif
