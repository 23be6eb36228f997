/* page_result.h: the result of an item of the job `fetch`, as it travels: numbers, then two texts with a NUL behind each. */
#ifndef RANKPOOL_PAGE_RESULT_H
#define RANKPOOL_PAGE_RESULT_H

#include <rankpool/task.h>

typedef enum page_outcome { PAGE_IS_NEW, PAGE_IS_RESUMED, PAGE_IS_UNCHANGED } page_outcome;

typedef struct page_result {
    int64_t status;  /* of HTTP; 0: nobody was asked */
    int64_t bytes;   /* of the page */
    double seconds;  /* from the first request on */
    int64_t outcome; /* a page_outcome */
    uint64_t key;    /* stands for the address (page_names.h) */
} page_result;

/* The result as the program shows it. */
typedef struct page_row {
    int64_t status, bytes;
    double seconds;
    rp_bytes outcome, file, address;
    uint64_t key;
} page_row;

/* Gives the item its result: the page's file, and the address that it came from in the end, without its user information. Returns 0: no
 * memory. */
int page_result_emit(rp_item *item, const page_result *result, const char *file, const char *address);

/* The row of a result; its texts point into it. Returns 0: it is none. */
int page_result_read(rp_bytes result, page_row *row);

#endif
