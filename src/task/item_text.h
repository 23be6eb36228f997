/* item_text.h: an item as text for people, made from its arguments. */
#ifndef RPI_TASK_ITEM_TEXT_H
#define RPI_TASK_ITEM_TEXT_H

#include "task/batch.h"

/* The arguments of item k of the views that weren't bound, with ", " between: numbers as they print, bytes as text in which a '?' stands
 * for what doesn't print, records by their size; shortened with "..." to fit. */
void rpi_item_text(const rpi_work *work, const rp_view *views, uint64_t k, char *text, size_t size);

/* The same for item `offset` of a batch, whose ranges are made up. */
void rpi_item_text_of_batch(const rpi_batch *batch, uint64_t offset, char *text, size_t size);

#endif
