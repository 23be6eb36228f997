/*
 * page_end.h: how transfers and items of a fetcher end: a page that is there, another try, a failure. Each of these functions but the last
 * ends the item of the transfer, which is spare then.
 */
#ifndef RANKPOOL_PAGE_END_H
#define RANKPOOL_PAGE_END_H

#include "page_fetcher_state.h"
#include "page_result.h"

/* The page is there. `status` 0: nobody was asked. */
void page_end_succeed(page_fetcher *fetcher, page_transfer *transfer, int64_t status, page_outcome outcome);

void page_end_fail(page_fetcher *fetcher, page_transfer *transfer, rp_cause cause, int code, const char *reason);

/* The page, or its directory, can't be written. */
void page_end_fail_write(page_fetcher *fetcher, page_transfer *transfer, int failure);

/* The item has ended already. */
void page_end_forget(page_fetcher *fetcher, page_transfer *transfer);

/* Curl is through with the transfer: ends its item, or has it wait for another request. */
void page_end_transfer(page_fetcher *fetcher, page_transfer *transfer, CURLcode code);

#endif
