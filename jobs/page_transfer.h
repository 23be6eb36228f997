/*
 * page_transfer.h: one page on its way, from its address to its file. The fetcher (page_fetcher.h) runs many at once; this is what one of
 * them asks the server for, and what it does with the answer. Used by the job `fetch`.
 */
#ifndef RANKPOOL_PAGE_TRANSFER_H
#define RANKPOOL_PAGE_TRANSFER_H

#include "curl_loader.h"
#include "digest.h"
#include "page_answer.h"
#include "page_events.h"
#include "page_hosts.h"
#include "page_settings.h"
#include "page_sink.h"

#include <rankpool/task.h>

enum { PAGE_ADDRESS_LIMIT = 65536, PAGE_ADDRESS_SHOWN = 200, PAGE_REASON_SIZE = 1024 };

/* Why the program itself ended a transfer. */
typedef enum page_refusal {
    PAGE_NOT_REFUSED,
    PAGE_TOO_LARGE,
    PAGE_NO_MEMORY,
    PAGE_NOT_WRITTEN, /* write_errno says why */
    PAGE_OTHER_RANGE, /* the answer doesn't go on where the part ends */
    PAGE_LOST_ENCRYPTION,
    PAGE_LEFT_ORIGIN /* a redirect to another server, with headers that are for the first one alone */
} page_refusal;

typedef struct page_transfer {
    const curl_loader *curl;
    page_events *events;
    page_hosts *hosts;
    CURL *handle;
    int64_t configured;         /* for which requests the handle has its options, but for the address; 0: for none */
    struct curl_slist *headers; /* of the present request */
    rp_item *item;
    const page_settings *settings; /* of the item */
    page_sink sink;
    page_answer answer;
    page_memo known; /* of what is there already */
    int64_t from;    /* bytes of it that the server is asked to continue; 0: none */
    int asks_if_new; /* the server is asked for the page only if it isn't the one that is known */
    int has_body;    /* bytes of the answer have come */
    int64_t n_dropped;
    page_refusal refusal;
    int write_errno;
    int socket_errno; /* why the latest socket couldn't be made; 0: it was */
    int is_encrypted; /* the page is, or was on its way here, asked for by https */
    int has_left;     /* it is asked for without the headers of the user */
    digest sum;
    int has_sum;
    char expected[DIGEST_WHOLE_SIZE]; /* SHA-256 that the item names; empty: none */
    /* of the fetcher */
    unsigned n_tries, n_restarts;
    double begun_s, due_s;
    uint64_t file; /* which file it has: a number for its name */
    uint64_t host; /* which server it is: a hash of its scheme, name and port */
    int is_active;
    char error[CURL_ERROR_SIZE];
    char address[PAGE_ADDRESS_LIMIT + 1];
} page_transfer;

/* All are borrowed; `share` keeps what transfers of a thread have in common. NULL: no memory. page_transfer_destroy takes NULL too. */
page_transfer *page_transfer_create(const curl_loader *curl, page_events *events, page_hosts *hosts, CURLSH *share);
void page_transfer_destroy(page_transfer *transfer);

/* Takes what an item says: an address, without the blanks around it, and a checksum. Returns 0; or the CURLcode of what is wrong, and
 * `reason` says it. */
int page_transfer_take(page_transfer *transfer, rp_bytes texts, char reason[PAGE_REASON_SIZE]);

/* Finds the name of the page's file. Returns as page_transfer_take. */
int page_transfer_name(page_transfer *transfer, char reason[PAGE_REASON_SIZE]);

/* Prepares the next request of this page. */
CURLcode page_transfer_configure(page_transfer *transfer);

/* Frees what only the present request needs. */
void page_transfer_end_request(page_transfer *transfer);

/* The address for messages, from its host on. It is cut only after its user information was left out. */
const char *page_transfer_show(const page_transfer *transfer, char shown[PAGE_ADDRESS_SHOWN]);

#endif
