/* item_arguments.c: see item_arguments.h. */
#include "item_arguments.h"

#include <string.h>

static rp_bytes text(const item_source *items, int64_t index, char room[VALUE_TEXT_SIZE])
{
    (void)room;
    const char *argument = items->request.arguments[item_place(items, index)];
    return (rp_bytes){argument, strlen(argument)};
}

static rp_status next(item_source *items, void *const *arguments, int may_wait, rp_error *error)
{
    (void)may_wait;
    if (items->count == items->total) return RP_END;
    rp_bytes argument = text(items, items->count, NULL);
    return item_take(items, argument, arguments) ? RP_OK : item_refuse(items, "", items->types[0], argument, error);
}

const item_kind item_arguments = {.next = next, .text = text};
