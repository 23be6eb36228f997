/* item_text.h: an item as text for people, made from its arguments. */
#ifndef RPI_TASK_ITEM_TEXT_H
#define RPI_TASK_ITEM_TEXT_H

#include "task/batch.h"

/* Writes the arguments of item k of the views, without the bound ones, with ", " between them. Numbers as they print, bytes and strings as
 * rp_printable shows them, records as their size. Shortened with "..." to fit. */
void rpi_item_text(const rpi_work *work, const rp_view *views, uint64_t k, char *text, size_t size);

/* The same for item `offset` of a batch; the values of ranges are computed. */
void rpi_item_text_of_batch(const rpi_batch *batch, uint64_t offset, char *text, size_t size);

#endif
