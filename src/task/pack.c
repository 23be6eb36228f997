/* pack.c: see pack.h. Packs by hand: derived MPI types were slower in every case measured. */
#include "task/pack.h"

#include "base/huge_pages.h"
#include "base/size.h"
#include "task/columns.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* ---- values that point to others (rp_bytes, strings) ----
 *
 * A table with an entry for each, then what they point to. An entry is the value itself, in whose first or only word is the size; the
 * receiver turns it into the pointer. */

_Static_assert(sizeof(size_t) == sizeof(const char *), "the size of a string travels in the place of its pointer");

/* SIZE_MAX: more than there can be. */
static size_t values_size(rp_type type, rp_view from, size_t each, uint64_t count)
{
    size_t total = rpi_size_product(count, each);
    for (uint64_t i = 0; i < count && total < SIZE_MAX; i++)
        total = rpi_size_sum(total, rpi_value_bytes(type, from.base + i * from.stride_bytes).size);
    return total;
}

static void write_entry(rp_type type, char *to, size_t size)
{
    if (type == RP_TYPE_BYTES) *(rp_bytes *)(void *)to = (rp_bytes){NULL, size};
    else memcpy(to, &size, sizeof size);
}

static size_t read_entry(rp_type type, const char *from)
{
    size_t size;
    if (type == RP_TYPE_BYTES) return ((const rp_bytes *)(const void *)from)->size;
    memcpy(&size, from, sizeof size);
    return size;
}

static void pack_values(char *to, rp_type type, rp_view from, size_t each, uint64_t count)
{
    char *data = to + (size_t)count * each;
    for (uint64_t i = 0; i < count; i++) {
        rp_bytes bytes = rpi_value_bytes(type, from.base + i * from.stride_bytes);
        write_entry(type, to + i * each, bytes.size);
        if (bytes.size) memcpy(data, bytes.data, bytes.size);
        data += bytes.size;
    }
}

/* Fills `table`, which may be the one in `from`, and is as large. Returns how many bytes were used; 0: fewer are available than the sizes
 * say, or a string isn't one. */
static size_t unpack_values(const char *from, rp_type type, size_t each, size_t available, uint64_t count, char *table)
{
    size_t at = (size_t)count * each;
    if (at > available) return 0;
    for (uint64_t i = 0; i < count; i++) {
        rp_bytes bytes = {from + at, read_entry(type, from + i * each)};
        if (bytes.size > available - at || !rpi_value_fits(type, bytes)) return 0;
        rpi_value_point(type, table + i * each, bytes);
        at += bytes.size;
    }
    return at;
}

/* ---- items ---- */

static rp_view view_at(const rpi_batch *batch, int k, uint64_t first)
{
    rp_view view = batch->views[k];
    if (first > 0) view.base += first * view.stride_bytes;
    return view;
}

/* Whether items of the column are packed. */
static bool is_packed(const rpi_batch *batch, int k, unsigned without)
{
    return batch->work->arguments[k].kind == RP_COLUMN_ARRAY && !(without & 1u << k);
}

static size_t column_size(const rpi_batch *batch, int k, uint64_t first, uint64_t count)
{
    const rp_task *task = batch->work->task;
    if (!rpi_type_points(task->argument_types[k])) return rpi_size_product(count, task->argument_sizes[k]);
    return values_size(task->argument_types[k], view_at(batch, k, first), task->argument_sizes[k], count);
}

static void pack_column(char *to, const rpi_batch *batch, int k, uint64_t first, uint64_t count)
{
    rp_type type = batch->work->task->argument_types[k];
    size_t size = batch->work->task->argument_sizes[k];
    rp_view from = view_at(batch, k, first);
    if (rpi_type_points(type)) pack_values(to, type, from, size, count);
    else if (from.stride_bytes == size) memcpy(to, from.base, (size_t)count * size);
    else
        for (uint64_t i = 0; i < count; i++) memcpy(to + i * size, from.base + i * from.stride_bytes, size);
}

size_t rpi_pack_items_size(const rpi_batch *batch, uint64_t first, uint64_t count, unsigned without)
{
    size_t size = 0;
    for (int k = 0; k < batch->work->task->n_arguments; k++)
        size = rpi_size_sum(rpi_pack_align(size), is_packed(batch, k, without) ? column_size(batch, k, first, count) : 0);
    return size;
}

void rpi_pack_items(char *to, const rpi_batch *batch, uint64_t first, uint64_t count, unsigned without)
{
    size_t at = 0;
    for (int k = 0; k < batch->work->task->n_arguments; k++) {
        at = rpi_pack_align(at);
        size_t column = is_packed(batch, k, without) ? column_size(batch, k, first, count) : 0;
        if (column) pack_column(to + at, batch, k, first, count);
        at += column;
    }
}

size_t rpi_unpack_tables_size(const rp_task *task, uint64_t count)
{
    size_t each = 0;
    for (int k = 0; k < task->n_arguments; k++) each += rpi_type_points(task->argument_types[k]) ? task->argument_sizes[k] : 0;
    return rpi_size_product(count, each);
}

/* Where the items of a column are, and how many bytes they took; 0: fewer are available. */
static size_t unpack_column(char *from, size_t available, uint64_t count, const rp_task *task, int k, char **at, char *table)
{
    rp_type type = task->argument_types[k];
    *at = from;
    if (!rpi_type_points(type)) return (size_t)count * task->argument_sizes[k];
    if (table) *at = table;
    return unpack_values(from, type, task->argument_sizes[k], available, count, *at);
}

bool rpi_unpack_items(char *from, size_t end, uint64_t count, rpi_batch *batch, void *tables, unsigned without)
{
    const rp_task *task = batch->work->task;
    char *table = tables;
    size_t at = 0;
    for (int k = 0; k < task->n_arguments; k++) {
        at = rpi_pack_align(at);
        if (!is_packed(batch, k, without)) continue;
        if (at > end || count > (end - at) / task->argument_sizes[k]) return false;
        char *items;
        size_t size = unpack_column(from + at, end - at, count, task, k, &items, table);
        if (count > 0 && size == 0) return false;
        batch->views[k] = (rp_view){items, task->argument_sizes[k]};
        if (table && rpi_type_points(task->argument_types[k])) table += count * task->argument_sizes[k];
        at += size;
    }
    return true;
}

/* ---- results ---- */

size_t rpi_pack_emitted_size(const rpi_batch *batch)
{
    return values_size(RP_TYPE_BYTES, (rp_view){batch->results, sizeof(rp_bytes)}, sizeof(rp_bytes), batch->count);
}

void rpi_pack_emitted(char *to, const rpi_batch *batch)
{
    pack_values(to, RP_TYPE_BYTES, (rp_view){batch->results, sizeof(rp_bytes)}, sizeof(rp_bytes), batch->count);
}

bool rpi_unpack_results(const char *from, size_t available, uint64_t count, rpi_batch *batch, uint64_t first)
{
    size_t size = batch->work->task->result_size;
    if (size == 0) return true;
    if (count > available / size) return false;
    if (batch->work->task->result_type != RP_TYPE_BYTES) {
        rpi_batch_put_results(batch, first, from, count);
        return true;
    }
    char *table = (char *)(uintptr_t)from;
    if (count > 0 && unpack_values(table, RP_TYPE_BYTES, size, available, count, table) == 0) return false;
    const rp_bytes *items = (const rp_bytes *)(const void *)table;
    for (uint64_t i = 0; i < count; i++) {
        if (items[i].size == 0) continue;
        void *copy = rpi_huge_pages_for(malloc(items[i].size), items[i].size);
        if (!copy) return false;
        memcpy(copy, items[i].data, items[i].size);
        *(rp_bytes *)(void *)rpi_batch_result(batch, first + i) = (rp_bytes){copy, items[i].size};
    }
    return true;
}

/* ---- failures ---- */

typedef struct packed_failure {
    uint64_t message_size;
    rpi_failure_facts facts;
} packed_failure;

size_t rpi_pack_failures_size(const rpi_failure *failure, uint64_t *n)
{
    size_t size = 0;
    for (*n = 0; failure; failure = failure->next, ++*n) size += rpi_pack_align(sizeof(packed_failure) + failure->message_size);
    return size;
}

void rpi_pack_failures(char *to, const rpi_failure *failure)
{
    for (; failure; failure = failure->next) {
        packed_failure packed = {failure->message_size, failure->facts};
        memcpy(to, &packed, sizeof packed);
        memcpy(to + sizeof packed, failure->message, failure->message_size);
        to += rpi_pack_align(sizeof packed + failure->message_size);
    }
}

rp_status rpi_unpack_failures(const char *from, size_t end, uint64_t n, rpi_batch *batch)
{
    size_t at = 0;
    for (uint64_t i = 0; i < n; i++) {
        packed_failure packed;
        if (at > end || end - at < sizeof packed) return RP_SYSTEM;
        memcpy(&packed, from + at, sizeof packed);
        if (packed.message_size > end - at - sizeof packed || packed.facts.item - batch->first >= batch->count) return RP_SYSTEM;
        rpi_failure *failure = rpi_failure_create(from + at + sizeof packed, (size_t)packed.message_size);
        if (!failure) return RP_NO_MEMORY;
        failure->facts = packed.facts;
        failure->facts.host[sizeof failure->facts.host - 1] = '\0';
        failure->facts.item_text[sizeof failure->facts.item_text - 1] = '\0';
        rpi_batch_add_failure(batch, failure);
        at += rpi_pack_align(sizeof packed + (size_t)packed.message_size);
    }
    return RP_OK;
}
