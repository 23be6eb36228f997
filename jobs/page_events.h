/*
 * page_events.h: what happens on the connections of one curl multi handle, by epoll. So a look at many connections is one system call, and
 * curl is told only of those on which something happened. In one thread.
 */
#ifndef RANKPOOL_PAGE_EVENTS_H
#define RANKPOOL_PAGE_EVENTS_H

#include "curl_loader.h"

#include <stdint.h>

/* What is known of a descriptor. */
typedef struct page_watched {
    uint8_t wanted;    /* by curl: CURL_POLL_IN and _OUT */
    uint8_t watched;   /* the kernel was asked for these */
    uint8_t is_socket; /* made by page_events_open: its end is told */
} page_watched;

typedef struct page_events {
    const curl_loader *curl;
    CURLM *multi;
    int epoll;
    int is_blind; /* the kernel has no room to watch another descriptor: curl looks itself, again and again */
    double due_s; /* when curl wants to be called; INFINITY: never */
    page_watched *watched;
    size_t room;
} page_events;

/* Takes over the multi handle's sockets. `events` has to stay in its place until the multi handle is gone. Returns 0: no memory, or no
 * descriptor. */
int page_events_init(page_events *events, const curl_loader *curl, CURLM *multi);
/* After the multi handle has gone. */
void page_events_fini(page_events *events);

/* Has the sockets of a handle opened by page_events_open. `open` is that function, or one that calls it. */
CURLcode page_events_configure(page_events *events, CURL *handle);

/* Makes a socket that is watched. Returns -1 with errno set. */
int page_events_open(page_events *events, int family, int type, int protocol);

/* Lets curl do what is due: begin transfers that were added, and end those that take too long. */
void page_events_run_due(page_events *events);

/* Waits for what happens, at most so long, and lets curl do what follows. */
void page_events_wait(page_events *events, int most_ms);

#endif
