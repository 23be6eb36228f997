/* ready_folds.h: the folds that the library has ready (rankpool/fold.h), for the registry. */
#ifndef RPI_TASK_READY_FOLDS_H
#define RPI_TASK_READY_FOLDS_H

#include <rankpool/fold.h>

/* The ready-made fold of that name; NULL: there is none. */
const rp_fold *rpi_ready_fold(const char *name);

/* The same fold with all its members. A program that was linked with an older library has a copy of a ready-made fold that ends before
 * fold_tree. NULL stays NULL. */
const rp_fold *rpi_ready_fold_whole(const rp_fold *fold);

#endif
