/*
 * pack_call.c: see pack_call.h. First comes the fixed part, then the names of task and fold, then for each argument its column and, for a
 * constant, its value or its place.
 */
#include "task/pack_call.h"

#include "base/size.h"
#include "task/columns.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

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
