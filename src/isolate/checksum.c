/* checksum.c: see checksum.h. Long data is summed up in four lanes, as a multiplication has to wait for the one before it. */
#include "isolate/checksum.h"

#include <string.h>

enum { WORD = sizeof(uint64_t), LANES = 4, STRIPE = LANES * WORD };

static uint64_t sum_of_rest(const char *at, size_t size, uint64_t sum)
{
    uint64_t word;
    for (; size >= WORD; size -= WORD, at += WORD) {
        memcpy(&word, at, WORD);
        sum = rpi_checksum_add(sum, word);
    }
    word = 0;
    if (size) memcpy(&word, at, size);
    return size ? rpi_checksum_add(sum, word) : sum;
}

uint64_t rpi_checksum(const void *data, size_t size, uint64_t seed)
{
    const char *at = data;
    uint64_t sum = rpi_checksum_add(seed, size), lanes[LANES] = {1, 2, 3, 4}, words[LANES];
    if (size < 2 * STRIPE) return sum_of_rest(at, size, sum);
    for (; size >= STRIPE; size -= STRIPE, at += STRIPE) {
        memcpy(words, at, STRIPE);
        for (int k = 0; k < LANES; k++) lanes[k] = rpi_checksum_add(lanes[k], words[k]);
    }
    for (int k = 0; k < LANES; k++) sum = rpi_checksum_add(sum, lanes[k]);
    return sum_of_rest(at, size, sum);
}
