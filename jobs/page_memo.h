/*
 * page_memo.h: what is remembered of a page with its file, in an extended attribute: by which the server knows it again, and how long it
 * is. It goes with the file when that is renamed, and is lost where the file system has none; then a page is fetched anew.
 */
#ifndef RANKPOOL_PAGE_MEMO_H
#define RANKPOOL_PAGE_MEMO_H

#include <stdint.h>

enum { PAGE_ETAG_SIZE = 256, PAGE_DATE_SIZE = 64 };

typedef struct page_memo {
    int64_t size;                  /* of the whole page, bytes; -1: not known */
    char etag[PAGE_ETAG_SIZE];     /* as the server sent it, with its quotes; empty: none */
    char modified[PAGE_DATE_SIZE]; /* Last-Modified, as it was sent; empty: none */
} page_memo;

/* Whether bytes of two answers with this memo are of one page for certain: a strong ETag, or none and a date. */
int page_memo_is_strong(const page_memo *memo);

/* Both return 1, or 0: the file has none, or can't have one. */
int page_memo_write(int file, const page_memo *memo);
int page_memo_read(int file, page_memo *memo);

#endif
