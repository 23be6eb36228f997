/*
 * index.c: see index.h. A block has the items of BLOCK indices, each field in an array of its own. Numbers of tries are rare, and have
 * memory only in blocks that need them.
 */
#include "journal/index.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BITS = 12, BLOCK = 1 << BLOCK_BITS, FEWEST_SLOTS = 64 };
enum { OUTCOME = 3, OUT = 4, HASHED = 8, CRASHES_AT = 4, MOST_CRASHES = 3, CRASHES = MOST_CRASHES << CRASHES_AT, VISITED = 64 };
/* What is handed out to be run at once is far less. A longer range is one that nobody can have written. */
#define MOST_BEGUN (UINT64_C(1) << 24)

struct rpi_index_block {
    uint64_t number; /* of its first item, / BLOCK */
    uint32_t n_out;
    uint16_t *tries; /* NULL: none has any */
    uint64_t hashes[BLOCK];
    uint32_t frames[BLOCK];
    uint8_t flags[BLOCK]; /* outcome, OUT, HASHED, crashes */
};

void rpi_index_init(rpi_index *index) { *index = (rpi_index){0}; }

void rpi_index_fini(rpi_index *index)
{
    for (size_t i = 0; i < index->n_slots; i++) {
        if (index->slots[i]) free(index->slots[i]->tries);
        free(index->slots[i]);
    }
    free(index->slots);
    rpi_index_init(index);
}

/* The slot of a block, or the free one where it would be. There is always a free one. */
static size_t slot_of(rpi_index_block *const *slots, size_t n_slots, uint64_t number)
{
    size_t at = (size_t)((number * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (n_slots - 1);
    while (slots[at] && slots[at]->number != number) at = (at + 1) & (n_slots - 1);
    return at;
}

static rpi_index_block *find_block(const rpi_index *index, uint64_t number)
{
    return index->n_slots > 0 ? index->slots[slot_of(index->slots, index->n_slots, number)] : NULL;
}

static bool grow(rpi_index *index)
{
    if (2 * (index->n_blocks + 1) <= index->n_slots) return true;
    size_t n_slots = index->n_slots > 0 ? 2 * index->n_slots : FEWEST_SLOTS;
    rpi_index_block **slots = calloc(n_slots, sizeof(rpi_index_block *));
    if (!slots) return false;
    for (size_t i = 0; i < index->n_slots; i++)
        if (index->slots[i]) slots[slot_of(slots, n_slots, index->slots[i]->number)] = index->slots[i];
    free(index->slots);
    index->slots = slots;
    index->n_slots = n_slots;
    return true;
}

static rpi_index_block *add_block(rpi_index *index, uint64_t number)
{
    rpi_index_block *block = grow(index) ? calloc(1, sizeof *block) : NULL;
    if (!block) return NULL;
    block->number = number;
    index->slots[slot_of(index->slots, index->n_slots, number)] = block;
    index->n_blocks++;
    return block;
}

/* The block of an item, new if need be. NULL: no memory. */
static rpi_index_block *block_of(rpi_index *index, uint64_t item)
{
    uint64_t number = item >> BLOCK_BITS;
    if (index->last && index->last->number == number) return index->last;
    rpi_index_block *block = find_block(index, number);
    if (!block) block = add_block(index, number);
    if (block) index->last = block;
    return block;
}

static void set_out(rpi_index_block *block, size_t k, bool is_out)
{
    bool was_out = block->flags[k] & OUT;
    if (is_out == was_out) return;
    block->flags[k] ^= OUT;
    if (is_out) block->n_out++;
    else block->n_out--;
}

static void add_crash(uint8_t *flags)
{
    if ((*flags & CRASHES) != CRASHES) *flags = (uint8_t)(*flags + (1 << CRASHES_AT));
}

/* Tries of several runs are counted on by who writes them, so the highest number is the last. */
static bool set_tries(rpi_index_block *block, size_t k, const rpi_journal_record *record)
{
    unsigned attempt = record->attempt;
    if (!block->tries && (attempt == 0 || (attempt == 1 && record->kind != RPI_RECORD_RETRY))) return true;
    if (!block->tries) block->tries = calloc(BLOCK, sizeof *block->tries);
    if (!block->tries) return false;
    if (attempt > block->tries[k]) block->tries[k] = (uint16_t)(attempt < UINT16_MAX ? attempt : UINT16_MAX);
    return true;
}

static void count_outcome(rpi_index *index, unsigned outcome, bool is_there)
{
    uint64_t *count = outcome == RPI_OUTCOME_DONE ? &index->n_done : outcome == RPI_OUTCOME_FAILED ? &index->n_failed : NULL;
    if (count && is_there) ++*count;
    else if (count) --*count;
}

/* The first success of an item with these bytes stays; a failure gives way to a success, and to a later failure. An item that has changed
 * begins anew. */
static void set_outcome(rpi_index *index, rpi_index_block *block, size_t k, const rpi_journal_record *record, uint32_t frame)
{
    bool is_same = (block->flags[k] & HASHED) && block->hashes[k] == record->hash.words[0];
    unsigned before = block->flags[k] & OUTCOME;
    set_out(block, k, false);
    if (is_same && before == RPI_OUTCOME_DONE) return;
    if (!is_same) block->flags[k] = 0;
    unsigned outcome = record->kind == RPI_RECORD_DONE ? RPI_OUTCOME_DONE : RPI_OUTCOME_FAILED;
    count_outcome(index, before, false);
    count_outcome(index, outcome, true);
    block->flags[k] = (uint8_t)((block->flags[k] & (unsigned)~OUTCOME) | HASHED | outcome);
    block->hashes[k] = record->hash.words[0];
    block->frames[k] = frame;
}

static rp_status apply_to_item(rpi_index *index, const rpi_journal_record *record, uint32_t frame, rp_error *error)
{
    rpi_index_block *block = block_of(index, record->index);
    size_t k = record->index & (BLOCK - 1);
    if (!block || !set_tries(block, k, record)) return rpi_error_no_memory(error);
    if (record->kind == RPI_RECORD_DONE || record->kind == RPI_RECORD_FAILED) set_outcome(index, block, k, record, frame);
    else if (record->kind == RPI_RECORD_BEGUN) set_out(block, k, (block->flags[k] & OUTCOME) != RPI_OUTCOME_DONE);
    else set_out(block, k, false);
    if (record->kind == RPI_RECORD_CRASHED) add_crash(&block->flags[k]);
    if (record->index >= index->end) index->end = record->index + 1;
    return RP_OK;
}

static rp_status apply_to_range(rpi_index *index, const rpi_journal_record *record, uint32_t frame, rp_error *error)
{
    rpi_journal_record one = *record;
    uint64_t count = record->hash.words[0];
    rp_status status = RP_OK;
    if (count > MOST_BEGUN || record->index > UINT64_MAX - 1 - count) return RP_OK;
    for (one.attempt = 0; one.index < record->index + count && status == RP_OK; one.index++)
        status = apply_to_item(index, &one, frame, error);
    return status;
}

/* Most records are of an item that succeeded at its first try, and of which nothing else is known but that it had begun. Of ten million
 * records, this is half of the time. False: it isn't one of those, and nothing is done. */
static bool apply_first_success(rpi_index *index, const rpi_journal_record *record, uint32_t frame)
{
    rpi_index_block *block = index->last;
    size_t k = record->index & (BLOCK - 1);
    bool is_plain = record->kind == RPI_RECORD_DONE && record->attempt <= 1 && record->index != UINT64_MAX;
    if (!is_plain || !block || block->number != record->index >> BLOCK_BITS || block->tries || (block->flags[k] & ~OUT)) return false;
    block->n_out -= block->flags[k] == OUT;
    block->flags[k] = HASHED | RPI_OUTCOME_DONE;
    block->hashes[k] = record->hash.words[0];
    block->frames[k] = frame;
    index->n_done++;
    if (record->index >= index->end) index->end = record->index + 1;
    return true;
}

rp_status rpi_index_apply(rpi_index *index, const rpi_journal_record *record, uint32_t frame, rp_error *error)
{
    if (apply_first_success(index, record, frame)) return RP_OK;
    if (record->kind > RPI_RECORD_BEGUN || record->index == UINT64_MAX) return RP_OK;
    if (record->kind == RPI_RECORD_BEGUN) return apply_to_range(index, record, frame, error);
    return apply_to_item(index, record, frame, error);
}

static void end_block(rpi_index_block *block, bool died)
{
    for (size_t k = 0; k < BLOCK && block->n_out > 0; k++) {
        if (!(block->flags[k] & OUT)) continue;
        set_out(block, k, false);
        if (died) add_crash(&block->flags[k]);
    }
}

void rpi_index_end_run(rpi_index *index, bool died)
{
    for (size_t i = 0; i < index->n_slots; i++)
        if (index->slots[i]) end_block(index->slots[i], died);
}

bool rpi_index_find(const rpi_index *index, uint64_t item, rpi_journal_entry *entry)
{
    const rpi_index_block *block = find_block(index, item >> BLOCK_BITS);
    size_t k = item & (BLOCK - 1);
    *entry = (rpi_journal_entry){0};
    if (!block) return false;
    unsigned flags = block->flags[k], outcome = flags & OUTCOME;
    entry->outcome = (rpi_outcome)outcome;
    entry->n_crashes = (flags & CRASHES) >> CRASHES_AT;
    entry->n_tries = block->tries && block->tries[k] > 0 ? block->tries[k] : outcome != RPI_OUTCOME_NONE;
    entry->is_out = flags & OUT;
    entry->has_hash = flags & HASHED;
    entry->hash = block->hashes[k];
    entry->frame = block->frames[k];
    return flags != 0 || entry->n_tries > 0;
}

/* Where a block is missing, the next one that is there has to be looked for; that is rare. */
static uint64_t next_block(const rpi_index *index, uint64_t number)
{
    uint64_t next = UINT64_MAX;
    for (size_t i = 0; i < index->n_slots; i++)
        if (index->slots[i] && index->slots[i]->number >= number && index->slots[i]->number < next) next = index->slots[i]->number;
    return next;
}

uint64_t rpi_index_next(const rpi_index *index, uint64_t item)
{
    rpi_journal_entry entry;
    while (item < index->end) {
        if (rpi_index_find(index, item, &entry)) return item;
        item++;
        if (find_block(index, item >> BLOCK_BITS)) continue;
        uint64_t next = next_block(index, item >> BLOCK_BITS);
        if (next == UINT64_MAX) return UINT64_MAX;
        item = next << BLOCK_BITS;
    }
    return UINT64_MAX;
}

bool rpi_index_visit(rpi_index *index, uint64_t item)
{
    rpi_index_block *block = find_block(index, item >> BLOCK_BITS);
    if (!block || (block->flags[item & (BLOCK - 1)] & VISITED)) return false;
    block->flags[item & (BLOCK - 1)] |= VISITED;
    return true;
}

void rpi_index_unvisit(rpi_index *index)
{
    for (size_t i = 0; i < index->n_slots; i++)
        for (size_t k = 0; index->slots[i] && k < BLOCK; k++) index->slots[i]->flags[k] &= (uint8_t)~VISITED;
}
