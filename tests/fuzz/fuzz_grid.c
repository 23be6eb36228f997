/*
 * fuzz_grid.c: axes of grids, one a line. What is read has as many values as it says, each a text with a NUL behind it and no longer than
 * it says; a range's values are numbers that grow or shrink, and a sample of the combinations has none twice.
 */
#include "fuzz.h"

#include "grid.h"
#include "sample.h"

#include <stdlib.h>
#include <string.h>

enum { FEW = 40 };

static void check_value(const grid_axis *axis, uint64_t place)
{
    char room[GRID_NUMBER_SIZE];
    rp_bytes value = grid_axis_value(axis, place, room);
    FUZZ_CHECK(value.size <= axis->most_text && strlen(value.data) == value.size);
}

static void check_part(const grid_part *part, const grid_axis *axis, uint64_t begin)
{
    FUZZ_CHECK(part->n > 0 && begin + part->n <= axis->n);
    double before = 0;
    for (uint64_t i = 0; i < part->n && i < FEW; i++) {
        char room[GRID_NUMBER_SIZE], *end;
        check_value(axis, begin + i);
        if (part->texts) continue;
        double number = strtod(grid_axis_value(axis, begin + i, room).data, &end);
        FUZZ_CHECK(*end == '\0' && (i == 0 || (part->step.digits > 0 ? number >= before : number <= before)));
        before = number;
    }
    check_value(axis, begin + part->n - 1);
}

static void check_sample(const grid *made, uint64_t seed)
{
    uint64_t drawn[FEW];
    if (made->size == 0) return;
    sample chosen = sample_of(made->size, seed);
    for (uint64_t i = 0; i < FEW && i < made->size; i++) {
        drawn[i] = sample_at(&chosen, i);
        FUZZ_CHECK(drawn[i] < made->size);
        for (uint64_t k = 0; k < i; k++) FUZZ_CHECK(drawn[k] != drawn[i]);
        for (size_t axis = 0; axis < made->n_axes; axis++) {
            char room[GRID_NUMBER_SIZE];
            (void)grid_value(made, axis, drawn[i], room);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    size_t length;
    char *text = fuzz_rest(&input, &length), *rest = text, *line;
    grid made = {0};
    while ((line = strsep(&rest, "\n")) != NULL) {
        rp_error error = {0};
        size_t before = made.n_axes;
        rp_status status = grid_add(&made, line, &error);
        FUZZ_CHECK(status == RP_OK ? made.n_axes == before + 1 : made.n_axes == before && error.message[0]);
    }
    for (size_t k = 0; k < made.n_axes; k++) {
        uint64_t begin = 0;
        for (size_t p = 0; p < made.axes[k].n_parts; begin += made.axes[k].parts[p++].n)
            check_part(&made.axes[k].parts[p], &made.axes[k], begin);
        FUZZ_CHECK(begin == made.axes[k].n);
    }
    check_sample(&made, length);
    grid_fini(&made);
    free(text);
    return 0;
}
