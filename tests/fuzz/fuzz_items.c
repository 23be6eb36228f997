/*
 * fuzz_items.c: --input and --csv. The first byte says which, the job, and what it takes for no item. Read as a whole or one after another,
 * items are the same, and mistakes are found by both.
 */
#include "fuzz.h"

#include "find_job.h"
#include "items.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_COLUMNS = 8 };

/* A sum over all bytes of an item's text. */
static uint64_t sum_of(item_source *items, int64_t index)
{
    char room[VALUE_TEXT_SIZE];
    rp_bytes text = items_text(items, index, room);
    uint64_t sum = 7;
    for (size_t i = 0; i < text.size; i++) sum = sum * 31 + ((const unsigned char *)text.data)[i];
    return sum;
}

static rp_status read_whole(const items_request *request, const rp_job *job, uint64_t *n, uint64_t *sum)
{
    item_source *items = NULL;
    rp_error error = {0};
    rp_status status = items_open(request, job, &items, &error);
    if (status == RP_OK) status = items_expect(items, job->items_are_texts ? 1 : 0, &error);
    if (status == RP_OK) status = items_load(items, &error);
    if (status == RP_OK) *n = items_count(items);
    for (uint64_t i = 0; status == RP_OK && i < *n; i++) *sum = *sum * 131 + sum_of(items, (int64_t)i);
    FUZZ_CHECK(status == RP_OK || rp_error_text(&error)[0]);
    if (items) items_close(items);
    return status;
}

static rp_status read_one_by_one(const items_request *request, const rp_job *job, uint64_t *n, uint64_t *sum)
{
    item_source *items = NULL;
    rp_error error = {0};
    union {
        double real;
        int64_t whole;
        rp_bytes bytes;
    } room[MOST_COLUMNS];
    void *arguments[MOST_COLUMNS];
    for (int k = 0; k < MOST_COLUMNS; k++) arguments[k] = &room[k];
    rp_status status = items_open(request, job, &items, &error);
    if (status == RP_OK) status = items_expect(items, job->items_are_texts ? 1 : 0, &error);
    while (status == RP_OK && (status = items_next(items, arguments, 1, &error)) == RP_OK) {
        *sum = *sum * 131 + sum_of(items, (int64_t)*n);
        items_forget(items, (int64_t)(*n)++);
    }
    if (items) items_close(items);
    return status == RP_END ? RP_OK : status;
}

static int begins_with_letter(rp_bytes text) { return text.size > 0 && (((const char *)text.data)[0] | 0x20) >= 'a'; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"echo", "half", "nap", "scale", "show"};
    fuzz_input input = {data, size};
    uint64_t way = fuzz_number(&input, 1);
    const rp_job *job = NULL;
    FUZZ_CHECK(find_job(names[way < 128 ? way / 2 % 4 : 4], &job, NULL) == RP_OK);
    rp_job own = *job;
    own.skips_blanks = way / 8 % 2;
    own.is_header = way / 16 % 2 ? begins_with_letter : NULL;
    int file = memfd_create("items", MFD_CLOEXEC);
    FUZZ_CHECK(file >= 0 && write(file, input.at, input.left) == (ssize_t)input.left);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    items_request request = {.kind = way & 1 ? ITEMS_CSV : ITEMS_LINES, .path = path, .header = (items_header)(way / 32 % 3)};
    request.separates_by_nul = request.kind == ITEMS_LINES && way / 128 && way / 8 % 2;
    uint64_t n_whole = 0, n_single = 0, whole = 0, single = 0;
    rp_status first = read_whole(&request, &own, &n_whole, &whole), second = read_one_by_one(&request, &own, &n_single, &single);
    FUZZ_CHECK(first == second);
    FUZZ_CHECK(first != RP_OK || (n_whole == n_single && whole == single));
    close(file);
    return 0;
}
