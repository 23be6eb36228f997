/* pack_partials.c: see pack_partials.h. */
#include "task/pack_partials.h"

#include "base/size.h"
#include "task/accumulator.h"
#include "task/pack.h"

#include <stdlib.h>
#include <string.h>

/* Then the accumulator; or the results of an open block, those that are there: of a fixed size, or the size of each and then their bytes.
 */
typedef struct packed_part {
    int64_t level;
    uint64_t index, present, n, size;
    uint64_t unused;
} packed_part;

static bool emits(const rpi_reduction *reduction) { return reduction->result_type == RP_TYPE_BYTES; }

static const rp_bytes *emitted(const rpi_partial *open, uint64_t i) { return (const rp_bytes *)(const void *)open->value + i; }

/* ---- packing ---- */

static size_t open_size(const rpi_reduction *reduction, const rpi_partial *open)
{
    size_t size = rpi_size_product(open->n, emits(reduction) ? sizeof(uint64_t) : reduction->result_size);
    for (uint64_t i = 0; emits(reduction) && i < reduction->block; i++)
        if (open->present >> i & 1) size = rpi_size_sum(size, emitted(open, i)->size);
    return size;
}

static size_t part_size(const rpi_reduction *reduction, const rpi_partial *part)
{
    if (part->level == RPI_OPEN_BLOCK) return open_size(reduction, part);
    return rpi_accumulator_bytes(reduction->fold, part->value).size;
}

static void pack_emitted(char *sizes, const rpi_reduction *reduction, const rpi_partial *open)
{
    char *to = sizes + open->n * sizeof(uint64_t);
    for (uint64_t i = 0; i < reduction->block; i++) {
        if (!(open->present >> i & 1)) continue;
        uint64_t size = emitted(open, i)->size;
        memcpy(sizes, &size, sizeof size);
        if (size) memcpy(to, emitted(open, i)->data, (size_t)size);
        sizes += sizeof size;
        to += size;
    }
}

static void pack_open(char *to, const rpi_reduction *reduction, const rpi_partial *open)
{
    if (emits(reduction)) {
        pack_emitted(to, reduction, open);
        return;
    }
    for (uint64_t i = 0; i < reduction->block; i++) {
        if (!(open->present >> i & 1)) continue;
        memcpy(to, open->value + i * reduction->result_size, reduction->result_size);
        to += reduction->result_size;
    }
}

size_t rpi_partials_packed_size(const rpi_reduction *reduction, const rpi_partial *part)
{
    size_t size = 0;
    for (; part; part = part->next)
        size = rpi_pack_align(rpi_size_sum(size, rpi_size_sum(sizeof(packed_part), part_size(reduction, part))));
    return size;
}

void rpi_partials_pack(char *to, const rpi_reduction *reduction, const rpi_partial *part)
{
    for (; part; part = part->next) {
        packed_part head = {part->level, part->index, part->present, part->n, part_size(reduction, part), 0};
        memcpy(to, &head, sizeof head);
        rp_bytes value = part->level == RPI_OPEN_BLOCK ? (rp_bytes){NULL, 0} : rpi_accumulator_bytes(reduction->fold, part->value);
        if (part->level == RPI_OPEN_BLOCK) pack_open(to + sizeof head, reduction, part);
        else if (value.size) memcpy(to + sizeof head, value.data, value.size);
        to += rpi_pack_align(sizeof head + (size_t)head.size);
    }
}

/* ---- unpacking ---- */

/* Whether the part is of these items and no others. */
static bool is_within(const packed_part *head, const rpi_reduction *reduction, uint64_t first, uint64_t count)
{
    if (head->n == 0 || head->n > count) return false;
    if (reduction->in_any_order) return head->level == 0 && head->index == 0;
    if (head->level < RPI_OPEN_BLOCK || head->level > 62) return false;
    int shift = head->level > 0 ? (int)head->level : 0;
    uint64_t blocks = (uint64_t)1 << shift, begin, length;
    if (__builtin_mul_overflow(head->index, blocks, &begin) || __builtin_mul_overflow(begin, reduction->block, &begin)) return false;
    if (__builtin_mul_overflow(blocks, reduction->block, &length) || begin >= reduction->n_items) return false;
    if (length > reduction->n_items - begin) length = reduction->n_items - begin;
    if (head->level == RPI_OPEN_BLOCK) {
        if (head->present == 0 || head->n != (uint64_t)__builtin_popcountll(head->present)) return false;
        length = 64 - (uint64_t)__builtin_clzll(head->present);
        if (length > rpi_reduction_block_length(reduction, head->index)) return false;
        uint64_t before = (uint64_t)__builtin_ctzll(head->present);
        begin += before;
        length -= before;
    }
    return begin >= first && length <= count && begin - first <= count - length;
}

static bool unpack_emitted(const char *from, uint64_t size, const rpi_reduction *reduction, rpi_partial *open)
{
    uint64_t at = open->n * sizeof(uint64_t), k = 0;
    if (at > size) return false;
    for (uint64_t i = 0; i < reduction->block; i++) {
        if (!(open->present >> i & 1)) continue;
        uint64_t length;
        memcpy(&length, from + k++ * sizeof length, sizeof length);
        if (length > size - at) return false;
        char *copy = length ? malloc((size_t)length) : NULL;
        if (length && !copy) return false;
        if (copy) memcpy(copy, from + at, (size_t)length);
        ((rp_bytes *)(void *)open->value)[i] = (rp_bytes){copy, (size_t)length};
        at += length;
    }
    return true;
}

static bool unpack_open(const char *from, uint64_t size, const rpi_reduction *reduction, rpi_partial *open)
{
    size_t each = reduction->result_size;
    if (emits(reduction)) return unpack_emitted(from, size, reduction, open);
    if (size != open->n * each) return false;
    for (uint64_t i = 0; i < reduction->block; i++) {
        if (!(open->present >> i & 1)) continue;
        memcpy(open->value + i * each, from, each);
        from += each;
    }
    return true;
}

static bool unpack_one(const packed_part *head, const char *from, rpi_partials *to)
{
    const rpi_reduction *reduction = to->reduction;
    rpi_partial *part = rpi_partial_create(reduction, (int)head->level, head->index);
    if (!part) return false;
    part->present = head->level == RPI_OPEN_BLOCK ? head->present : 0;
    part->n = head->n;
    bool ok = head->level == RPI_OPEN_BLOCK ? unpack_open(from, head->size, reduction, part)
                                            : rpi_accumulator_fill(reduction->fold, part->value, (rp_bytes){from, (size_t)head->size});
    if (ok) rpi_partials_add(to, part);
    else rpi_partial_destroy(reduction, part);
    return ok;
}

bool rpi_partials_unpack(const char *from, size_t size, rpi_partials *to, uint64_t first, uint64_t count)
{
    size_t at = 0;
    while (at < size) {
        packed_part head;
        if (size - at < sizeof head) return false;
        memcpy(&head, from + at, sizeof head);
        if (head.size > size - at - sizeof head || !is_within(&head, to->reduction, first, count)) return false;
        if (!unpack_one(&head, from + at + sizeof head, to)) return false;
        size_t taken = rpi_pack_align(sizeof head + (size_t)head.size);
        if (taken > size - at) return false;
        at += taken;
    }
    return true;
}
