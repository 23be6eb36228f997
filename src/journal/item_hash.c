/* item_hash.c: see item_hash.h. */
#include "journal/item_hash.h"

#include <endian.h>
#include <string.h>

enum { BLOCK = 16 };

static uint64_t turned(uint64_t value, unsigned n) { return value << n | value >> (64 - n); }

static uint64_t scattered(uint64_t value, unsigned n, int which)
{
    static const uint64_t factors[2] = {UINT64_C(0x87c37b91114253d5), UINT64_C(0x4cf5ad432745937f)};
    return turned(value * factors[which], n) * factors[1 - which];
}

static void add_words(rpi_item_hash *hash, const uint64_t *words)
{
    uint64_t *h = hash->words;
    h[0] ^= scattered(words[0], 31, 0);
    h[0] = (turned(h[0], 27) + h[1]) * 5 + 0x52dce729;
    h[1] ^= scattered(words[1], 33, 1);
    h[1] = (turned(h[1], 31) + h[0]) * 5 + 0x38495ab5;
}

static uint64_t finished(uint64_t value)
{
    value = (value ^ value >> 33) * UINT64_C(0xff51afd7ed558ccd);
    value = (value ^ value >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return value ^ value >> 33;
}

/* A last block that is short has zeros behind it. */
static void words_at(uint64_t *words, const uint8_t *at, size_t size)
{
    memset(words, 0, BLOCK);
    memcpy(words, at, size);
    words[0] = le64toh(words[0]);
    words[1] = le64toh(words[1]);
}

rpi_item_hash rpi_item_hash_of(const void *data, size_t size)
{
    rpi_item_hash hash = {{0, 0}};
    const uint8_t *at = data;
    size_t left = size;
    uint64_t words[2];
    for (; left >= BLOCK; left -= BLOCK, at += BLOCK) {
        words_at(words, at, BLOCK);
        add_words(&hash, words);
    }
    if (left > 0) {
        words_at(words, at, left);
        hash.words[1] ^= left > 8 ? scattered(words[1], 33, 1) : 0;
        hash.words[0] ^= scattered(words[0], 31, 0);
    }
    uint64_t a = hash.words[0] ^ size, b = hash.words[1] ^ size;
    a += b, b += a;
    a = finished(a), b = finished(b);
    a += b, b += a;
    return (rpi_item_hash){{a, b}};
}
