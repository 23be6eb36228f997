/* window.h: sends out an iterator's chunks, as long as its window has room. In the thread that reads. */
#ifndef RPI_POOL_WINDOW_H
#define RPI_POOL_WINDOW_H

#include "pool/iter_state.h"

/* Sends out chunks while the window has room and the source has items. `may_wait`: the reader has no time-out, so the source may block when
 * nothing is out. */
void rpi_iter_fill_window(rp_iter *self, bool may_wait);

/* Whether the call is closed and takes no more batches. */
bool rpi_iter_is_closed(rp_iter *self);

/* Ends the source with a status that has no text of its own. */
void rpi_iter_fail_source(rp_iter *self, rp_status status);

/* Keeps a chunk for reuse. */
void rpi_iter_put_back(rp_iter *self, rpi_iter_chunk *chunk);

#endif
