/*
 * page_names.h: which item has which file, to find two items of different addresses that have one. Names that differ in upper and lower
 * case alone are one, as they are on some file systems. It keeps 24 bytes for each item. Used by the job `fetch`; one thread.
 */
#ifndef RANKPOOL_PAGE_NAMES_H
#define RANKPOOL_PAGE_NAMES_H

#include <stddef.h>
#include <stdint.h>

typedef struct page_names page_names;

/* NULL: no memory. destroy takes NULL too. */
page_names *page_names_create(void);
void page_names_destroy(page_names *names);

/* A number that stands for an address. */
uint64_t page_names_key(const char *address);

/* The item has this file. Returns 0; 1: an item with another address has it already, `*first`; -1: no memory. */
int page_names_add(page_names *names, const char *file, size_t size, uint64_t address, int64_t index, int64_t *first);

#endif
