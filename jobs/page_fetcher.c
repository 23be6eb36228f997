/*
 * page_fetcher.c: see page_fetcher.h. A transfer is active (curl has it), waits (for its next try, for its host, or for another transfer of
 * the same page), or is spare. All belongs to the worker's thread.
 */
#include "page_fetcher.h"
#include "page_end.h"
#include "page_fetcher_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    WAITING_FOR_EACH = 7,
    MOST_IDLE_MS = 100,
    MOST_LOOK_MS = 5,
    MANY = 8,
    GATHER_NS = 20000,
    MOST_GATHER_NS = 640000,
    MOST_BACKOFF_S = 60
};

page_fetcher *page_fetcher_create(const curl_loader *curl)
{
    page_fetcher *fetcher = calloc(1, sizeof(*fetcher));
    if (!fetcher) return NULL;
    fetcher->curl = curl;
    fetcher->connections = 1;
    fetcher->directory = -1;
    fetcher->seed = (unsigned)(page_now_s() * 1e6) ^ (unsigned)getpid() ^ (unsigned)(uintptr_t)fetcher;
    fetcher->events.epoll = -1;
    fetcher->multi = curl->multi_init();
    fetcher->share = curl->share_init();
    int ok = fetcher->multi && fetcher->share && page_events_init(&fetcher->events, curl, fetcher->multi);
    ok = ok && curl->share_setopt(fetcher->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) == CURLSHE_OK;
    if (ok) return fetcher;
    page_fetcher_destroy(fetcher);
    return NULL;
}

static void drop(page_fetcher *fetcher, page_transfer *transfer)
{
    if (transfer->is_active) (void)fetcher->curl->multi_remove_handle(fetcher->multi, transfer->handle);
    page_sink_abandon(&transfer->sink, 1);
    page_transfer_destroy(transfer);
}

void page_fetcher_destroy(page_fetcher *fetcher)
{
    if (!fetcher) return;
    for (size_t i = 0; i < fetcher->n_open; i++) drop(fetcher, fetcher->open[i]);
    for (size_t i = 0; i < fetcher->n_spare; i++) page_transfer_destroy(fetcher->spare[i]);
    if (fetcher->multi) (void)fetcher->curl->multi_cleanup(fetcher->multi);
    page_events_fini(&fetcher->events);
    if (fetcher->share) (void)fetcher->curl->share_cleanup(fetcher->share);
    if (fetcher->directory >= 0) (void)close(fetcher->directory);
    free(fetcher->open);
    free(fetcher->spare);
    free(fetcher);
}

int page_fetcher_is_busy(const page_fetcher *fetcher) { return fetcher->n_open > 0; }

int page_fetcher_has_room(const page_fetcher *fetcher)
{
    size_t connections = (size_t)fetcher->connections;
    return fetcher->n_active < connections && fetcher->n_open - fetcher->n_active < WAITING_FOR_EACH * connections;
}

/* ---- the beginning ---- */

/* Opens the directory, and keeps it open for the pages that follow. -1: it can't be, and errno says why. */
static int find_directory(page_fetcher *fetcher, const char *path)
{
    if (fetcher->directory >= 0 && strcmp(fetcher->directory_path, path) == 0) return fetcher->directory;
    if (fetcher->directory >= 0) (void)close(fetcher->directory);
    fetcher->directory = page_directory_open(path);
    (void)snprintf(fetcher->directory_path, sizeof(fetcher->directory_path), "%s", path);
    return fetcher->directory;
}

/* Whether the server need send the page only if it has another one. */
static int is_known(page_transfer *transfer, int place, const struct stat *found)
{
    int file = openat(place, transfer->sink.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    int known = file >= 0 && page_memo_read(file, &transfer->known) && transfer->known.size == found->st_size;
    if (file >= 0) (void)close(file);
    return known;
}

/* 1: the page is there, and that is enough. */
static int is_there(page_transfer *transfer)
{
    struct stat found;
    int64_t existing = transfer->settings->existing;
    int place = page_sink_place(&transfer->sink);
    if (place < 0 || existing == PAGE_REPLACE) return 0;
    transfer->sink.is_new = fstatat(place, transfer->sink.name, &found, AT_SYMLINK_NOFOLLOW) != 0;
    if (transfer->sink.is_new || !S_ISREG(found.st_mode)) return 0;
    if (existing == PAGE_CHECK) transfer->asks_if_new = is_known(transfer, place, &found);
    else transfer->sink.size = found.st_size;
    return existing == PAGE_SKIP;
}

static int is_being_fetched(const page_fetcher *fetcher, const page_transfer *transfer)
{
    for (size_t i = 0; i < fetcher->n_open && transfer->settings->writes > 0; i++) {
        const page_transfer *other = fetcher->open[i];
        if (other->file == transfer->file && other->is_active && other != transfer) return 1;
    }
    return 0;
}

static void share_rate(const page_fetcher *fetcher, int64_t rate)
{
    for (size_t i = 0; i < fetcher->n_open && rate > 0; i++) {
        curl_off_t part = rate / (int64_t)fetcher->n_active + 1;
        (void)fetcher->curl->easy_setopt(fetcher->open[i]->handle, CURLOPT_MAX_RECV_SPEED_LARGE, part);
    }
}

/* Gives the transfer to curl. Where there was no part of a page at the beginning, there can be one only of a try before. */
static void activate(page_fetcher *fetcher, page_transfer *transfer)
{
    int may_resume = transfer->settings->may_have_parts || transfer->n_tries > 0;
    transfer->from = may_resume && page_sink_resume(&transfer->sink, &transfer->known) ? transfer->sink.size : 0;
    if (transfer->from > 0) transfer->asks_if_new = 0;
    CURLcode code = page_transfer_configure(transfer);
    if (code == CURLE_OK && fetcher->curl->multi_add_handle(fetcher->multi, transfer->handle) != CURLM_OK) code = CURLE_OUT_OF_MEMORY;
    page_hosts_enter(&fetcher->hosts, transfer->host);
    if (page_hosts_is_number(transfer->address)) page_hosts_found(&fetcher->hosts, transfer->host);
    if (transfer->n_tries == 0) transfer->n_tries = 1;
    transfer->is_active = 1;
    fetcher->n_active++;
    share_rate(fetcher, transfer->settings->rate);
    if (code != CURLE_OK) page_end_transfer(fetcher, transfer, code);
}

/* What others have told of servers, where there is a directory to tell it in. */
static void look_at_pauses(page_fetcher *fetcher, const page_settings *settings, double now)
{
    if (settings->writes == 0 || find_directory(fetcher, settings->directory) < 0) return;
    double most_s = settings->retry_after_s > MOST_BACKOFF_S ? settings->retry_after_s : MOST_BACKOFF_S;
    page_pauses_look(&fetcher->pauses, fetcher->directory, settings->id, now, most_s, &fetcher->hosts);
}

/* Begins a transfer that waits, if nothing is in its way any more. */
static int try_begin(page_fetcher *fetcher, page_transfer *transfer, double now)
{
    if (transfer->due_s > now || !page_hosts_may_enter(&fetcher->hosts, transfer->host, transfer->settings->per_host, now)) return 0;
    if (is_being_fetched(fetcher, transfer)) return 0;
    int directory = transfer->settings->writes > 0 ? find_directory(fetcher, transfer->settings->directory) : -1, failure = errno;
    page_sink_begin(&transfer->sink, directory);
    if (transfer->settings->writes > 0 && directory < 0) page_end_fail_write(fetcher, transfer, failure);
    else if (transfer->n_tries == 0 && is_there(transfer)) page_end_succeed(fetcher, transfer, 0, PAGE_IS_UNCHANGED);
    else activate(fetcher, transfer);
    return 1;
}

static int make_room(page_fetcher *fetcher)
{
    if (fetcher->n_open + fetcher->n_spare < fetcher->room) return 1;
    size_t room = fetcher->room ? 2 * fetcher->room : 64;
    page_transfer **open = realloc(fetcher->open, room * sizeof(*open));
    if (open) fetcher->open = open;
    page_transfer **spare = open ? realloc(fetcher->spare, room * sizeof(*spare)) : NULL;
    if (!spare) return 0;
    fetcher->spare = spare;
    fetcher->room = room;
    return 1;
}

static page_transfer *take_spare(page_fetcher *fetcher)
{
    if (fetcher->n_spare > 0) return fetcher->spare[--fetcher->n_spare];
    return make_room(fetcher) ? page_transfer_create(fetcher->curl, &fetcher->events, &fetcher->hosts, fetcher->share) : NULL;
}

static void reset(page_fetcher *fetcher, page_transfer *transfer, rp_item *item, const page_settings *settings)
{
    transfer->item = item;
    transfer->settings = settings;
    transfer->n_tries = transfer->n_restarts = 0;
    transfer->from = transfer->asks_if_new = transfer->has_left = 0;
    transfer->begun_s = page_now_s();
    transfer->due_s = 0;
    transfer->sink.size = 0;
    transfer->is_active = 0;
    fetcher->open[fetcher->n_open++] = transfer;
}

void page_fetcher_begin(page_fetcher *fetcher, rp_item *item, const page_settings *settings, rp_bytes texts)
{
    char reason[PAGE_REASON_SIZE];
    fetcher->connections = settings->connections;
    page_transfer *transfer = take_spare(fetcher);
    if (!transfer) {
        (void)rp_item_fail_as(item, RP_CAUSE_SYSTEM, ENOMEM, "no memory for a curl handle");
        return;
    }
    reset(fetcher, transfer, item, settings);
    int code = page_transfer_take(transfer, texts, reason);
    if (!code) code = page_transfer_name(transfer, reason);
    if (code) {
        page_end_fail(fetcher, transfer, RP_CAUSE_TASK, code, reason);
        return;
    }
    transfer->host = page_hosts_key(transfer->address);
    look_at_pauses(fetcher, settings, transfer->begun_s);
    (void)try_begin(fetcher, transfer, transfer->begun_s);
}

/* ---- turns ---- */

static void begin_waiting(page_fetcher *fetcher)
{
    double now = page_now_s();
    look_at_pauses(fetcher, fetcher->open[0]->settings, now);
    for (size_t i = 0; i < fetcher->n_open && fetcher->n_active < (size_t)fetcher->connections; i++) {
        page_transfer *transfer = fetcher->open[i];
        if (!transfer->is_active && try_begin(fetcher, transfer, now) && (i == fetcher->n_open || fetcher->open[i] != transfer)) i--;
    }
}

static int end_finished(page_fetcher *fetcher)
{
    int n_left, n = 0;
    for (CURLMsg *message; (message = fetcher->curl->multi_info_read(fetcher->multi, &n_left)); n++) {
        page_transfer *transfer = NULL;
        CURLcode code = message->data.result;
        (void)fetcher->curl->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        page_end_transfer(fetcher, transfer, code);
    }
    return n;
}

/* Items of a call that was cancelled. */
static void end_dropped(page_fetcher *fetcher)
{
    double now = page_now_s();
    if (now < fetcher->looked_s + MOST_IDLE_MS * 1e-3) return;
    fetcher->looked_s = now;
    for (size_t i = fetcher->n_open; i-- > 0;) {
        page_transfer *transfer = fetcher->open[i];
        if (!rp_item_is_dropped(transfer->item)) continue;
        if (transfer->is_active) {
            (void)fetcher->curl->multi_remove_handle(fetcher->multi, transfer->handle);
            page_hosts_leave(&fetcher->hosts, transfer->host);
            transfer->is_active = 0;
            fetcher->n_active--;
        }
        page_sink_abandon(&transfer->sink, 1);
        rp_item_end(transfer->item);
        page_end_forget(fetcher, transfer);
    }
}

static int wait_ms(const page_fetcher *fetcher)
{
    double now = page_now_s(), least_s = page_fetcher_has_room(fetcher) ? MOST_LOOK_MS * 1e-3 : MOST_IDLE_MS * 1e-3;
    for (size_t i = 0; i < fetcher->n_open; i++) {
        double left_s = fetcher->open[i]->due_s - now;
        if (!fetcher->open[i]->is_active && left_s > 0 && left_s < least_s) least_s = left_s;
    }
    return (int)(least_s * 1000) + 1;
}

/* With many transfers some answers gather first: to look for each of them alone would take more time than they do. */
static void let_some_gather(const page_fetcher *fetcher)
{
    long wait_ns = (long)fetcher->n_active * GATHER_NS;
    const struct timespec a_moment = {.tv_nsec = wait_ns < MOST_GATHER_NS ? wait_ns : MOST_GATHER_NS};
    if (fetcher->n_active >= MANY) (void)nanosleep(&a_moment, NULL);
}

void page_fetcher_turn(page_fetcher *fetcher)
{
    if (fetcher->n_open > fetcher->n_active) begin_waiting(fetcher);
    end_dropped(fetcher);
    page_events_run_due(&fetcher->events);
    if (end_finished(fetcher) > 0 || fetcher->n_open == 0) return;
    let_some_gather(fetcher);
    page_events_wait(&fetcher->events, wait_ms(fetcher));
    (void)end_finished(fetcher);
}
