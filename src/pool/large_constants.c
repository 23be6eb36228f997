/* large_constants.c: see large_constants.h. */
#include "pool/large_constants.h"

#include "base/regions.h"
#include "task/columns.h"

#include <string.h>

static const size_t large = 1 << 20;

/* What the constant is, if it is large and not in a region yet. {NULL, 0} otherwise. */
static rp_bytes large_contents(const rp_column *column)
{
    static const rp_bytes none = {NULL, 0};
    rpi_region_name name;
    uint64_t offset;
    size_t pointer_size = column->type == RP_TYPE_BYTES ? sizeof(rp_bytes) : sizeof(char *);
    if (column->kind != RP_COLUMN_CONSTANT || !column->data) return none;
    if (rpi_type_points(column->type) && (column->size != pointer_size || !rpi_value_is_sound(column->type, column->data))) return none;
    rp_bytes contents = rpi_column_contents(column);
    return contents.size > large && !rpi_regions_name(contents.data, contents.size, &name, &offset) ? contents : none;
}

/* Moves the constant of column k, if it is large. */
static void move(rpi_large_constants *self, size_t k)
{
    rp_column *column = &self->replaced[k];
    rp_bytes contents = large_contents(column);
    char **made = &self->made[self->n_made];
    if (!contents.data || rpi_regions_make(contents.size, contents.data, true, made, NULL) != RP_OK) return;
    column->data = *made;
    self->n_made++;
    if (!rpi_type_points(column->type)) return;
    rpi_value_point(column->type, &self->values[k], (rp_bytes){*made, contents.size});
    column->data = &self->values[k];
}

void rpi_large_constants_init(rpi_large_constants *self, rp_columns columns, bool shares)
{
    self->columns = columns;
    self->n_made = 0;
    if (!shares || columns.n == 0 || columns.n > RP_MAX_ARGUMENTS || !columns.columns) return;
    memcpy(self->replaced, columns.columns, columns.n * sizeof *columns.columns);
    for (size_t k = 0; k < columns.n; k++) move(self, k);
    if (self->n_made > 0) self->columns.columns = self->replaced;
}

void rpi_large_constants_fini(rpi_large_constants *self)
{
    while (self->n_made > 0) rpi_regions_free(self->made[--self->n_made]);
}
