/*
 * page_fetcher.c: see page_fetcher.h. A transfer is active (curl has it), waits (for its next try, for its host, or for another transfer of
 * the same page), or is spare. All belongs to the worker's thread.
 */
#include "page_fetcher.h"
#include "page_explain.h"
#include "page_hosts.h"
#include "page_result.h"
#include "page_retry.h"
#include "page_transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { WAITING_FOR_EACH = 7, MOST_RESTARTS = 3, MOST_IDLE_MS = 100, MOST_LOOK_MS = 5 };

struct page_fetcher {
    const curl_loader *curl;
    CURLM *multi;
    CURLSH *share;
    page_hosts hosts;
    int64_t connections;
    page_transfer **open; /* those that have an item: active or waiting */
    size_t n_open, n_active, room;
    page_transfer **spare;
    size_t n_spare;
    unsigned seed;
    double looked_s; /* when it last looked for items that are dropped */
};

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

page_fetcher *page_fetcher_create(const curl_loader *curl)
{
    page_fetcher *fetcher = calloc(1, sizeof(*fetcher));
    if (!fetcher) return NULL;
    fetcher->curl = curl;
    fetcher->connections = 1;
    fetcher->seed = (unsigned)(now_s() * 1e6) ^ (unsigned)getpid() ^ (unsigned)(uintptr_t)fetcher;
    fetcher->multi = curl->multi_init();
    fetcher->share = curl->share_init();
    int ok = fetcher->multi && fetcher->share;
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
    if (fetcher->share) (void)fetcher->curl->share_cleanup(fetcher->share);
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

/* ---- the end of an item ---- */

static void forget(page_fetcher *fetcher, page_transfer *transfer)
{
    size_t i = 0;
    while (fetcher->open[i] != transfer) i++;
    memmove(&fetcher->open[i], &fetcher->open[i + 1], (--fetcher->n_open - i) * sizeof(*fetcher->open));
    fetcher->spare[fetcher->n_spare++] = transfer;
    transfer->item = NULL;
}

static void succeed(page_fetcher *fetcher, page_transfer *transfer, int64_t status, page_outcome outcome)
{
    const char *address = NULL;
    if (status) (void)fetcher->curl->easy_getinfo(transfer->handle, CURLINFO_EFFECTIVE_URL, &address);
    page_result result = {status, transfer->sink.size, now_s() - transfer->begun_s, outcome};
    int has_file = transfer->settings->writes > 0 && status != 204;
    if (page_result_emit(transfer->item, &result, has_file ? transfer->sink.name : "", address ? address : transfer->address))
        rp_item_end(transfer->item);
    else (void)rp_item_fail_as(transfer->item, RP_CAUSE_SYSTEM, ENOMEM, "out of memory for a result");
    forget(fetcher, transfer);
}

static void fail(page_fetcher *fetcher, page_transfer *transfer, rp_cause cause, int code, const char *reason)
{
    int keep = cause == RP_CAUSE_TASK && (page_retry_helps_code(code) || page_retry_helps_status(code));
    page_sink_abandon(&transfer->sink, keep);
    if (transfer->n_tries > 1) (void)rp_item_fail_as(transfer->item, cause, code, "%s (%u tries)", reason, transfer->n_tries);
    else (void)rp_item_fail_as(transfer->item, cause, code, "%s", reason);
    forget(fetcher, transfer);
}

/* ---- the end of a transfer ---- */

/* A sum that the server tells is of what was on its way, so it says nothing of a page that may have been compressed there. */
static int has_other_sum(page_transfer *transfer, char reason[PAGE_REASON_SIZE])
{
    char sum[DIGEST_WHOLE_SIZE], base64[DIGEST_BASE64_SIZE], shown[PAGE_ADDRESS_SHOWN];
    const char *mine = transfer->expected, *servers = transfer->settings->compressed ? "" : transfer->answer.sha256;
    if (!mine[0] && !servers[0]) return 0;
    (void)snprintf(reason, PAGE_REASON_SIZE, "no memory for a checksum");
    if (!transfer->has_body && !page_transfer_begin_sum(transfer)) return 1;
    if (!digest_end(&transfer->sum, sum, base64)) return 1;
    int differs = (mine[0] && strcmp(sum, mine) != 0) || (servers[0] && strcmp(base64, servers) != 0);
    if (differs) (void)snprintf(reason, PAGE_REASON_SIZE, "another checksum, SHA-256 %s: %s", sum, page_transfer_show(transfer, shown));
    return differs;
}

static void finish(page_fetcher *fetcher, page_transfer *transfer, long status)
{
    char reason[PAGE_REASON_SIZE];
    rp_cause cause = RP_CAUSE_TASK;
    page_memo *memo = &transfer->answer.memo;
    if (has_other_sum(transfer, reason)) {
        fail(fetcher, transfer, cause, CURLE_BAD_CONTENT_ENCODING, reason);
        return;
    }
    memo->size = transfer->sink.size;
    time_t modified = memo->modified[0] ? fetcher->curl->getdate(memo->modified, NULL) : 0;
    if (status == 204) page_sink_abandon(&transfer->sink, 0);
    int failure = status == 204 ? 0 : page_sink_finish(&transfer->sink, transfer->settings->writes, memo, modified);
    if (failure) {
        int code = page_explain_write(transfer, failure, &cause, reason);
        fail(fetcher, transfer, cause, code, reason);
        return;
    }
    succeed(fetcher, transfer, status, transfer->from > 0 ? PAGE_IS_RESUMED : PAGE_IS_NEW);
}

static void wait_for(page_transfer *transfer, double seconds) { transfer->due_s = now_s() + seconds; }

/* Asks for all of the page in the next request. */
static int starts_anew(page_transfer *transfer)
{
    if (++transfer->n_restarts > MOST_RESTARTS) return 0;
    page_sink_abandon(&transfer->sink, 0);
    transfer->from = 0;
    transfer->asks_if_new = 0;
    wait_for(transfer, 0);
    return 1;
}

/* Waits for another try, if that may help and some are left. */
static int tries_again(page_fetcher *fetcher, page_transfer *transfer, CURLcode code, long status)
{
    curl_off_t after = 0;
    int helps =
        code == CURLE_OK ? page_retry_helps_status(status) : transfer->refusal == PAGE_NOT_REFUSED && page_retry_helps_code((int)code);
    if (!helps || (int64_t)transfer->n_tries > transfer->settings->retries) return 0;
    double random = (double)rand_r(&fetcher->seed) / RAND_MAX;
    double wait_s = page_retry_wait_s(transfer->n_tries, transfer->settings->retry_wait_s, random);
    if (code == CURLE_OK) (void)fetcher->curl->easy_getinfo(transfer->handle, CURLINFO_RETRY_AFTER, &after);
    if ((double)after > transfer->settings->retry_after_s) return 0;
    if (after > 0) wait_s = (double)after + wait_s * random;
    if (status == 429 || status == 503) page_hosts_pause(&fetcher->hosts, transfer->host, now_s() + wait_s);
    page_sink_abandon(&transfer->sink, 1);
    transfer->n_tries++;
    wait_for(transfer, wait_s);
    return 1;
}

static void fail_status(page_fetcher *fetcher, page_transfer *transfer, long status)
{
    char reason[PAGE_REASON_SIZE], shown[PAGE_ADDRESS_SHOWN], until[64] = "";
    curl_off_t after = 0;
    (void)fetcher->curl->easy_getinfo(transfer->handle, CURLINFO_RETRY_AFTER, &after);
    time_t when = time(NULL) + (time_t)after;
    struct tm parts;
    if (after > 0 && gmtime_r(&when, &parts)) (void)strftime(until, sizeof(until), ", not before %Y-%m-%d %H:%M:%S UTC", &parts);
    (void)snprintf(reason, sizeof(reason), "HTTP %ld%s: %s", status, until, page_transfer_show(transfer, shown));
    fail(fetcher, transfer, RP_CAUSE_TASK, (int)status, reason);
}

/* The server has nothing behind the part. It is whole, if the page is as long and the same still. */
static int is_whole(const page_transfer *transfer)
{
    const page_memo *now = &transfer->answer.memo, *known = &transfer->known;
    if (transfer->from == 0 || transfer->answer.range_length != transfer->from) return 0;
    if (now->etag[0]) return strcmp(now->etag, known->etag) == 0;
    return known->size == transfer->from;
}

static void take_answer(page_fetcher *fetcher, page_transfer *transfer, long status)
{
    if (status == 304 && transfer->asks_if_new) {
        page_sink_abandon(&transfer->sink, 0);
        transfer->sink.size = transfer->known.size;
        succeed(fetcher, transfer, status, PAGE_IS_UNCHANGED);
    } else if (status == 416 && is_whole(transfer)) {
        transfer->answer.memo = transfer->known;
        finish(fetcher, transfer, 206);
    } else if (status == 416 && transfer->from > 0 && starts_anew(transfer)) {
        return;
    } else if (status >= 300) {
        fail_status(fetcher, transfer, status);
    } else {
        if (!transfer->has_body && transfer->from > 0) (void)page_sink_restart(&transfer->sink), transfer->from = 0;
        finish(fetcher, transfer, status);
    }
}

static void take_end(page_fetcher *fetcher, page_transfer *transfer, CURLcode code)
{
    char reason[PAGE_REASON_SIZE];
    rp_cause cause = RP_CAUSE_TASK;
    long status = 0;
    (void)fetcher->curl->easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &status);
    if (transfer->refusal == PAGE_LEFT_ORIGIN) {
        transfer->has_left = 1;
        page_sink_abandon(&transfer->sink, 1);
        wait_for(transfer, 0);
    } else if (transfer->refusal == PAGE_OTHER_RANGE && starts_anew(transfer)) {
        return;
    } else if (tries_again(fetcher, transfer, code, status)) {
        transfer->has_left = 0;
    } else if (code != CURLE_OK) {
        int failure = page_explain_refusal(transfer, code, &cause, reason);
        fail(fetcher, transfer, cause, failure, reason);
    } else {
        take_answer(fetcher, transfer, status);
    }
}

static void end_transfer(page_fetcher *fetcher, page_transfer *transfer, CURLcode code)
{
    (void)fetcher->curl->multi_remove_handle(fetcher->multi, transfer->handle);
    page_transfer_end_request(transfer);
    page_hosts_leave(&fetcher->hosts, transfer->host);
    transfer->is_active = 0;
    fetcher->n_active--;
    take_end(fetcher, transfer, code);
}

/* ---- the beginning ---- */

/* The file of the page that is there already, with what is known of it; -1: there is none. */
static int open_existing(page_transfer *transfer, struct stat *found)
{
    int directory = page_directory_open(transfer->settings->directory);
    int file = directory < 0 ? -1 : openat(directory, transfer->sink.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (directory >= 0) (void)close(directory);
    if (file >= 0 && fstat(file, found) == 0 && S_ISREG(found->st_mode)) return file;
    if (file >= 0) (void)close(file);
    return -1;
}

/* 1: the page is there, and that is enough. */
static int is_there(page_transfer *transfer)
{
    struct stat found;
    const page_settings *settings = transfer->settings;
    if (settings->writes == 0 || settings->existing == PAGE_REPLACE) return 0;
    int file = open_existing(transfer, &found);
    if (file < 0) return 0;
    int is_known = settings->existing == PAGE_CHECK && page_memo_read(file, &transfer->known) && transfer->known.size == found.st_size;
    (void)close(file);
    transfer->asks_if_new = is_known;
    transfer->sink.size = found.st_size;
    return settings->existing == PAGE_SKIP;
}

static int is_being_fetched(const page_fetcher *fetcher, const page_transfer *transfer)
{
    for (size_t i = 0; i < fetcher->n_open && transfer->settings->writes > 0; i++) {
        const page_transfer *other = fetcher->open[i];
        if (other != transfer && other->is_active && other->host == transfer->host && strcmp(other->sink.name, transfer->sink.name) == 0)
            return 1;
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

/* Gives the transfer to curl. */
static void activate(page_fetcher *fetcher, page_transfer *transfer)
{
    page_sink_begin(&transfer->sink, transfer->settings->writes > 0 ? transfer->settings->directory : NULL);
    transfer->from = page_sink_resume(&transfer->sink, &transfer->known) ? transfer->sink.size : 0;
    if (transfer->from > 0) transfer->asks_if_new = 0;
    CURLcode code = page_transfer_configure(transfer);
    if (code == CURLE_OK && fetcher->curl->multi_add_handle(fetcher->multi, transfer->handle) != CURLM_OK) code = CURLE_OUT_OF_MEMORY;
    page_hosts_enter(&fetcher->hosts, transfer->host);
    if (transfer->n_tries == 0) transfer->n_tries = 1;
    transfer->is_active = 1;
    fetcher->n_active++;
    share_rate(fetcher, transfer->settings->rate);
    if (code != CURLE_OK) end_transfer(fetcher, transfer, code);
}

/* Begins a transfer that waits, if nothing is in its way any more. */
static int try_begin(page_fetcher *fetcher, page_transfer *transfer, double now)
{
    if (transfer->due_s > now || !page_hosts_may_enter(&fetcher->hosts, transfer->host, transfer->settings->per_host, now)) return 0;
    if (is_being_fetched(fetcher, transfer)) return 0;
    if (transfer->n_tries == 0 && is_there(transfer)) succeed(fetcher, transfer, 0, PAGE_IS_UNCHANGED);
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
    return make_room(fetcher) ? page_transfer_create(fetcher->curl, fetcher->share) : NULL;
}

static void reset(page_fetcher *fetcher, page_transfer *transfer, rp_item *item, const page_settings *settings)
{
    transfer->item = item;
    transfer->settings = settings;
    transfer->n_tries = transfer->n_restarts = 0;
    transfer->from = transfer->asks_if_new = transfer->has_left = 0;
    transfer->begun_s = now_s();
    transfer->due_s = 0;
    transfer->sink.size = 0;
    transfer->is_active = 0;
    fetcher->open[fetcher->n_open++] = transfer;
}

void page_fetcher_begin(page_fetcher *fetcher, rp_item *item, const page_settings *settings, rp_bytes texts)
{
    char reason[PAGE_REASON_SIZE];
    const char *why;
    fetcher->connections = settings->connections;
    page_transfer *transfer = take_spare(fetcher);
    if (!transfer) {
        (void)rp_item_fail_as(item, RP_CAUSE_SYSTEM, ENOMEM, "no memory for a curl handle");
        return;
    }
    reset(fetcher, transfer, item, settings);
    int code = page_transfer_take(transfer, texts, reason);
    if (!code && settings->writes > 0 && !page_name(transfer->address, transfer->sink.name, &why)) {
        (void)snprintf(reason, sizeof(reason), "no name for the page: %s", why);
        code = CURLE_FAILED_INIT;
    }
    if (code) {
        fail(fetcher, transfer, RP_CAUSE_TASK, code, reason);
        return;
    }
    transfer->host = page_hosts_key(transfer->address);
    (void)try_begin(fetcher, transfer, now_s());
}

/* ---- turns ---- */

static void begin_waiting(page_fetcher *fetcher)
{
    double now = now_s();
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
        end_transfer(fetcher, transfer, code);
    }
    return n;
}

/* Items of a call that was cancelled. */
static void end_dropped(page_fetcher *fetcher)
{
    double now = now_s();
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
        forget(fetcher, transfer);
    }
}

static int wait_ms(const page_fetcher *fetcher)
{
    double now = now_s(), least_s = page_fetcher_has_room(fetcher) ? MOST_LOOK_MS * 1e-3 : MOST_IDLE_MS * 1e-3;
    for (size_t i = 0; i < fetcher->n_open; i++) {
        double left_s = fetcher->open[i]->due_s - now;
        if (!fetcher->open[i]->is_active && left_s > 0 && left_s < least_s) least_s = left_s;
    }
    return (int)(least_s * 1000) + 1;
}

void page_fetcher_turn(page_fetcher *fetcher)
{
    int n_running;
    if (fetcher->n_open > fetcher->n_active) begin_waiting(fetcher);
    end_dropped(fetcher);
    (void)fetcher->curl->multi_perform(fetcher->multi, &n_running);
    if (end_finished(fetcher) > 0 || fetcher->n_open == 0) return;
    (void)fetcher->curl->multi_poll(fetcher->multi, NULL, 0, wait_ms(fetcher), NULL);
}
