/* page_result.c: see page_result.h. */
#include "page_result.h"

#include <rankpool/text.h>

#include <stdlib.h>
#include <string.h>

int page_result_emit(rp_item *item, const page_result *result, const char *file, const char *address)
{
    size_t file_size = strlen(file) + 1, address_size = strlen(address);
    char *packed = malloc(sizeof(*result) + file_size + address_size + 1);
    if (!packed) return 0;
    memcpy(packed, result, sizeof(*result));
    memcpy(packed + sizeof(*result), file, file_size);
    size_t size = sizeof(*result) + file_size;
    size += rp_without_user(address, address_size, packed + size);
    packed[size++] = '\0';
    int ok = rp_item_emit(item, packed, size);
    free(packed);
    return ok;
}

static int take_text(const char **from, const char *end, rp_bytes *text)
{
    const char *nul = memchr(*from, '\0', (size_t)(end - *from));
    if (!nul) return 0;
    *text = (rp_bytes){*from, (size_t)(nul - *from)};
    *from = nul + 1;
    return 1;
}

int page_result_read(rp_bytes result, page_row *row)
{
    static const char *const outcomes[] = {[PAGE_IS_NEW] = "new", [PAGE_IS_RESUMED] = "resumed", [PAGE_IS_UNCHANGED] = "unchanged"};
    page_result numbers;
    if (result.size < sizeof(numbers)) return 0;
    memcpy(&numbers, result.data, sizeof(numbers));
    if (numbers.outcome < 0 || numbers.outcome > PAGE_IS_UNCHANGED) return 0;
    const char *outcome = outcomes[numbers.outcome], *at = (const char *)result.data + sizeof(numbers);
    const char *end = (const char *)result.data + result.size;
    *row = (page_row){.status = numbers.status,
                      .bytes = numbers.bytes,
                      .seconds = numbers.seconds,
                      .outcome = {outcome, strlen(outcome)},
                      .key = numbers.key};
    return take_text(&at, end, &row->file) && take_text(&at, end, &row->address);
}
