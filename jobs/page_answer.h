/* page_answer.h: what the headers of an answer say, as the job `fetch` needs it. Pure. */
#ifndef RANKPOOL_PAGE_ANSWER_H
#define RANKPOOL_PAGE_ANSWER_H

#include "page_memo.h"

#include <stddef.h>

typedef struct page_answer {
    page_memo memo;       /* the size is of the whole page, if the answer tells it */
    int64_t range_first;  /* of a Content-Range: the first byte that follows; -1: none */
    int64_t range_length; /* the page's length, as Content-Range tells it; -1: it doesn't */
    char sha256[64];      /* Repr-Digest, base64; empty: none */
} page_answer;

/* An answer without headers. */
void page_answer_clear(page_answer *answer);

/* Takes one line of the headers, with its line end. A status line begins a new answer: of a redirect, only the last one counts. */
void page_answer_take(page_answer *answer, const char *line, size_t size);

/* Seconds since 1970 of a date in the form that servers have to send, "Sun, 06 Nov 1994 08:49:37 GMT"; 0: it has another one. */
int64_t page_answer_time(const char *date);

#endif
