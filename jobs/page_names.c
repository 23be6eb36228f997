/* page_names.c: see page_names.h. A table with open addressing; what stands for a file is a number of 64 bits. */
#include "page_names.h"

#include <stdlib.h>
#include <string.h>

typedef struct entry {
    uint64_t file, address; /* file 0: free */
    int64_t index;
} entry;

struct page_names {
    entry *entries;
    size_t n, room; /* a power of two */
};

static uint64_t hash(const char *text, size_t size, int folds_case)
{
    uint64_t made = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        made = (made ^ (folds_case && c >= 'A' && c <= 'Z' ? c + 32u : c)) * 0x100000001b3ull;
    }
    return made ^ made >> 32;
}

uint64_t page_names_key(const char *address) { return hash(address, strlen(address), 0); }

page_names *page_names_create(void)
{
    page_names *made = calloc(1, sizeof(*made));
    return made;
}

void page_names_destroy(page_names *names)
{
    if (names) free(names->entries);
    free(names);
}

/* The entry of that file, or the free one where it would be. */
static entry *find(const page_names *names, uint64_t file)
{
    size_t at = (size_t)file & (names->room - 1);
    while (names->entries[at].file && names->entries[at].file != file) at = (at + 1) & (names->room - 1);
    return &names->entries[at];
}

static int make_room(page_names *names)
{
    if (4 * names->n < 3 * names->room) return 1;
    page_names larger = {.n = names->n, .room = names->room ? 2 * names->room : 1024};
    larger.entries = calloc(larger.room, sizeof(*larger.entries));
    if (!larger.entries) return 0;
    for (size_t i = 0; i < names->room; i++)
        if (names->entries[i].file) *find(&larger, names->entries[i].file) = names->entries[i];
    free(names->entries);
    *names = larger;
    return 1;
}

int page_names_add(page_names *names, const char *file, size_t size, uint64_t address, int64_t index, int64_t *first)
{
    uint64_t key = hash(file, size, 1);
    if (!make_room(names)) return -1;
    entry *its = find(names, key ? key : 1);
    if (!its->file) {
        *its = (entry){key ? key : 1, address, index};
        names->n++;
        return 0;
    }
    *first = its->index;
    return its->address != address;
}
