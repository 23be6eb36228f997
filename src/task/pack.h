/*
 * pack.h: items, results and failures as bytes that go to another process, in a message between ranks or in memory shared with a
 * child. Both sides run the same program on machines with the same byte order and types. Unpacking trusts no size that it reads.
 */
#ifndef RPI_TASK_PACK_H
#define RPI_TASK_PACK_H

#include "base/regions.h"
#include "task/batch.h"
#include "task/failure.h"

enum { RPI_PACK_ALIGNMENT = 16 }; /* where a packed object begins is a multiple of this */

/* SIZE_MAX stays as it is. */
static inline size_t rpi_pack_align(size_t at)
{
    if (at > SIZE_MAX - RPI_PACK_ALIGNMENT) return SIZE_MAX;
    return (at + RPI_PACK_ALIGNMENT - 1) / RPI_PACK_ALIGNMENT * RPI_PACK_ALIGNMENT;
}

/* Items first … first + count - 1 of the batch (offsets), column by column; constants and ranges take no room, nor do columns in `without`:
 * bit k for column k. SIZE_MAX: they are more than memory can hold. */
size_t rpi_pack_items_size(const rpi_batch *batch, uint64_t first, uint64_t count, unsigned without);
void rpi_pack_items(char *to, const rpi_batch *batch, uint64_t first, uint64_t count, unsigned without);
/* Points the views of the batch into `from`, which must stay. `tables` has room for rpi_unpack_tables_size, and must stay too: items of
 * bytes are looked up there. NULL: in `from`, which is then written to. False: `from` is shorter than its contents say. */
bool rpi_unpack_items(char *from, size_t size, uint64_t count, rpi_batch *batch, void *tables, unsigned without);
size_t rpi_unpack_tables_size(const rp_task *task, uint64_t count);

/* Results of emitting tasks. Results of a fixed size need no packing. */
size_t rpi_pack_emitted_size(const rpi_batch *batch);
void rpi_pack_emitted(char *to, const rpi_batch *batch);
/* Unpacks `count` results, fixed or emitted, into the batch from offset `first` on. False: no memory, or `from` is too short. */
bool rpi_unpack_results(const char *from, size_t size, uint64_t count, rpi_batch *batch, uint64_t first);

size_t rpi_pack_failures_size(const rpi_failure *failures, uint64_t *n);
void rpi_pack_failures(char *to, const rpi_failure *failures);
/* Adds n failures to the batch. RP_OK; RP_NO_MEMORY; RP_SYSTEM: `from` is too short, or a failure isn't of this batch. */
rp_status rpi_unpack_failures(const char *from, size_t size, uint64_t n, rpi_batch *batch);

#endif
