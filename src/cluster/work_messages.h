/* work_messages.h: the messages that carry a call, its items and their results: CALL, WORK and DONE. */
#ifndef RPI_CLUSTER_WORK_MESSAGES_H
#define RPI_CLUSTER_WORK_MESSAGES_H

#include "cluster/message.h"
#include "task/places.h"

/* Makes a CALL: the task's name and the columns that aren't arrays. `namer`: which memory the member can have too; NULL: none. NULL: no
 * memory. */
rpi_message *rpi_call_message_pack(uint64_t pool, const rpi_work *work, const rpi_namer *namer);
/* Fills in a work from the message, and copies or holds the constants. RP_OK, RP_USAGE (no such task), RP_UNSUPPORTED, RP_NO_MEMORY. */
rp_status rpi_call_message_unpack(const rpi_message *message, rpi_work *work, rp_error *error);

/* Makes a WORK: `count` items of the batch from offset `first` on, packed column by column. The caller fills in call, chunk, schedule and
 * grain_size. Large items that are one array without gaps are borrowed, and must stay until the DONE. Columns and results that the member
 * can have too, by `namer`, are named instead. NULL: no memory. */
rpi_message *rpi_work_message_pack(uint64_t pool, const rpi_batch *batch, uint64_t first, uint64_t count, const rpi_namer *namer);
/* Points the batch's views into the data, which must stay, and into regions, which `*held` has; and its results, if they have a place. As
 * rpi_places_unpack. */
rp_status rpi_work_message_unpack(rpi_message *message, rpi_batch *batch, rpi_held *held);
static inline bool rpi_work_message_places_results(const rpi_header *work) { return work->work.placed & RPI_RESULTS_PLACED; }

/* Makes a DONE. Its data begins with room for the results of `count` items, and `*results` points there. Emitted results get an array of
 * their own instead (freed by rpi_done_message_drop_results), and are packed by _finish. Results that are `placed` aren't in it, and
 * `*results` is unchanged; so it is where results are folded, and the batch has partials of its own. NULL: no memory. */
rpi_message *rpi_done_message_create(uint64_t pool, const rpi_work *work, uint64_t count, bool placed, char **results);
/* Adds emitted results, or what is folded, and failures. Returns the message, which may have moved. NULL: no memory, and the message is
 * freed. */
rpi_message *rpi_done_message_finish(rpi_message *message, rpi_batch *batch);
void rpi_done_message_drop_results(rpi_batch *batch);
/* Where the large data of a DONE can be received directly: in the batch, from offset `first` on. NULL: it doesn't hold just the results of
 * `count` items, and has to be unpacked. */
char *rpi_done_message_destination(const rpi_header *header, const rpi_batch *batch, uint64_t first, uint64_t count);
/* Copies the results into the batch from offset `first` on, unless they were received there, or the WORK gave them a place (`placed`); and
 * adds the failures. False: no memory, or there is less data than the header says. */
bool rpi_done_message_unpack(const rpi_message *message, rpi_batch *batch, uint64_t first, bool placed);

#endif
