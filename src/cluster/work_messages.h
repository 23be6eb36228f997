/* work_messages.h: the messages that carry a call, its items and their results: CALL, WORK and DONE. */
#ifndef RPI_CLUSTER_WORK_MESSAGES_H
#define RPI_CLUSTER_WORK_MESSAGES_H

#include "cluster/message.h"
#include "task/batch.h"

/* CALL: the task's name and the columns that aren't arrays. NULL: no memory. */
rpi_message *rpi_call_message_pack(uint64_t pool, const rpi_work *work);
/* Fills a work with what the message holds; its constants are copied. RP_OK, RP_USAGE (no such task), RP_NO_MEMORY. */
rp_status rpi_call_message_unpack(const rpi_message *message, rpi_work *work, rp_error *error);

/* WORK: items first … of the batch (offsets), packed column by column; the caller fills in call, chunk, schedule and grain_size. NULL: no
 * memory. Large items that are one array without gaps aren't packed but borrowed: they have to stay until the DONE. */
rpi_message *rpi_work_message_pack(uint64_t pool, const rpi_batch *batch, uint64_t first, uint64_t count);
/* Points the batch's views into the data, which has to stay. False: there is less than the header says. */
bool rpi_work_message_unpack(rpi_message *message, rpi_batch *batch);

/* DONE: room for the results of `count` items is at the beginning of its data, but for emitted ones, which are packed at the end.
 * `results` is where the batch writes them, for emitted ones an array of its own (freed by rpi_done_message_drop_results). NULL: no memory.
 */
rpi_message *rpi_done_message_create(uint64_t pool, const rpi_work *work, uint64_t count, char **results);
/* Adds what isn't known when the chunk starts: emitted results, and failures. Returns the message, which may have moved; NULL: no memory,
 * and the message is freed. */
rpi_message *rpi_done_message_finish(rpi_message *message, rpi_batch *batch);
void rpi_done_message_drop_results(const rpi_batch *batch);
/* Where the large data of a DONE that is still on its way can go: results alone, of so many items as are expected, from offset `first` of
 * the batch on. NULL: it has to be looked at first. */
char *rpi_done_message_destination(const rpi_header *header, const rpi_batch *batch, uint64_t first, uint64_t count);
/* Copies the results into the batch from offset `first` on, unless they are there, and adds the failures. False: no memory, or there is
 * less than the header says. */
bool rpi_done_message_unpack(const rpi_message *message, rpi_batch *batch, uint64_t first);

#endif
