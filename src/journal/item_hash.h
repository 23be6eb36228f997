/*
 * item_hash.h: what an item is known by in the journal, next to its index: a hash of its bytes. Two items with one hash by chance are not
 * to be expected. It is no protection against somebody who looks for them.
 */
#ifndef RPI_JOURNAL_ITEM_HASH_H
#define RPI_JOURNAL_ITEM_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rpi_item_hash {
    uint64_t words[2];
} rpi_item_hash;

/* MurmurHash3 of Austin Appleby, the variant of 128 bits for 64-bit processors, with seed 0. The same on every machine. */
rpi_item_hash rpi_item_hash_of(const void *data, size_t size);

static inline bool rpi_item_hash_same(rpi_item_hash a, rpi_item_hash b) { return a.words[0] == b.words[0] && a.words[1] == b.words[1]; }

#endif
