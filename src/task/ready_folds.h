/* ready_folds.h: the folds that the library has ready (rankpool/fold.h), for the registry. */
#ifndef RPI_TASK_READY_FOLDS_H
#define RPI_TASK_READY_FOLDS_H

#include <rankpool/fold.h>

/* The ready-made fold of that name; NULL: there is none. */
const rp_fold *rpi_ready_fold(const char *name);

#endif
