/* pack.c: see pack.h. Packs by hand: derived MPI types were slower in every case measured. */
#include "task/pack.h"

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

/* ---- calls: the fixed part, the names of task and fold, then for each argument its column and, for a constant, its value or its place
 * ---- */

/* The id comes first, and the seed last. */
typedef struct packed_call {
    uint64_t id, on_error, n_bound, max_attempts, timeout_ns, name_size;
    uint64_t fold_size, n_items, in_any_order; /* of the fold's name, which follows that of the task; 0: the results are kept */
    uint64_t seed;
} packed_call;

typedef struct packed_column {
    rp_column column;
    uint64_t is_placed, contents_size;
} packed_column;

void rpi_call_places_find(const rpi_work *work, const rpi_namer *namer, rpi_call_places *places)
{
    places->mask = 0;
    for (int k = 0; k < work->task->n_arguments && namer; k++) {
        rpi_place *place = &places->at[k];
        rp_bytes contents = rpi_column_contents(&work->arguments[k]);
        place->stride_bytes = 0;
        if (contents.size > 0 && namer->name(namer->argument, contents.data, contents.size, &place->region, &place->offset))
            places->mask |= 1u << k;
    }
}

/* What follows the column of argument k. */
static rp_bytes payload(const rpi_work *work, const rpi_call_places *places, int k)
{
    if (places->mask & 1u << k) return (rp_bytes){&places->at[k], sizeof places->at[k]};
    return rpi_column_contents(&work->arguments[k]);
}

static size_t fold_size(const rpi_work *work) { return work->reduction ? strlen(work->reduction->fold->name) + 1 : 0; }

size_t rpi_pack_call_size(const rpi_work *work, const rpi_call_places *places)
{
    size_t size = rpi_pack_align(sizeof(packed_call) + strlen(work->task->name) + 1 + fold_size(work));
    for (int k = 0; k < work->task->n_arguments; k++)
        size = rpi_pack_align(rpi_size_sum(size + sizeof(packed_column), payload(work, places, k).size));
    return size;
}

/* Returns how many bytes were written. */
static size_t pack_argument(char *to, const rpi_work *work, const rpi_call_places *places, int k)
{
    const rp_column *argument = &work->arguments[k];
    rp_bytes follows = payload(work, places, k);
    packed_column packed = {.column = *argument, .is_placed = places->mask >> k & 1};
    packed.column.data = NULL;
    packed.contents_size = rpi_column_contents(argument).size;
    memcpy(to, &packed, sizeof packed);
    if (follows.size) memcpy(to + sizeof packed, follows.data, follows.size);
    return sizeof packed + follows.size;
}

void rpi_pack_call(char *to, const rpi_work *work, const rpi_call_places *places)
{
    const rp_task *task = work->task;
    const rpi_reduction *reduction = work->reduction;
    packed_call head = {work->id,
                        work->on_error,
                        (uint64_t)work->n_bound,
                        work->max_attempts,
                        work->timeout_ns,
                        strlen(task->name) + 1,
                        fold_size(work),
                        reduction ? reduction->n_items : 0,
                        reduction && reduction->in_any_order,
                        work->seed};
    memcpy(to, &head, sizeof head);
    memcpy(to + sizeof head, task->name, (size_t)head.name_size);
    if (head.fold_size) memcpy(to + sizeof head + head.name_size, reduction->fold->name, (size_t)head.fold_size);
    size_t at = rpi_pack_align(sizeof head + (size_t)(head.name_size + head.fold_size));
    for (int k = 0; k < task->n_arguments; k++) at = rpi_pack_align(at + pack_argument(to + at, work, places, k));
}

bool rpi_packed_calls_match(const char *one, const char *other, size_t size)
{
    enum { AFTER_ID = sizeof(uint64_t), SEED = offsetof(packed_call, seed), AFTER_SEED = sizeof(packed_call) };
    return size >= AFTER_SEED && memcmp(one + AFTER_ID, other + AFTER_ID, SEED - AFTER_ID) == 0 &&
           memcmp(one + AFTER_SEED, other + AFTER_SEED, size - AFTER_SEED) == 0;
}

/* The columns of a call that came in. */
typedef struct unpacked_call {
    rp_column columns[RP_MAX_ARGUMENTS];
    rp_bytes values[RP_MAX_ARGUMENTS]; /* of constants that point to others */
    unsigned n_held;
    const rpi_region *held[RP_MAX_ARGUMENTS]; /* until the work holds them itself */
} unpacked_call;

/* Where a constant of `size` bytes is in a region. RP_OK, RP_USAGE, RP_UNSUPPORTED, RP_NO_MEMORY. */
static rp_status attach_constant(const char *from, size_t size, unpacked_call *call, const char **value)
{
    rpi_place place;
    const rpi_region *region;
    memcpy(&place, from, sizeof place);
    rp_status status = rpi_regions_attach(&place.region, false, &region, NULL);
    if (status != RP_OK) return status;
    call->held[call->n_held++] = region;
    if (place.offset > region->name.size || size > region->name.size - place.offset) return RP_USAGE;
    *value = region->base + place.offset;
    return RP_OK;
}

/* Reads column k, which begins at `*at`, and moves `*at` behind it. */
static rp_status read_column(const char *from, size_t end, size_t *at, const rp_task *task, int k, unpacked_call *call)
{
    packed_column packed;
    if (*at > end || end - *at < sizeof packed) return RP_USAGE;
    memcpy(&packed, from + *at, sizeof packed);
    rp_column *column = &call->columns[k];
    *column = packed.column;
    const char *value = from + *at + sizeof packed;
    size_t size = rpi_column_has_contents(column) ? (size_t)packed.contents_size : 0, taken = packed.is_placed ? sizeof(rpi_place) : size;
    if (taken > end - *at - sizeof packed || (packed.is_placed && !rpi_column_has_contents(column)) || !rpi_column_has_size(column, size))
        return RP_USAGE;
    rp_status status = packed.is_placed ? attach_constant(value, size, call, &value) : RP_OK;
    if (status != RP_OK) return status;
    *at = rpi_pack_align(*at + sizeof packed + taken);
    column->data = value;
    if (!rpi_type_points(column->type)) return RP_OK;
    if (column->kind == RP_COLUMN_CONSTANT && !rpi_value_fits(column->type, (rp_bytes){value, size})) return RP_USAGE;
    rpi_value_point(column->type, &call->values[k], (rp_bytes){value, size});
    column->data = &call->values[k];
    column->size = task->argument_sizes[k];
    return RP_OK;
}

static rp_status read_columns(const char *from, size_t end, size_t at, const rp_task *task, unpacked_call *call, rp_error *error)
{
    rp_status status = RP_OK;
    for (int k = 0; k < task->n_arguments && status == RP_OK; k++) status = read_column(from, end, &at, task, k, call);
    if (status == RP_OK) return RP_OK;
    if (status == RP_USAGE) return rp_error_set(error, status, 0, "the description of a call of task %s is too short", task->name);
    return rp_error_set(error, status, 0, "a constant of task %s can't be reached: %s", task->name, rp_status_text(status));
}

static void let_go(unpacked_call *call)
{
    while (call->n_held > 0) rpi_regions_release(call->held[--call->n_held]);
}

static bool is_name(const char *name, uint64_t size, size_t available) { return size > 0 && size <= available && !name[size - 1]; }

/* Reads the fixed part, and finds task and fold by their names, which have a NUL. NULL: there is no fold. */
static rp_status read_names(const char *from, size_t size, packed_call *head, const rp_task **task, const rp_fold **fold, rp_error *error)
{
    const char *name = from + sizeof *head;
    size_t left = size < sizeof *head ? 0 : size - sizeof *head;
    if (left > 0) memcpy(head, from, sizeof *head);
    bool sound = left > 0 && is_name(name, head->name_size, left);
    if (sound && head->fold_size > 0) sound = is_name(name + head->name_size, head->fold_size, left - (size_t)head->name_size);
    if (!sound) return rp_error_set(error, RP_USAGE, 0, "a call's description is too short");
    *task = rp_task_find(name);
    *fold = head->fold_size > 0 ? rp_fold_find(name + head->name_size) : NULL;
    if (!*task) return rp_error_set(error, RP_USAGE, 0, "this rank doesn't know task %s", name);
    if (head->fold_size == 0 || (*fold && rpi_fold_takes(*fold, *task))) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "this rank doesn't know fold %s", name + head->name_size);
}

rp_status rpi_unpack_call(const char *from, size_t size, rpi_work *work, rp_error *error)
{
    unpacked_call call = {.n_held = 0};
    packed_call head;
    const rp_task *task = NULL;
    const rp_fold *fold = NULL;
    rp_status status = read_names(from, size, &head, &task, &fold, error);
    if (status == RP_OK)
        status = read_columns(from, size, rpi_pack_align(sizeof head + (size_t)(head.name_size + head.fold_size)), task, &call, error);
    if (status == RP_OK)
        status = rpi_work_init(work, task, (rp_columns){0, NULL}, (rp_columns){(size_t)task->n_arguments, call.columns}, error);
    let_go(&call);
    if (status != RP_OK) return status;
    work->id = head.id;
    work->on_error = (rp_on_error)head.on_error;
    work->n_bound = (unsigned char)head.n_bound;
    work->max_attempts = (unsigned)head.max_attempts;
    work->timeout_ns = head.timeout_ns;
    work->seed = head.seed;
    if (!fold || rpi_work_reduce(work, fold, head.n_items, head.in_any_order)) return RP_OK;
    rpi_work_fini(work);
    return rpi_error_no_memory(error);
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
        void *copy = malloc(items[i].size);
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
