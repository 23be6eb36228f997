/* work_messages.h: the messages that carry a call, its items and their results: CALL, WORK and DONE. */
#ifndef RPI_CLUSTER_WORK_MESSAGES_H
#define RPI_CLUSTER_WORK_MESSAGES_H

#include "cluster/message.h"
#include "task/batch.h"

/* Makes a CALL: the task's name and the columns that aren't arrays. NULL: no memory. */
rpi_message *rpi_call_message_pack(uint64_t pool, const rpi_work *work);
/* Fills in a work from the message, and copies the constants. RP_OK, RP_USAGE (no such task), RP_NO_MEMORY. */
rp_status rpi_call_message_unpack(const rpi_message *message, rpi_work *work, rp_error *error);

/* Makes a WORK: `count` items of the batch from offset `first` on, packed column by column. The caller fills in call, chunk, schedule and
 * grain_size. Large items that are one array without gaps are borrowed, and must stay until the DONE. NULL: no memory. */
rpi_message *rpi_work_message_pack(uint64_t pool, const rpi_batch *batch, uint64_t first, uint64_t count);
/* Points the batch's views into the data, which must stay. False: there is less data than the header says. */
bool rpi_work_message_unpack(rpi_message *message, rpi_batch *batch);

/* Makes a DONE. Its data begins with room for the results of `count` items, and `*results` points there. Emitted results get an array of
 * their own instead (freed by rpi_done_message_drop_results), and are packed by _finish. NULL: no memory. */
rpi_message *rpi_done_message_create(uint64_t pool, const rpi_work *work, uint64_t count, char **results);
/* Adds emitted results and failures. Returns the message, which may have moved. NULL: no memory, and the message is freed. */
rpi_message *rpi_done_message_finish(rpi_message *message, rpi_batch *batch);
void rpi_done_message_drop_results(const rpi_batch *batch);
/* Where the large data of a DONE can be received directly: in the batch, from offset `first` on. NULL: it doesn't hold just the results of
 * `count` items, and has to be unpacked. */
char *rpi_done_message_destination(const rpi_header *header, const rpi_batch *batch, uint64_t first, uint64_t count);
/* Copies the results into the batch from offset `first` on, unless they were received there, and adds the failures. False: no memory, or
 * there is less data than the header says. */
bool rpi_done_message_unpack(const rpi_message *message, rpi_batch *batch, uint64_t first);

#endif
