/* pack_partials.h: what is folded of a chunk, as bytes that go to another rank. Unpacking trusts no number that it reads. */
#ifndef RPI_TASK_PACK_PARTIALS_H
#define RPI_TASK_PACK_PARTIALS_H

#include "task/partials.h"

/* SIZE_MAX: more than memory can hold. */
size_t rpi_partials_packed_size(const rpi_reduction *reduction, const rpi_partial *first);
void rpi_partials_pack(char *to, const rpi_reduction *reduction, const rpi_partial *first);

/* Adds the parts, which are of `count` items from `first` on. False: no memory, or they aren't; some may have been added. */
bool rpi_partials_unpack(const char *from, size_t size, rpi_partials *to, uint64_t first, uint64_t count);

#endif
