/* item_kind.c: see item_kind.h. */
#include "item_kind.h"

#include <errno.h>
#include <string.h>

uint64_t item_place(const item_source *items, int64_t index)
{
    return items->request.sample > 0 ? sample_at(&items->drawn, (uint64_t)index) : (uint64_t)index;
}

int item_keeps_cr(const rp_job *job) { return job->items_are_texts && !job->skips_blanks; }

rp_status item_no_memory(rp_error *error) { return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the items"); }

rp_status item_refuse(const item_source *items, const char *where, rp_type type, rp_bytes text, rp_error *error)
{
    char shown[VALUE_SHOWN_SIZE];
    const char *expected = items->job->items_are_texts ? "a text without NUL" : value_expected(type);
    return rp_error_set(error, RP_USAGE, 0, "%s%s'%s' isn't %s (an item of %s is %s)", where, *where ? ": " : "", value_shown(text, shown),
                        expected, items->job->name, items->job->item_help);
}

int item_take(const item_source *items, rp_bytes text, void *const *arguments)
{
    if (!items->job->items_are_texts) return value_parse(items->types[0], text, arguments[0]);
    *(rp_bytes *)arguments[0] = (rp_bytes){text.data, text.size + 1};
    return memchr(text.data, '\0', text.size) == NULL;
}

int item_take_packed(const item_source *items, rp_bytes packed, void *const *arguments)
{
    if (items->job->items_are_texts) {
        *(rp_bytes *)arguments[0] = packed;
        return -1;
    }
    const char *text = packed.data;
    for (size_t k = 0; k < items->n; k++) {
        size_t size = strlen(text);
        if (!value_parse(items->types[k], (rp_bytes){text, size}, arguments[k])) return (int)k;
        text += size + 1;
    }
    return -1;
}
