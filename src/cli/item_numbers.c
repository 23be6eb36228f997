/* item_numbers.c: see item_numbers.h. Each number is written as text, and read as the type that the task takes. */
#include "item_numbers.h"

#include <inttypes.h>
#include <string.h>

static rp_bytes text(const item_source *items, int64_t index, char room[VALUE_TEXT_SIZE])
{
    uint64_t place = item_place(items, index);
    value_print(RP_TYPE_UINT64, &place, room);
    return (rp_bytes){room, strlen(room)};
}

static rp_status refuse(const item_source *items, rp_error *error)
{
    return rp_error_set(error, RP_USAGE, 0, "--items %" PRId64 ": an item of %s must be %s", items->request.n, items->job->name,
                        value_expected(items->types[0]));
}

static rp_status expect(const item_source *items, rp_error *error)
{
    if (items->request.n == 0 || items->n == 0 || value_is_text(items->types[0])) return RP_OK;
    int64_t last = items->request.n - 1;
    char digits[VALUE_TEXT_SIZE], value[sizeof(max_align_t)];
    rp_bytes number = {value_print(RP_TYPE_INT64, &last, digits), strlen(digits)};
    return value_parse(items->types[0], number, value) ? RP_OK : refuse(items, error);
}

static rp_status next(item_source *items, void *const *arguments, int may_wait, rp_error *error)
{
    (void)may_wait;
    if (items->count == items->total) return RP_END;
    if (items->n == 0) return RP_OK;
    if (items->types[0] == RP_TYPE_DOUBLE) {
        *(double *)arguments[0] = (double)item_place(items, items->count);
        return RP_OK;
    }
    char digits[VALUE_TEXT_SIZE];
    rp_bytes number = text(items, items->count, digits);
    if (value_is_text(items->types[0])) number.data = texts_add(&items->texts, items->count, number, 0);
    if (!number.data) return item_no_memory(error);
    return item_take(items, number, arguments) ? RP_OK : refuse(items, error);
}

const item_kind item_numbers = {.expect = expect, .next = next, .text = text};
