/* page_settings.h: what the job `fetch` was asked for: the same for all items. It goes to each rank as one record. */
#ifndef RANKPOOL_PAGE_SETTINGS_H
#define RANKPOOL_PAGE_SETTINGS_H

#include "page_template.h"

#include <limits.h>
#include <stdint.h>

enum { PAGE_TEXT_SIZE = 256, PAGE_HEADERS_SIZE = 4096 };

/* What is done with a page that is in the directory already. */
typedef enum page_existing {
    PAGE_SKIP,   /* nothing: a page that is there is whole */
    PAGE_CHECK,  /* the server is asked whether it has another one */
    PAGE_REPLACE /* it is fetched again */
} page_existing;

typedef struct page_settings {
    int64_t id; /* of these settings: no others of a run have it; even */
    int64_t writes;
    int64_t existing;    /* a page_existing */
    int64_t connections; /* of a worker */
    int64_t per_host;    /* of a worker, to one host and port; 0: no limit */
    int64_t retries;
    int64_t rate; /* bytes a second of a worker; 0: no limit */
    int64_t max_bytes;
    int64_t max_redirects;
    int64_t connect_timeout_ms;
    int64_t stall_timeout_s;
    int64_t timeout_ms;
    int64_t redirect_to_http;      /* 1: a redirect from https to http is followed */
    int64_t compressed;            /* 1: the server may compress a page on its way */
    int64_t may_have_parts;        /* 0: the directory had no part of a page at the beginning */
    double retry_wait_s;           /* before the first retry */
    double retry_after_s;          /* a server that asks for a longer wait is given up */
    char name[PAGE_TEMPLATE_SIZE]; /* a template (page_template.h); empty: the usual names */
    char user_agent[PAGE_TEXT_SIZE];
    char headers[PAGE_HEADERS_SIZE]; /* lines for the server that the address names */
    char cacert[PATH_MAX], netrc[PATH_MAX];
    char directory[PATH_MAX];
} page_settings;

#endif
