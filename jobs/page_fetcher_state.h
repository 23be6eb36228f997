/* page_fetcher_state.h: the state of a fetcher (page_fetcher.h), for its files. */
#ifndef RANKPOOL_PAGE_FETCHER_STATE_H
#define RANKPOOL_PAGE_FETCHER_STATE_H

#include "page_events.h"
#include "page_fetcher.h"
#include "page_hosts.h"
#include "page_pauses.h"
#include "page_transfer.h"

#include <time.h>

struct page_fetcher {
    const curl_loader *curl;
    CURLM *multi;
    page_events events;
    CURLSH *share;
    page_hosts hosts;
    page_pauses pauses; /* that others have told of */
    int64_t connections;
    page_transfer **open; /* those that have an item: active or waiting */
    size_t n_open, n_active, room;
    page_transfer **spare;
    size_t n_spare;
    int directory; /* that pages are written to; -1: none is open */
    char directory_path[PATH_MAX];
    unsigned seed;
    double looked_s; /* when it last looked for items that are dropped */
};

/* By the monotonic clock. */
static inline double page_now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
