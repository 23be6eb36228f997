/*
 * crc32c.h: the CRC-32C (Castagnoli), by which a reader of the journal tells what was written from what wasn't. With the instruction of SSE
 * 4.2 where the processor has it, otherwise by tables.
 */
#ifndef RPI_JOURNAL_CRC32C_H
#define RPI_JOURNAL_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* The CRC of `size` bytes. `seed` is 0, or the CRC of what is before them: the CRC of two parts is that of the second, seeded with the
 * first's. Any thread. */
uint32_t rpi_crc32c(uint32_t seed, const void *data, size_t size);

/* The same by tables alone. For tests. */
uint32_t rpi_crc32c_by_tables(uint32_t seed, const void *data, size_t size);

#endif
