/*
 * page_events.c: see page_events.h.
 *
 * A connection that curl keeps for the next page isn't wanted for a while, and then again. It stays watched meanwhile, which saves two
 * system calls for each page. If something happens there all the same, as its server closes it, it isn't watched any more. Descriptors that
 * curl makes and closes by itself, as those of its resolver, are watched only while they are wanted.
 */
#include "page_events.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_EVENTS = 64, BLIND_MS = 5, WATCHABLE = CURL_POLL_IN | CURL_POLL_OUT };

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- descriptors ---- */

/* NULL: no memory. */
static page_watched *watched_of(page_events *events, int descriptor)
{
    size_t at = (size_t)descriptor;
    if (at >= events->room) {
        size_t room = 2 * at + 64;
        page_watched *grown = realloc(events->watched, room * sizeof(*grown));
        if (!grown) return NULL;
        memset(grown + events->room, 0, (room - events->room) * sizeof(*grown));
        events->watched = grown;
        events->room = room;
    }
    return &events->watched[at];
}

static void watch(page_events *events, int descriptor, page_watched *its, uint8_t what)
{
    struct epoll_event event = {.data.fd = descriptor};
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    int how = !what ? EPOLL_CTL_DEL : its->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (epoll_ctl(events->epoll, how, descriptor, &event) == 0 || !what) its->watched = what;
    else events->is_blind = 1;
}

/* A CURLMOPT_SOCKETFUNCTION. */
static int on_socket(CURL *handle, curl_socket_t descriptor, int what, void *state, void *unused)
{
    (void)handle, (void)unused;
    page_events *events = state;
    page_watched *its = watched_of(events, descriptor);
    if (!its) return -1;
    its->wanted = what == CURL_POLL_REMOVE ? 0 : (uint8_t)(what & WATCHABLE);
    int may_stay = !its->wanted && its->is_socket;
    if (its->wanted != its->watched && !may_stay) watch(events, descriptor, its, its->wanted);
    return 0;
}

int page_events_open(page_events *events, int family, int type, int protocol)
{
    int made = socket(family, type | SOCK_CLOEXEC, protocol);
    page_watched *its = made >= 0 ? watched_of(events, made) : NULL;
    if (its) *its = (page_watched){.is_socket = 1};
    return made;
}

/* A CURLOPT_CLOSESOCKETFUNCTION. The kernel forgets what is closed by itself. */
static int on_close(void *state, curl_socket_t descriptor)
{
    page_events *events = state;
    if ((size_t)descriptor < events->room) events->watched[descriptor] = (page_watched){0};
    return close(descriptor);
}

CURLcode page_events_configure(page_events *events, CURL *handle)
{
    CURLcode code = events->curl->easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    return code == CURLE_OK ? events->curl->easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, events) : code;
}

/* ---- times ---- */

/* A CURLMOPT_TIMERFUNCTION. */
static int on_timer(CURLM *multi, long wait_ms, void *state)
{
    (void)multi;
    page_events *events = state;
    events->due_s = wait_ms < 0 ? INFINITY : wait_ms == 0 ? 0 : now_s() + (double)wait_ms * 1e-3;
    return 0;
}

void page_events_run_due(page_events *events)
{
    int n_running;
    if (events->due_s > 0 && events->due_s > now_s()) return;
    events->due_s = INFINITY; /* curl sets it anew, or nothing is due */
    (void)events->curl->multi_socket_action(events->multi, CURL_SOCKET_TIMEOUT, 0, &n_running);
}

static int wait_ms(const page_events *events, int most_ms)
{
    double left_ms = isinf(events->due_s) ? most_ms : ceil((events->due_s - now_s()) * 1e3);
    if (events->is_blind && left_ms > BLIND_MS) left_ms = BLIND_MS;
    return left_ms >= most_ms ? most_ms : left_ms > 0 ? (int)left_ms : 0;
}

/* ---- events ---- */

static void take(page_events *events, const struct epoll_event *event)
{
    int n_running, what = 0, descriptor = event->data.fd;
    page_watched *its = &events->watched[descriptor];
    if (!its->wanted) {
        if (its->watched) watch(events, descriptor, its, 0);
        return;
    }
    if (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR)) what |= CURL_CSELECT_IN;
    if (event->events & EPOLLOUT) what |= CURL_CSELECT_OUT;
    if (event->events & EPOLLERR) what |= CURL_CSELECT_ERR;
    (void)events->curl->multi_socket_action(events->multi, descriptor, what, &n_running);
}

/* Curl looks at all that it waits for. */
static void look_at_all(page_events *events)
{
    int n_running;
    for (size_t i = 0; i < events->room; i++)
        if (events->watched[i].wanted) (void)events->curl->multi_socket_action(events->multi, (curl_socket_t)i, 0, &n_running);
}

void page_events_wait(page_events *events, int most_ms)
{
    struct epoll_event happened[MOST_EVENTS];
    int n = epoll_wait(events->epoll, happened, MOST_EVENTS, wait_ms(events, most_ms));
    for (int i = 0; i < n; i++) take(events, &happened[i]);
    if (events->is_blind) look_at_all(events);
    page_events_run_due(events);
}

/* ---- life ---- */

int page_events_init(page_events *events, const curl_loader *curl, CURLM *multi)
{
    *events = (page_events){.curl = curl, .multi = multi, .due_s = INFINITY};
    events->epoll = epoll_create1(EPOLL_CLOEXEC);
    return events->epoll >= 0 && curl->multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK &&
           curl->multi_setopt(multi, CURLMOPT_SOCKETDATA, events) == CURLM_OK &&
           curl->multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK &&
           curl->multi_setopt(multi, CURLMOPT_TIMERDATA, events) == CURLM_OK;
}

void page_events_fini(page_events *events)
{
    if (events->epoll >= 0) (void)close(events->epoll);
    events->epoll = -1;
    free(events->watched);
    events->watched = NULL;
    events->room = 0;
}
