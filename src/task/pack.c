/* pack.c: see pack.h. Packs by hand: derived MPI types were slower in every case measured. */
#include "task/pack.h"

#include "task/columns.h"

#include <stdlib.h>
#include <string.h>

/* ---- arrays of bytes: the {size} of each, then the contents; the receiver turns the gaps into pointers ---- */

static size_t bytes_size(const rp_bytes *items, size_t stride, uint64_t count)
{
    size_t total = 0;
    for (uint64_t i = 0; i < count; i++) total += ((const rp_bytes *)(const void *)((const char *)items + i * stride))->size;
    return (size_t)count * sizeof(rp_bytes) + total;
}

static void pack_bytes(char *to, const rp_bytes *items, size_t stride, uint64_t count)
{
    rp_bytes *table = (rp_bytes *)(void *)to;
    char *data = to + (size_t)count * sizeof *table;
    for (uint64_t i = 0; i < count; i++) {
        const rp_bytes *item = (const rp_bytes *)(const void *)((const char *)items + i * stride);
        table[i] = (rp_bytes){NULL, item->size};
        if (item->size) memcpy(data, item->data, item->size);
        data += item->size;
    }
}

/* Fills `table`, which may be the one in `from`. Returns how many bytes it used; 0: fewer are available than the sizes say. */
static size_t unpack_bytes(const char *from, size_t available, uint64_t count, rp_bytes *table)
{
    const rp_bytes *sizes = (const rp_bytes *)(const void *)from;
    size_t at = (size_t)count * sizeof *table;
    if (at > available) return 0;
    for (uint64_t i = 0; i < count; i++) {
        size_t size = sizes[i].size;
        if (size > available - at) return 0;
        table[i] = (rp_bytes){from + at, size};
        at += size;
    }
    return at;
}

/* ---- items ---- */

static const rp_bytes *bytes_at(const rp_view *view, uint64_t first)
{
    return (const rp_bytes *)(const void *)(view->base + first * view->stride_bytes);
}

static size_t column_size(const rpi_batch *batch, int k, uint64_t first, uint64_t count)
{
    const rp_task *task = batch->work->task;
    if (batch->work->arguments[k].kind != RP_COLUMN_ARRAY) return 0;
    if (task->argument_types[k] != RP_TYPE_BYTES) return (size_t)count * task->argument_sizes[k];
    return bytes_size(bytes_at(&batch->views[k], first), batch->views[k].stride_bytes, count);
}

static void pack_column(char *to, const rpi_batch *batch, int k, uint64_t first, uint64_t count)
{
    size_t size = batch->work->task->argument_sizes[k], stride = batch->views[k].stride_bytes;
    const char *from = batch->views[k].base + first * stride;
    if (batch->work->task->argument_types[k] == RP_TYPE_BYTES) pack_bytes(to, bytes_at(&batch->views[k], first), stride, count);
    else if (stride == size) memcpy(to, from, (size_t)count * size);
    else
        for (uint64_t i = 0; i < count; i++) memcpy(to + i * size, from + i * stride, size);
}

size_t rpi_pack_items_size(const rpi_batch *batch, uint64_t first, uint64_t count)
{
    size_t size = 0;
    for (int k = 0; k < batch->work->task->n_arguments; k++) size = rpi_pack_align(size) + column_size(batch, k, first, count);
    return size;
}

void rpi_pack_items(char *to, const rpi_batch *batch, uint64_t first, uint64_t count)
{
    size_t at = 0;
    for (int k = 0; k < batch->work->task->n_arguments; k++) {
        at = rpi_pack_align(at);
        size_t column = column_size(batch, k, first, count);
        if (column) pack_column(to + at, batch, k, first, count);
        at += column;
    }
}

size_t rpi_unpack_tables_size(const rp_task *task, uint64_t count)
{
    size_t n = 0;
    for (int k = 0; k < task->n_arguments; k++) n += task->argument_types[k] == RP_TYPE_BYTES;
    return n * (size_t)count * sizeof(rp_bytes);
}

/* Where the items of a column are, and how many bytes they took; 0: fewer are available. */
static size_t unpack_column(char *from, size_t available, uint64_t count, const rp_task *task, int k, char **at, rp_bytes *table)
{
    *at = from;
    if (task->argument_types[k] != RP_TYPE_BYTES) return (size_t)count * task->argument_sizes[k];
    if (table) *at = (char *)table;
    return unpack_bytes(from, available, count, (rp_bytes *)(void *)*at);
}

bool rpi_unpack_items(char *from, size_t end, uint64_t count, rpi_batch *batch, rp_bytes *tables)
{
    const rp_task *task = batch->work->task;
    size_t at = 0;
    for (int k = 0; k < task->n_arguments; k++) {
        at = rpi_pack_align(at);
        if (batch->work->arguments[k].kind != RP_COLUMN_ARRAY) continue;
        if (at > end || count > (end - at) / task->argument_sizes[k]) return false;
        char *items;
        size_t size = unpack_column(from + at, end - at, count, task, k, &items, tables);
        if (count > 0 && size == 0) return false;
        batch->views[k] = (rp_view){items, task->argument_sizes[k]};
        if (tables && task->argument_types[k] == RP_TYPE_BYTES) tables += count;
        at += size;
    }
    return true;
}

/* ---- calls: the fixed part, the name of the task, then for each argument its column and, for a constant, its value ---- */

typedef struct packed_call {
    uint64_t id, on_error, n_bound, max_attempts, timeout_ns, name_size;
} packed_call;

size_t rpi_pack_call_size(const rpi_work *work)
{
    size_t size = rpi_pack_align(sizeof(packed_call) + strlen(work->task->name) + 1);
    for (int k = 0; k < work->task->n_arguments; k++)
        size = rpi_pack_align(size + sizeof(rp_column) + rpi_column_constant_size(&work->arguments[k]));
    return size;
}

void rpi_pack_call(char *to, const rpi_work *work)
{
    const rp_task *task = work->task;
    packed_call head = {work->id, work->on_error, (uint64_t)work->n_bound, work->max_attempts, work->timeout_ns, strlen(task->name) + 1};
    memcpy(to, &head, sizeof head);
    memcpy(to + sizeof head, task->name, head.name_size);
    size_t at = rpi_pack_align(sizeof head + head.name_size);
    for (int k = 0; k < task->n_arguments; k++) {
        rp_column column = work->arguments[k];
        size_t value = rpi_column_constant_size(&column);
        const void *data = column.type == RP_TYPE_BYTES && value ? ((const rp_bytes *)column.data)->data : column.data;
        column.data = NULL;
        if (column.type == RP_TYPE_BYTES && column.kind == RP_COLUMN_CONSTANT) column.size = value;
        memcpy(to + at, &column, sizeof column);
        if (value) memcpy(to + at + sizeof column, data, value);
        at = rpi_pack_align(at + sizeof column + value);
    }
}

static rp_status read_columns(const char *from, size_t end, size_t at, int n, rp_column *columns, rp_bytes *bytes)
{
    for (int k = 0; k < n; k++) {
        if (at > end || end - at < sizeof columns[k]) return RP_USAGE;
        memcpy(&columns[k], from + at, sizeof columns[k]);
        const char *value = from + at + sizeof columns[k];
        size_t size = columns[k].kind == RP_COLUMN_CONSTANT ? columns[k].size : 0;
        if (size > end - at - sizeof columns[k]) return RP_USAGE;
        columns[k].data = value;
        if (columns[k].type == RP_TYPE_BYTES) {
            bytes[k] = (rp_bytes){value, size};
            columns[k].data = &bytes[k];
            columns[k].size = sizeof(rp_bytes);
        }
        at = rpi_pack_align(at + sizeof columns[k] + size);
    }
    return RP_OK;
}

rp_status rpi_unpack_call(const char *from, size_t size, rpi_work *work, rp_error *error)
{
    rp_column columns[RP_MAX_ARGUMENTS];
    rp_bytes bytes[RP_MAX_ARGUMENTS];
    packed_call head;
    if (size < sizeof head) return rp_error_set(error, RP_USAGE, 0, "a call's description is too short");
    memcpy(&head, from, sizeof head);
    const char *name = from + sizeof head;
    if (head.name_size == 0 || head.name_size > size - sizeof head || name[head.name_size - 1])
        return rp_error_set(error, RP_USAGE, 0, "a call's description is too short");
    const rp_task *task = rp_task_find(name);
    if (!task) return rp_error_set(error, RP_USAGE, 0, "this rank doesn't know task %s", name);
    if (read_columns(from, size, rpi_pack_align(sizeof head + head.name_size), task->n_arguments, columns, bytes) != RP_OK)
        return rp_error_set(error, RP_USAGE, 0, "the description of a call of task %s is too short", task->name);
    rp_status status = rpi_work_init(work, task, (rp_columns){0, NULL}, (rp_columns){(size_t)task->n_arguments, columns}, error);
    work->id = head.id;
    work->on_error = (rp_on_error)head.on_error;
    work->n_bound = (int)head.n_bound;
    work->max_attempts = (unsigned)head.max_attempts;
    work->timeout_ns = head.timeout_ns;
    return status;
}

/* ---- results ---- */

size_t rpi_pack_emitted_size(const rpi_batch *batch)
{
    return bytes_size((const rp_bytes *)(const void *)batch->results, sizeof(rp_bytes), batch->count);
}

void rpi_pack_emitted(char *to, const rpi_batch *batch)
{
    pack_bytes(to, (const rp_bytes *)(const void *)batch->results, sizeof(rp_bytes), batch->count);
}

bool rpi_unpack_results(const char *from, size_t available, uint64_t count, rpi_batch *batch, uint64_t first)
{
    size_t size = batch->work->task->result_size;
    char *to = batch->results + first * size;
    if (count > available / size) return false;
    if (batch->work->task->result_type != RP_TYPE_BYTES) {
        memcpy(to, from, (size_t)count * size);
        return true;
    }
    char *table = (char *)(uintptr_t)from;
    if (count > 0 && unpack_bytes(table, available, count, (rp_bytes *)(void *)table) == 0) return false;
    const rp_bytes *items = (const rp_bytes *)(const void *)table;
    rp_bytes *results = (rp_bytes *)(void *)to;
    for (uint64_t i = 0; i < count; i++) {
        if (items[i].size == 0) continue;
        void *copy = malloc(items[i].size);
        if (!copy) return false;
        memcpy(copy, items[i].data, items[i].size);
        results[i] = (rp_bytes){copy, items[i].size};
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
        rpi_failure *failure = rpi_failure_create(from + at + sizeof packed, packed.message_size);
        if (!failure) return RP_NO_MEMORY;
        failure->facts = packed.facts;
        failure->facts.host[sizeof failure->facts.host - 1] = '\0';
        failure->facts.item_text[sizeof failure->facts.item_text - 1] = '\0';
        rpi_batch_add_failure(batch, failure);
        at += rpi_pack_align(sizeof packed + packed.message_size);
    }
    return RP_OK;
}
