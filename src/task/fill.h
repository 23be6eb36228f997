/* fill.h: many numbers of a series at once, faster than a short kernel reads them. For computed.c. */
#ifndef RPI_TASK_FILL_H
#define RPI_TASK_FILL_H

#include <rankpool/task.h>

/* Writes the integers first, first + step, … as n numbers of an arithmetic type that holds all of them exactly. `to` is aligned to the
 * type. */
void rpi_fill_integers(rp_type type, int64_t first, int64_t step, size_t n, void *to);

/* Writes start + k * step for the n integers k from `first` on: the same bits as this expression gives. */
void rpi_fill_spaced(double start, double step, uint64_t first, size_t n, double *to);

#endif
