/* item_values.c: see item_values.h. */
#include "pool/item_values.h"

#include "task/columns.h"
#include "task/computed.h"

#include <string.h>

/* Short values need one hash of both together. */
static rpi_item_hash add_bytes(rpi_item_hash before, const void *data, size_t size)
{
    enum { SHORT = 48 };
    uint8_t both[sizeof before + SHORT];
    memcpy(both, &before, sizeof before);
    if (size <= SHORT) {
        if (size > 0) memcpy(both + sizeof before, data, size);
        return rpi_item_hash_of(both, sizeof before + size);
    }
    rpi_item_hash hash = rpi_item_hash_of(data, size);
    memcpy(both + sizeof before, &hash, sizeof hash);
    return rpi_item_hash_of(both, sizeof before + sizeof hash);
}

/* What a value points to has a size of its own, which is a part of it. */
static rpi_item_hash add_value(rpi_item_hash before, rp_type type, const void *value, size_t size)
{
    if (!rpi_type_points(type)) return add_bytes(before, value, size);
    rp_bytes bytes = rpi_value_bytes(type, value);
    uint64_t length = bytes.size;
    return add_bytes(add_bytes(before, &length, sizeof length), bytes.data, bytes.size);
}

rpi_item_hash rpi_item_values_hash(const rpi_item_values *self, const void *const *values)
{
    rpi_item_hash hash = self->begin;
    for (int k = 0; k < self->n; k++) hash = add_value(hash, self->types[k], values[k], self->sizes[k]);
    return hash;
}

/* Where the values of an item of a batch are; those that are computed are put into `room`. */
static void find_values(const rpi_batch *batch, uint64_t offset, const void **values, uint64_t *room)
{
    const rpi_work *work = batch->work;
    for (int k = 0, n = 0; k < work->task->n_arguments; k++) {
        const rp_column *column = &work->arguments[k];
        if (column->kind == RP_COLUMN_CONSTANT) continue;
        if (batch->views[k].base) values[n] = batch->views[k].base + offset * batch->views[k].stride_bytes;
        else values[n] = rpi_computed_value(column, batch->first + offset, &room[n]);
        n++;
    }
}

rpi_item_hash rpi_item_values_hash_at(const rpi_item_values *self, const rpi_batch *batch, uint64_t offset)
{
    const void *values[RP_MAX_ARGUMENTS];
    uint64_t room[RP_MAX_ARGUMENTS];
    find_values(batch, offset, values, room);
    return rpi_item_values_hash(self, values);
}

void rpi_item_values_init(rpi_item_values *self, const rpi_work *work)
{
    const rp_task *task = work->task;
    *self = (rpi_item_values){.begin = rpi_item_hash_of(task->name, strlen(task->name))};
    for (int k = 0; k < task->n_arguments; k++) {
        if (work->arguments[k].kind == RP_COLUMN_CONSTANT) {
            self->begin = add_value(self->begin, task->argument_types[k], work->arguments[k].data, task->argument_sizes[k]);
            continue;
        }
        self->types[self->n] = task->argument_types[k];
        self->sizes[self->n++] = task->argument_sizes[k];
    }
}
