/*
 * page_fetcher.h: the pages that one worker fetches at once, over one curl multi handle: connections, looked-up names and TLS sessions
 * serve all of them. A page that waits for its next try, or for its host, keeps no connection from others. Used by the job `fetch`.
 */
#ifndef RANKPOOL_PAGE_FETCHER_H
#define RANKPOOL_PAGE_FETCHER_H

#include "curl_loader.h"
#include "page_settings.h"

#include <rankpool/task.h>

typedef struct page_fetcher page_fetcher;

/* `curl` is borrowed. NULL: no memory. destroy takes NULL too. */
page_fetcher *page_fetcher_create(const curl_loader *curl);
void page_fetcher_destroy(page_fetcher *fetcher);

/* Whether it wants another item; `connections` as in its settings, which are known from the first item on. */
int page_fetcher_has_room(const page_fetcher *fetcher);

/* Whether it has items that haven't ended. */
int page_fetcher_is_busy(const page_fetcher *fetcher);

/* Begins an item, which the fetcher ends, now or later. `settings` is valid as long as the item. */
void page_fetcher_begin(page_fetcher *fetcher, rp_item *item, const page_settings *settings, rp_bytes texts);

/* Waits until some transfer gets on, a moment at most if there may be other items, and ends those that are over. */
void page_fetcher_turn(page_fetcher *fetcher);

#endif
