/* item_lines.c: see item_lines.h. */
#include "item_lines.h"
#include "item_file.h"
#include "program.h"

#include <stdlib.h>
#include <string.h>

/* A first line that names the column is read at once, as a job asks for names before it runs. */
static rp_status read_name(item_source *items, rp_error *error)
{
    rp_bytes line;
    rp_status status = lines_next(&items->lines, 1, &line, error);
    if (status != RP_OK) return status == RP_END ? RP_OK : status;
    items->has_begun = 1;
    items->names = calloc(1, sizeof *items->names);
    if (items->names) items->names[0] = strdup(line.data);
    return items->names && items->names[0] ? RP_OK : item_no_memory(error);
}

static rp_status open_lines(item_source *items, rp_error *error)
{
    rp_status status = item_file_open(items, "--input", error);
    items->n_texts = 1;
    int names = items->job->items_are_texts && items->request.header == ITEMS_HEADER_YES;
    return status == RP_OK && names ? read_name(items, error) : status;
}

static void warn_of_cr(item_source *items)
{
    if (items->lines.first_cr == 0 || items->has_warned) return;
    items->has_warned = 1;
    program_say(LINES_CR_WARNING, items->name, (unsigned long long)items->lines.first_cr);
}

static rp_status next(item_source *items, void *const *arguments, int may_wait, rp_error *error)
{
    rp_bytes line;
    do {
        rp_status status = lines_next(&items->lines, may_wait, &line, error);
        if (status != RP_OK) return status;
    } while (item_file_passes_over(items, line));
    warn_of_cr(items);
    rp_bytes text = {texts_add(&items->texts, items->count, line, 0), line.size};
    if (!text.data) return item_no_memory(error);
    if (item_take(items, text, arguments)) return RP_OK;
    char where[ITEM_WHERE_SIZE];
    return item_refuse(items, item_file_where(items, items->lines.number, where), items->types[0], text, error);
}

const item_kind item_lines = {.open = open_lines, .next = next};
