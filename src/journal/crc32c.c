/*
 * crc32c.c: see crc32c.h. The instruction has to wait three cycles for its own result. So long data is taken in three stripes at a time,
 * and their registers are put together: the register of two stripes is that of the first, moved over as many zeros as the second is long,
 * xor that of the second. The move is linear in the register's bits, and made by a table of each of its bytes.
 */
#include "journal/crc32c.h"

#include <endian.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#if defined __x86_64__
#include <nmmintrin.h>
#endif

enum { WORD = sizeof(uint64_t), STRIPE = 1024, STRIPES = 3 };
#define POLYNOMIAL UINT32_C(0x82f63b78) /* bits reversed */

/* Filled once, and constant from then on. */
static struct {
    uint32_t bytes[WORD][256]; /* [k]: a byte with k zero bytes behind it */
    uint32_t moved[4][256];    /* [k]: byte k of a register, moved over a stripe of zeros */
    bool has_instruction;
} tables;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint32_t over_zeros(uint32_t value, unsigned n_bytes)
{
    for (; n_bytes > 0; n_bytes--) value = (value >> 8) ^ tables.bytes[0][value & 0xff];
    return value;
}

static void fill_moved(void)
{
    uint32_t bits[32];
    for (unsigned bit = 0; bit < 32; bit++) bits[bit] = over_zeros(UINT32_C(1) << bit, STRIPE);
    for (unsigned place = 0; place < 4; place++)
        for (unsigned byte = 0; byte < 256; byte++)
            for (unsigned bit = 0; bit < 8; bit++)
                if (byte >> bit & 1) tables.moved[place][byte] ^= bits[8 * place + bit];
}

static void fill(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t value = byte;
        for (int bit = 0; bit < 8; bit++) value = (value >> 1) ^ (value & 1 ? POLYNOMIAL : 0);
        tables.bytes[0][byte] = value;
    }
    for (unsigned k = 1; k < WORD; k++)
        for (unsigned byte = 0; byte < 256; byte++) tables.bytes[k][byte] = over_zeros(tables.bytes[0][byte], k);
    fill_moved();
#if defined __x86_64__
    tables.has_instruction = __builtin_cpu_supports("sse4.2");
#endif
}

static uint64_t word_at(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, WORD);
    return le64toh(word);
}

static uint32_t by_tables(uint32_t value, const uint8_t *at, size_t size)
{
    for (; size >= WORD; size -= WORD, at += WORD) {
        uint64_t word = word_at(at) ^ value;
        value = 0;
        for (unsigned k = 0; k < WORD; k++) value ^= tables.bytes[WORD - 1 - k][word >> (8 * k) & 0xff];
    }
    for (; size > 0; size--) value = (value >> 8) ^ tables.bytes[0][(value ^ *at++) & 0xff];
    return value;
}

uint32_t rpi_crc32c_by_tables(uint32_t seed, const void *data, size_t size)
{
    (void)pthread_once(&once, fill);
    return ~by_tables(~seed, data, size);
}

#if defined __x86_64__
static uint64_t moved(uint64_t value)
{
    return tables.moved[0][value & 0xff] ^ tables.moved[1][value >> 8 & 0xff] ^ tables.moved[2][value >> 16 & 0xff] ^
           tables.moved[3][value >> 24 & 0xff];
}

__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t value, const uint8_t *at, size_t size)
{
    uint64_t first = value;
    for (; size >= STRIPES * STRIPE; size -= STRIPES * STRIPE, at += STRIPES * STRIPE) {
        uint64_t second = 0, third = 0;
        for (size_t i = 0; i < STRIPE; i += WORD) {
            first = _mm_crc32_u64(first, word_at(at + i));
            second = _mm_crc32_u64(second, word_at(at + STRIPE + i));
            third = _mm_crc32_u64(third, word_at(at + 2 * STRIPE + i));
        }
        first = moved(moved(first) ^ second) ^ third;
    }
    for (; size >= WORD; size -= WORD, at += WORD) first = _mm_crc32_u64(first, word_at(at));
    uint32_t rest = (uint32_t)first;
    for (; size > 0; size--) rest = _mm_crc32_u8(rest, *at++);
    return rest;
}
#else
static uint32_t by_instruction(uint32_t value, const uint8_t *at, size_t size) { return by_tables(value, at, size); }
#endif

uint32_t rpi_crc32c(uint32_t seed, const void *data, size_t size)
{
    (void)pthread_once(&once, fill);
    return ~(tables.has_instruction ? by_instruction(~seed, data, size) : by_tables(~seed, data, size));
}
