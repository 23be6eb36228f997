/*
 * item_values.h: what an item is known by in a journal, next to its index: a hash of its arguments. Those that aren't constants are hashed
 * one after another, beginning with a hash of the constants and of the task's name. Pure.
 */
#ifndef RPI_POOL_ITEM_VALUES_H
#define RPI_POOL_ITEM_VALUES_H

#include "journal/item_hash.h"
#include "task/batch.h"

typedef struct rpi_item_values {
    rpi_item_hash begin; /* of each item's hash */
    int n;               /* arguments that aren't constants */
    rp_type types[RP_MAX_ARGUMENTS];
    size_t sizes[RP_MAX_ARGUMENTS];
} rpi_item_values;

void rpi_item_values_init(rpi_item_values *self, const rpi_work *work);

/* The hash of an item with these values, one for each argument that isn't a constant. */
rpi_item_hash rpi_item_values_hash(const rpi_item_values *self, const void *const *values);

/* That of the item at an offset of a batch, which has its views. */
rpi_item_hash rpi_item_values_hash_at(const rpi_item_values *self, const rpi_batch *batch, uint64_t offset);

#endif
