/* accumulator.c: see accumulator.h. */
#include "task/accumulator.h"

#include "base/huge_pages.h"

#include <stdlib.h>
#include <string.h>

static bool is_of_bytes(const rp_fold *fold) { return fold->flags & RP_FOLD_OF_BYTES; }

void *rp_accumulator_data(const rp_accumulator *accumulator) { return accumulator ? accumulator->data : NULL; }
size_t rp_accumulator_size(const rp_accumulator *accumulator) { return accumulator ? accumulator->size : 0; }

void *rp_accumulator_resize(rp_accumulator *accumulator, size_t size)
{
    if (!accumulator) return NULL;
    if (size > accumulator->capacity) {
        size_t capacity = size / 2 < accumulator->capacity ? 2 * accumulator->capacity : size;
        char *grown = realloc(accumulator->data, capacity);
        if (!grown) {
            accumulator->failed = true;
            return NULL;
        }
        accumulator->data = rpi_huge_pages_for(grown, capacity);
        accumulator->capacity = capacity;
    }
    if (size > accumulator->size) memset(accumulator->data + accumulator->size, 0, size - accumulator->size);
    accumulator->size = size;
    return size ? accumulator->data : NULL;
}

size_t rpi_accumulator_size(const rp_fold *fold) { return is_of_bytes(fold) ? sizeof(rp_accumulator) : fold->accumulator_size; }

void rpi_accumulator_fini(const rp_fold *fold, void *accumulator)
{
    if (is_of_bytes(fold)) free(((rp_accumulator *)accumulator)->data);
}

bool rpi_accumulator_failed(const rp_fold *fold, const void *accumulator)
{
    return is_of_bytes(fold) && ((const rp_accumulator *)accumulator)->failed;
}

rp_bytes rpi_accumulator_bytes(const rp_fold *fold, const void *accumulator)
{
    const rp_accumulator *own = accumulator;
    return is_of_bytes(fold) ? (rp_bytes){own->data, own->size} : (rp_bytes){accumulator, fold->accumulator_size};
}

bool rpi_accumulator_fill(const rp_fold *fold, void *accumulator, rp_bytes bytes)
{
    if (!is_of_bytes(fold) && bytes.size != fold->accumulator_size) return false;
    void *to = is_of_bytes(fold) ? rp_accumulator_resize(accumulator, bytes.size) : accumulator;
    if (bytes.size > 0 && !to) return false;
    if (bytes.size > 0) memcpy(to, bytes.data, bytes.size);
    return true;
}
