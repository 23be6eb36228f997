/* grid.c: see grid.h. */
#include "grid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void grid_fini(grid *self)
{
    for (size_t i = 0; i < self->n_axes; i++) grid_axis_fini(&self->axes[i]);
    free(self->axes);
    *self = (grid){0};
}

static rp_status no_memory(rp_error *error) { return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the values of a grid"); }

/* The number of combinations with one more axis. Returns 0: there are too many. */
static int grow(const grid *self, const grid_axis *axis, uint64_t *size)
{
    uint64_t factor = axis->is_linked ? 1 : axis->n;
    *size = self->n_axes == 0 ? 1 : self->size;
    if (factor > 0 && *size > (uint64_t)INT64_MAX / factor) return 0;
    *size *= factor;
    return 1;
}

/* Takes the axis over, whatever this returns. */
static rp_status append(grid *self, grid_axis *axis, rp_error *error)
{
    uint64_t size;
    grid_axis *axes = NULL;
    rp_status status = RP_OK;
    if (!grow(self, axis, &size))
        status = rp_error_set(error, RP_USAGE, 0, "there are more than %llu combinations", (unsigned long long)INT64_MAX);
    if (status == RP_OK && !(axes = reallocarray(self->axes, self->n_axes + 1, sizeof *axes))) status = no_memory(error);
    if (status != RP_OK) {
        grid_axis_fini(axis);
        return status;
    }
    self->axes = axes;
    self->axes[self->n_axes++] = *axis;
    self->size = size;
    return RP_OK;
}

static int has_name(const grid *self, const char *name)
{
    for (size_t i = 0; i < self->n_axes; i++)
        if (self->axes[i].name && strcmp(self->axes[i].name, name) == 0) return 1;
    return 0;
}

rp_status grid_add(grid *self, const char *text, rp_error *error)
{
    grid_axis axis = {0};
    rp_status status = grid_axis_read(&axis, text, error);
    if (status == RP_OK && has_name(self, axis.name)) status = rp_error_set(error, RP_USAGE, 0, "there are two axes named '%s'", axis.name);
    if (status == RP_OK) return append(self, &axis, error);
    grid_axis_fini(&axis);
    return status;
}

rp_status grid_add_texts(grid *self, const rp_bytes *texts, size_t n, int is_linked, rp_error *error)
{
    grid_axis axis = {0};
    const grid_axis *before = is_linked && self->n_axes > 0 ? &self->axes[self->n_axes - 1] : NULL;
    if (before && before->n != n)
        return rp_error_set(error, RP_USAGE, 0, "a list linked by + has %zu values where the list before it has %llu", n,
                            (unsigned long long)before->n);
    rp_status status = grid_axis_copy(&axis, texts, n, error);
    axis.is_linked = is_linked;
    if (status == RP_OK) return append(self, &axis, error);
    grid_axis_fini(&axis);
    return status;
}

rp_status grid_name_last(grid *self, rp_bytes name, rp_error *error)
{
    char *copy = strndup(name.data, name.size);
    if (!copy) return no_memory(error);
    rp_status status = RP_OK;
    if (!*copy) status = rp_error_set(error, RP_USAGE, 0, "the name of a list is empty");
    else if (has_name(self, copy)) status = rp_error_set(error, RP_USAGE, 0, "there are two lists named '%s'", copy);
    if (status == RP_OK) self->axes[self->n_axes - 1].name = copy;
    else free(copy);
    return status;
}

rp_bytes grid_value(const grid *self, size_t axis, uint64_t combination, char room[GRID_NUMBER_SIZE])
{
    size_t k = self->n_axes - 1;
    for (;; k--) {
        const grid_axis *at = &self->axes[k];
        if (k == axis) return grid_axis_value(at, combination % at->n, room);
        if (!at->is_linked) combination /= at->n;
    }
}
