/*
 * folder.h: folds results where they are made: a part of each worker's context. It has room for the results of one call of the kernel,
 * folds them while they are in the cache, and keeps what it has of neighbouring items. When the worker leaves the batch, that goes to the
 * batch's partials. Results whose places have gaps between them are made in the same room, and copied to their places.
 */
#ifndef RPI_TASK_FOLDER_H
#define RPI_TASK_FOLDER_H

#include "task/partials.h"

typedef struct rpi_folder {
    rpi_partials *to;   /* of the batch; NULL: there is nothing of any batch */
    uint64_t next;      /* the item after those that it has */
    rpi_partial *parts; /* that it has, the last one first: whole blocks and their merges; in any order, one */
    rpi_partial *open;  /* the last block, when not all of it is there */
    rpi_partial *spare; /* parts to be used again, as memory for each block would show; not of bytes */
    char *results;
    size_t room;      /* bytes */
    uint64_t *failed; /* items of the present results that have none */
    size_t n_failed, most_failed;
} rpi_folder;

/* Room for n results, of none of which it is known that it failed. NULL: no memory. */
char *rpi_folder_room(rpi_folder *self, const rp_task *task, uint64_t n);

/* The item has no result. Those of one room come in order. False: no memory. */
bool rpi_folder_leave_out(rpi_folder *self, uint64_t item);

/* Folds the n results in the room, those of the items from `first` on, but for those that were left out. */
void rpi_folder_fold(rpi_folder *self, rpi_partials *to, uint64_t first, uint64_t n);

/* Copies the n results in the room, those of the items from `first` on, to their places, which begin at `to`; but for those that were left
 * out. */
void rpi_folder_scatter(const rpi_folder *self, size_t size, uint64_t first, uint64_t n, char *to, size_t stride);

/* Gives all that it has to the partials, before the worker leaves the batch. */
void rpi_folder_flush(rpi_folder *self);

void rpi_folder_fini(rpi_folder *self);

#endif
