/* partials.c: see partials.h. */
#include "task/partials.h"

#include "base/size.h"
#include "task/accumulator.h"

#include <stdlib.h>
#include <string.h>

/* ---- one part ---- */

static size_t value_size(const rpi_reduction *reduction, int level)
{
    if (level == RPI_OPEN_BLOCK) return rpi_size_product(reduction->block, reduction->result_size);
    return rpi_accumulator_size(reduction->fold);
}

rpi_partial *rpi_partial_create(const rpi_reduction *reduction, int level, uint64_t index)
{
    size_t size = rpi_size_sum(sizeof(rpi_partial), value_size(reduction, level));
    rpi_partial *partial = size < SIZE_MAX / 2 ? malloc(size) : NULL;
    if (!partial) return NULL;
    memset(partial, 0, size);
    partial->level = level;
    partial->index = index;
    return partial;
}

void rpi_reduction_free_results(const rpi_reduction *reduction, void *results, uint64_t n)
{
    if (reduction->result_type == RP_TYPE_BYTES) rp_bytes_free(results, (size_t)n);
}

void rpi_partial_destroy(const rpi_reduction *reduction, rpi_partial *partial)
{
    if (!partial) return;
    if (partial->level == RPI_OPEN_BLOCK) rpi_reduction_free_results(reduction, partial->value, reduction->block);
    else rpi_accumulator_fini(reduction->fold, partial->value);
    free(partial);
}

void rpi_partial_merge(const rpi_reduction *reduction, rpi_partial *left, rpi_partial *right)
{
    reduction->fold->merge(left->value, right->value);
    if (rpi_accumulator_failed(reduction->fold, right->value)) rpi_accumulator_fail(left->value);
    left->n += right->n;
    rpi_partial_destroy(reduction, right);
}

bool rpi_partial_has_failed(const rpi_reduction *reduction, const rpi_partial *partial)
{
    return partial->level != RPI_OPEN_BLOCK && rpi_accumulator_failed(reduction->fold, partial->value);
}

bool rpi_partial_is_whole(const rpi_reduction *reduction, const rpi_partial *open)
{
    return (uint64_t)__builtin_popcountll(open->present) == rpi_reduction_block_length(reduction, open->index);
}

rpi_partial *rpi_partial_close(const rpi_reduction *reduction, rpi_partial *open)
{
    rpi_partial *whole = rpi_partial_create(reduction, 0, open->index);
    for (uint64_t i = 0; whole && i < reduction->block; i++) {
        if (!(open->present >> i & 1)) continue;
        uint64_t end = i + 1;
        while (end < reduction->block && (open->present >> end & 1)) end++;
        reduction->fold->fold(whole->value, whole->n == 0, open->value + i * reduction->result_size, (size_t)(end - i),
                              open->index * reduction->block + i);
        whole->n += end - i;
        i = end;
    }
    rpi_partial_destroy(reduction, open);
    return whole;
}

/* ---- where they are ---- */

static size_t bucket_of(const rpi_partials *self, int level, uint64_t index)
{
    uint64_t key = (index ^ (uint64_t)(level + 1) << 58) * 0x9e3779b97f4a7c15u;
    return (size_t)(key >> 32) % self->n_buckets;
}

void rpi_partials_init(rpi_partials *self, const rpi_reduction *reduction)
{
    memset(self, 0, sizeof *self);
    self->reduction = reduction;
    self->buckets = self->own_buckets;
    self->n_buckets = RPI_PARTIAL_BUCKETS;
    pthread_mutex_init(&self->mutex, NULL);
}

rpi_partials *rpi_partials_create(const rpi_reduction *reduction)
{
    rpi_partials *self = malloc(sizeof *self);
    if (self) rpi_partials_init(self, reduction);
    return self;
}

void rpi_partials_fini(rpi_partials *self)
{
    for (size_t b = 0; b < self->n_buckets; b++)
        for (rpi_partial *at = self->buckets[b], *next; at; at = next) {
            next = at->next;
            rpi_partial_destroy(self->reduction, at);
        }
    if (self->buckets != self->own_buckets) free(self->buckets);
    pthread_mutex_destroy(&self->mutex);
}

static void put(rpi_partials *self, rpi_partial *partial)
{
    rpi_partial **bucket = &self->buckets[bucket_of(self, partial->level, partial->index)];
    partial->next = *bucket;
    *bucket = partial;
    self->n++;
}

/* Without memory there are no more buckets, but longer ones. */
static void grow(rpi_partials *self)
{
    size_t n_before = self->n_buckets;
    rpi_partial **before = self->buckets, **grown = calloc(4 * n_before, sizeof *grown);
    if (!grown) return;
    self->buckets = grown;
    self->n_buckets = 4 * n_before;
    self->n = 0;
    for (size_t b = 0; b < n_before; b++)
        for (rpi_partial *at = before[b], *next; at; at = next) {
            next = at->next;
            put(self, at);
        }
    if (before != self->own_buckets) free(before);
}

static rpi_partial *take(rpi_partials *self, int level, uint64_t index)
{
    for (rpi_partial **at = &self->buckets[bucket_of(self, level, index)]; *at; at = &(*at)->next) {
        rpi_partial *found = *at;
        if (found->level != level || found->index != index) continue;
        *at = found->next;
        self->n--;
        return found;
    }
    return NULL;
}

/* Takes the part out that has that place in the tree. Puts `partial` in, if there is none: NULL. */
static rpi_partial *take_or_put(rpi_partials *self, int level, uint64_t index, rpi_partial *partial)
{
    pthread_mutex_lock(&self->mutex);
    rpi_partial *found = take(self, level, index);
    if (!found && self->n >= 2 * self->n_buckets) grow(self);
    if (!found) put(self, partial);
    pthread_mutex_unlock(&self->mutex);
    return found;
}

/* ---- adding ---- */

/* Moves the results of one open block to another of the same place. */
static void join(const rpi_reduction *reduction, rpi_partial *to, rpi_partial *from)
{
    size_t size = reduction->result_size;
    for (uint64_t i = 0; i < reduction->block; i++) {
        if (!(from->present >> i & 1) || (to->present >> i & 1)) continue;
        memcpy(to->value + i * size, from->value + i * size, size);
        memset(from->value + i * size, 0, size);
    }
    to->present |= from->present;
    to->n = (uint64_t)__builtin_popcountll(to->present);
    rpi_partial_destroy(reduction, from);
}

/* Returns the block, once it is whole. NULL: it isn't, or there is no memory. */
static rpi_partial *add_open(rpi_partials *self, rpi_partial *open)
{
    while (!rpi_partial_is_whole(self->reduction, open)) {
        rpi_partial *other = take_or_put(self, RPI_OPEN_BLOCK, open->index, open);
        if (!other) return NULL;
        join(self->reduction, other, open);
        open = other;
    }
    rpi_partial *whole = rpi_partial_close(self->reduction, open);
    if (!whole) atomic_store(&self->failed, true);
    return whole;
}

void rpi_partials_add(rpi_partials *self, rpi_partial *partial)
{
    const rpi_reduction *reduction = self->reduction;
    if (reduction->in_any_order) {
        pthread_mutex_lock(&self->mutex);
        put(self, partial);
        pthread_mutex_unlock(&self->mutex);
        return;
    }
    if (partial->level == RPI_OPEN_BLOCK && !(partial = add_open(self, partial))) return;
    for (rpi_partial *other; (other = take_or_put(self, partial->level, partial->index ^ 1, partial)); partial->index /= 2) {
        bool is_left = partial->index % 2 == 0;
        rpi_partial *left = is_left ? partial : other;
        rpi_partial_merge(reduction, left, is_left ? other : partial);
        partial = left;
        partial->level++;
    }
}

/* All of any order have one place. */
rpi_partial *rpi_partials_take_any(rpi_partials *self)
{
    pthread_mutex_lock(&self->mutex);
    rpi_partial *found = take(self, 0, 0);
    pthread_mutex_unlock(&self->mutex);
    return found;
}

/* ---- the end ---- */

static uint64_t first_block(const rpi_partial *partial) { return partial->level > 0 ? partial->index << partial->level : partial->index; }

static int compare_places(const void *a, const void *b)
{
    uint64_t left = first_block(*(rpi_partial *const *)a), right = first_block(*(rpi_partial *const *)b);
    return left < right ? -1 : left > right;
}

/* Empties the buckets into an array, which the caller frees. NULL: there are none, or no memory. */
static rpi_partial **take_sorted(rpi_partials *self, size_t *n)
{
    rpi_partial **all = self->n ? malloc(self->n * sizeof(rpi_partial *)) : NULL;
    *n = 0;
    if (self->n && !all) atomic_store(&self->failed, true);
    for (size_t b = 0; all && b < self->n_buckets; b++) {
        for (rpi_partial *at = self->buckets[b]; at; at = at->next) all[(*n)++] = at;
        self->buckets[b] = NULL;
    }
    if (!all) return NULL;
    self->n = 0;
    qsort(all, *n, sizeof(rpi_partial *), compare_places);
    return all;
}

/* The level of the smallest part of the tree that both are in: the higher, the farther they are apart. */
static int common_level(const rpi_partial *a, const rpi_partial *b)
{
    uint64_t differs = first_block(a) ^ first_block(b);
    return differs ? 64 - __builtin_clzll(differs) : 0;
}

/* Merges the sorted parts as the tree says, where what is missing is nothing: always the two neighbours that are closest in it. The stack
 * is at the beginning of the array. */
static rpi_partial *merge_sorted(const rpi_reduction *reduction, rpi_partial **all, size_t n)
{
    size_t depth = 0;
    for (size_t i = 0; i < n; i++) {
        rpi_partial *next = all[i];
        for (; depth >= 2 && common_level(all[depth - 2], all[depth - 1]) < common_level(all[depth - 1], next); depth--)
            rpi_partial_merge(reduction, all[depth - 2], all[depth - 1]);
        all[depth++] = next;
    }
    for (; depth >= 2; depth--) rpi_partial_merge(reduction, all[depth - 2], all[depth - 1]);
    return depth ? all[0] : NULL;
}

rpi_partial *rpi_partials_take_all(rpi_partials *self)
{
    size_t n;
    rpi_partial **all = take_sorted(self, &n), *first = NULL;
    if (self->reduction->in_any_order && n > 0) {
        all[0] = merge_sorted(self->reduction, all, n);
        n = 1;
    }
    while (n > 0) {
        all[--n]->next = first;
        first = all[n];
    }
    free(all);
    return first;
}

rpi_partial *rpi_partials_finish(rpi_partials *self)
{
    const rpi_reduction *reduction = self->reduction;
    size_t n;
    rpi_partial **all = take_sorted(self, &n);
    for (size_t i = 0; i < n; i++) {
        if (all[i]->level != RPI_OPEN_BLOCK) continue;
        all[i] = rpi_partial_close(reduction, all[i]);
        if (all[i]) continue;
        atomic_store(&self->failed, true);
        all[i--] = all[--n];
    }
    bool failed = atomic_load(&self->failed);
    rpi_partial *value = failed ? NULL : merge_sorted(reduction, all, n);
    for (size_t i = 0; failed && i < n; i++) rpi_partial_destroy(reduction, all[i]);
    free(all);
    if (!value || !rpi_accumulator_failed(reduction->fold, value->value)) return value;
    atomic_store(&self->failed, true);
    rpi_partial_destroy(reduction, value);
    return NULL;
}
