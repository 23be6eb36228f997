/*
 * page_transfer.h: gets one page by http or https into memory. Used by the job `fetch`, in a task: what goes wrong is told to rp_fail, with
 * the HTTP status (400 and above) or a CURLcode (below 100).
 */
#ifndef RANKPOOL_PAGE_TRANSFER_H
#define RANKPOOL_PAGE_TRANSFER_H

#include "curl_loader.h"

#include <rankpool/task.h>

enum { PAGE_ADDRESS_LIMIT = 65536, PAGE_ADDRESS_SHOWN = 200 };

typedef struct page_limits {
    int64_t max_bytes;
    int64_t max_redirects;
    int64_t connect_timeout_ms;
    int64_t stall_timeout_s;
    int64_t timeout_ms;
    int64_t redirect_to_http; /* 1: a redirect from https to http is followed */
} page_limits;

/* What one worker keeps from page to page. The memory for the page only grows. */
typedef struct page_transfer {
    const curl_loader *curl;
    CURL *handle;
    char *page;
    size_t size_bytes, capacity_bytes, limit_bytes;
    const page_limits *limits; /* of the transfer that runs */
    CURLcode refusal;          /* why this program ended the transfer; CURLE_OK: it didn't */
    int socket_errno;          /* why the latest socket couldn't be made; 0: it was */
    int is_encrypted;          /* the page is, or was on its way here, asked for by https */
    char error[CURL_ERROR_SIZE];
    char address[PAGE_ADDRESS_LIMIT + 1];
} page_transfer;

/* `curl` is borrowed. NULL: no memory. page_transfer_destroy takes NULL too. */
page_transfer *page_transfer_create(const curl_loader *curl);
void page_transfer_destroy(page_transfer *transfer);

/* Copies the address of an item, without the blanks around it. Returns 1; or 0: the item has failed, as it can't be an address. */
int page_transfer_take_address(page_transfer *transfer, const rp_bytes *item);

/* Gets the page of that address: page, size_bytes and the HTTP status. Returns 1; or 0: the item has failed. */
int page_transfer_run(page_transfer *transfer, const page_limits *limits, int64_t *status);

#endif
