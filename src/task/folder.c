/* folder.c: see folder.h. */
#include "task/folder.h"

#include "base/size.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_TREE = 8, MOST_TREE = 64 };

char *rpi_folder_room(rpi_folder *self, const rp_task *task, uint64_t n)
{
    size_t size = rpi_size_product(n, task->result_size);
    self->n_failed = 0;
    if (size > self->room || !self->results) {
        char *grown = size < SIZE_MAX / 2 ? realloc(self->results, size + 1) : NULL;
        if (!grown) return NULL;
        self->results = grown;
        self->room = size;
    }
    if (task->result_type == RP_TYPE_BYTES) memset(self->results, 0, size);
    return self->results;
}

bool rpi_folder_leave_out(rpi_folder *self, uint64_t item)
{
    if (self->n_failed == self->most_failed) {
        size_t most = self->most_failed ? 2 * self->most_failed : 16;
        uint64_t *grown = realloc(self->failed, most * sizeof *grown);
        if (!grown) return false;
        self->failed = grown;
        self->most_failed = most;
    }
    self->failed[self->n_failed++] = item;
    return true;
}

/* ---- what it keeps ---- */

/* A part for a whole block, whose accumulator isn't anything yet. */
static rpi_partial *take_part(rpi_folder *self, uint64_t block)
{
    rpi_partial *part = self->spare;
    if (!part) return rpi_partial_create(self->to->reduction, 0, block);
    self->spare = part->next;
    part->level = 0;
    part->index = block;
    part->n = 0;
    return part;
}

/* As rpi_partial_merge, but keeps the right one to be used again. */
static void merge(rpi_folder *self, rpi_partial *left, rpi_partial *right)
{
    const rpi_reduction *reduction = self->to->reduction;
    if (reduction->fold->flags & RP_FOLD_OF_BYTES) {
        rpi_partial_merge(reduction, left, right);
        return;
    }
    reduction->fold->merge(left->value, right->value);
    left->n += right->n;
    right->next = self->spare;
    self->spare = right;
}

static void drop_spare(rpi_folder *self)
{
    for (rpi_partial *part; (part = self->spare);) {
        self->spare = part->next;
        rpi_partial_destroy(self->to->reduction, part);
    }
}

void rpi_folder_flush(rpi_folder *self)
{
    while (self->parts) {
        rpi_partial *part = self->parts;
        self->parts = part->next;
        if (self->to->reduction->in_any_order) {
            for (rpi_partial *other; (other = rpi_partials_take_any(self->to)); part = other)
                rpi_partial_merge(self->to->reduction, other, part);
        }
        rpi_partials_add(self->to, part);
    }
    if (self->open) rpi_partials_add(self->to, self->open);
    self->open = NULL;
    drop_spare(self);
    self->to = NULL;
}

/* Keeps a part, merged with those before it as far as they are neighbours in the tree. */
static void keep(rpi_folder *self, rpi_partial *part)
{
    while (self->parts && self->parts->level == part->level && part->index % 2 == 1) {
        rpi_partial *left = self->parts;
        self->parts = left->next;
        merge(self, left, part);
        part = left;
        part->level++;
        part->index /= 2;
    }
    part->next = self->parts;
    self->parts = part;
}

static void fail(rpi_folder *self) { atomic_store(&self->to->failed, true); }

/* ---- folding ---- */

static void fold_block(rpi_folder *self, uint64_t block, void *results, uint64_t n)
{
    const rpi_reduction *reduction = self->to->reduction;
    rpi_partial *whole = take_part(self, block);
    if (whole) {
        reduction->fold->fold(whole->value, 1, results, (size_t)n, block * reduction->block);
        whole->n = n;
        keep(self, whole);
    } else {
        fail(self);
    }
    rpi_reduction_free_results(reduction, results, n);
}

/* Keeps results of a block of which others are missing, from its item number `at` on. They are moved. */
static void fold_open(rpi_folder *self, uint64_t block, uint64_t at, void *results, uint64_t n)
{
    const rpi_reduction *reduction = self->to->reduction;
    if (!self->open) self->open = rpi_partial_create(reduction, RPI_OPEN_BLOCK, block);
    if (!self->open) {
        fail(self);
        rpi_reduction_free_results(reduction, results, n);
        return;
    }
    rpi_partial *open = self->open;
    memcpy(open->value + at * reduction->result_size, results, (size_t)n * reduction->result_size);
    open->present |= (n < 64 ? ((uint64_t)1 << n) - 1 : UINT64_MAX) << at;
    open->n += n;
    if (at + n < rpi_reduction_block_length(reduction, block)) return;
    self->open = NULL;
    bool is_whole = rpi_partial_is_whole(reduction, open);
    rpi_partial *whole = is_whole ? rpi_partial_close(reduction, open) : NULL;
    if (whole) keep(self, whole);
    else if (is_whole) fail(self);
    else rpi_partials_add(self->to, open);
}

/* How many whole blocks, a power of 2, can be folded at once: they are all there, and make a part of the tree. 0: too few. */
static uint64_t blocks_at_once(const rpi_reduction *reduction, uint64_t block, uint64_t n)
{
    uint64_t most = n / reduction->block, at_once = LEAST_TREE;
    if (!(reduction->fold->flags & RP_FOLD_HAS_TREE) || most < at_once || block % at_once != 0) return 0;
    while (at_once < MOST_TREE && 2 * at_once <= most && block % (2 * at_once) == 0) at_once *= 2;
    return at_once;
}

static void fold_tree(rpi_folder *self, uint64_t block, const void *results, uint64_t n_blocks)
{
    const rpi_reduction *reduction = self->to->reduction;
    rpi_partial *part = take_part(self, block);
    if (!part) {
        fail(self);
        return;
    }
    reduction->fold->fold_tree(part->value, results, (size_t)reduction->block, (size_t)n_blocks);
    part->n = n_blocks * reduction->block;
    part->level = __builtin_ctzll(n_blocks);
    part->index = block >> part->level;
    keep(self, part);
}

/* In the order of the tree. */
static void fold_blocks(rpi_folder *self, uint64_t first, char *results, uint64_t n)
{
    const rpi_reduction *reduction = self->to->reduction;
    while (n > 0) {
        uint64_t block = first / reduction->block, at = first % reduction->block, length = rpi_reduction_block_length(reduction, block);
        uint64_t taken = n < length - at ? n : length - at, at_once = at == 0 ? blocks_at_once(reduction, block, n) : 0;
        if (at_once > 0) fold_tree(self, block, results, at_once), taken = at_once * reduction->block;
        else if (taken == length) fold_block(self, block, results, taken);
        else fold_open(self, block, at, results, taken);
        first += taken;
        results += taken * reduction->result_size;
        n -= taken;
    }
}

/* Folds results into the part that it has. */
static void fold_on(rpi_folder *self, uint64_t first, const char *results, uint64_t n)
{
    if (n == 0) return;
    rpi_partial *part = self->parts;
    self->to->reduction->fold->fold(part->value, part->n == 0, results, (size_t)n, first);
    part->n += n;
}

/* The same for as many as make whole trees: blocks that a processor folds at once, where the others wait for each other. Returns how many.
 */
static uint64_t fold_trees_on(rpi_folder *self, const char *results, uint64_t n)
{
    const rpi_reduction *reduction = self->to->reduction;
    uint64_t n_folded = 0, at_once;
    while ((at_once = blocks_at_once(reduction, 0, n - n_folded)) > 0) {
        rpi_partial *part = take_part(self, 0);
        if (!part) break;
        reduction->fold->fold_tree(part->value, results + n_folded * reduction->result_size, (size_t)reduction->block, (size_t)at_once);
        n_folded += part->n = at_once * reduction->block;
        merge(self, self->parts, part);
    }
    return n_folded;
}

/* In any order: to the accumulator that it has, or that another worker has left. Its first result begins it. */
static void fold_any(rpi_folder *self, uint64_t first, char *results, uint64_t n)
{
    const rpi_reduction *reduction = self->to->reduction;
    if (!self->parts) self->parts = rpi_partials_take_any(self->to);
    if (!self->parts) self->parts = rpi_partial_create(reduction, 0, 0);
    if (self->parts) {
        self->parts->next = NULL;
        uint64_t at = self->parts->n == 0 ? 1 : 0;
        fold_on(self, first, results, at);
        at += fold_trees_on(self, results + at * reduction->result_size, n - at);
        fold_on(self, first + at, results + at * reduction->result_size, n - at);
    } else {
        fail(self);
    }
    rpi_reduction_free_results(reduction, results, n);
}

/* Folds results of consecutive items, of which none failed. */
static void fold_run(rpi_folder *self, rpi_partials *to, uint64_t first, char *results, uint64_t n)
{
    bool in_any_order = to->reduction->in_any_order, goes_on = self->to == to && (first == self->next || in_any_order);
    if (self->to && !goes_on) rpi_folder_flush(self);
    self->to = to;
    self->next = first + n;
    if (in_any_order) fold_any(self, first, results, n);
    else fold_blocks(self, first, results, n);
}

void rpi_folder_fold(rpi_folder *self, rpi_partials *to, uint64_t first, uint64_t n)
{
    uint64_t at = first, end = first + n;
    for (size_t k = 0; at < end; k++) {
        uint64_t stop = k < self->n_failed ? self->failed[k] : end;
        if (stop > end) stop = end;
        if (stop < at) continue;
        char *results = self->results + (at - first) * to->reduction->result_size;
        if (stop > at) fold_run(self, to, at, results, stop - at);
        if (stop < end) rpi_reduction_free_results(to->reduction, results + (stop - at) * to->reduction->result_size, 1);
        at = stop + 1;
    }
}

void rpi_folder_scatter(const rpi_folder *self, size_t size, uint64_t first, uint64_t n, char *to, size_t stride)
{
    size_t k = 0;
    for (uint64_t i = 0; i < n; i++) {
        bool is_out = k < self->n_failed && self->failed[k] == first + i;
        if (is_out) k++;
        else memcpy(to + i * stride, self->results + i * size, size);
    }
}

void rpi_folder_fini(rpi_folder *self)
{
    free(self->results);
    free(self->failed);
}
