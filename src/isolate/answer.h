/*
 * answer.h: what a sandbox says of a request, written so that its worker sees what a task wrote over. Both sides' functions. A task may
 * have written over any of it at any time; that chance makes something that passes the checks is left out of account.
 *
 *     the response's segment    receipts, one for each item; the results, of fixed size or packed; the failure, if an item failed
 *     a receipt                 the sum of the item's result, written when the item ended: the item is finished, and this is its result
 *     the answer                sums of its own fields and of the failure
 */
#ifndef RPI_ISOLATE_ANSWER_H
#define RPI_ISOLATE_ANSWER_H

#include "isolate/checksum.h"
#include "isolate/mailbox.h"
#include "isolate/progress.h"

#include <string.h>

/* Copies what the other side may be changing. What is checked afterwards is the copy, and is what is used. */
static inline void rpi_copy_out(void *to, const void *from, size_t size)
{
    memcpy(to, from, size);
    atomic_signal_fence(memory_order_seq_cst); /* the compiler doesn't read `from` again in place of the copy */
}

/* Where the results begin. */
static inline size_t rpi_answer_results_at(uint64_t count) { return ((size_t)count * sizeof(uint64_t) + 15) / 16 * 16; }

static inline uint64_t rpi_receipt(uint64_t request, uint64_t offset, const void *result, size_t size)
{
    uint64_t seed = rpi_checksum_add(request, offset), word;
    if (size != sizeof word) return rpi_checksum(result, size, seed);
    memcpy(&word, result, sizeof word);
    return rpi_checksum_add(seed, word); /* in a few steps, as most results are words; each side does so for each item */
}

/* Its sum, which its last field has. */
uint64_t rpi_answer_sum(const rpi_answer *answer, uint64_t request);

/* Copies the answer out, and checks it against the number of items. False: it isn't as it was written. */
bool rpi_answer_read(const rpi_mailbox *mailbox, uint64_t request, uint64_t count, rpi_answer *answer);

/* Whether something was written over what surrounds the answers. */
bool rpi_answers_are_touched(const rpi_answers *answers);

#endif
