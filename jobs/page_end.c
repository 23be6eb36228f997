/* page_end.c: see page_end.h. What follows from an answer is decided here. */
#include "page_end.h"
#include "page_body.h"
#include "page_explain.h"
#include "page_names.h"
#include "page_result.h"
#include "page_retry.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_RESTARTS = 3 };

/* ---- the end of an item ---- */

void page_end_forget(page_fetcher *fetcher, page_transfer *transfer)
{
    size_t i = 0;
    while (fetcher->open[i] != transfer) i++;
    memmove(&fetcher->open[i], &fetcher->open[i + 1], (--fetcher->n_open - i) * sizeof(*fetcher->open));
    fetcher->spare[fetcher->n_spare++] = transfer;
    page_sink_end(&transfer->sink);
    transfer->item = NULL;
}

void page_end_succeed(page_fetcher *fetcher, page_transfer *transfer, int64_t status, page_outcome outcome)
{
    const char *address = NULL;
    if (status) (void)fetcher->curl->easy_getinfo(transfer->handle, CURLINFO_EFFECTIVE_URL, &address);
    double seconds = round((page_now_s() - transfer->begun_s) * 1e6) / 1e6; /* clocks don't tell more */
    page_result result = {status, transfer->sink.size, seconds, outcome, page_names_key(transfer->address)};
    int has_file = transfer->settings->writes > 0 && status != 204;
    if (page_result_emit(transfer->item, &result, has_file ? transfer->sink.path : "", address ? address : transfer->address))
        rp_item_end(transfer->item);
    else (void)rp_item_fail_as(transfer->item, RP_CAUSE_SYSTEM, ENOMEM, "out of memory for a result");
    page_end_forget(fetcher, transfer);
}

void page_end_fail(page_fetcher *fetcher, page_transfer *transfer, rp_cause cause, int code, const char *reason)
{
    int keep = cause == RP_CAUSE_TASK && (page_retry_helps_code(code) || page_retry_helps_status(code));
    page_sink_abandon(&transfer->sink, keep);
    if (transfer->n_tries > 1) (void)rp_item_fail_as(transfer->item, cause, code, "%s (%u tries)", reason, transfer->n_tries);
    else (void)rp_item_fail_as(transfer->item, cause, code, "%s", reason);
    page_end_forget(fetcher, transfer);
}

/* ---- the end of a transfer ---- */

/* A sum that the server tells is of what was on its way, so it says nothing of a page that may have been compressed there. */
static int has_other_sum(page_transfer *transfer, char reason[PAGE_REASON_SIZE])
{
    char sum[DIGEST_WHOLE_SIZE], base64[DIGEST_BASE64_SIZE], shown[PAGE_ADDRESS_SHOWN];
    const char *mine = transfer->expected, *servers = transfer->settings->compressed ? "" : transfer->answer.sha256;
    if (!mine[0] && !servers[0]) return 0;
    (void)snprintf(reason, PAGE_REASON_SIZE, "no memory for a checksum");
    if (!transfer->has_body && !page_body_begin_sum(transfer)) return 1;
    if (!digest_end(&transfer->sum, sum, base64)) return 1;
    int differs = (mine[0] && strcmp(sum, mine) != 0) || (servers[0] && strcmp(base64, servers) != 0);
    if (differs) (void)snprintf(reason, PAGE_REASON_SIZE, "another checksum, SHA-256 %s: %s", sum, page_transfer_show(transfer, shown));
    return differs;
}

/* The directory may have been replaced by another one meanwhile. */
void page_end_fail_write(page_fetcher *fetcher, page_transfer *transfer, int failure)
{
    char reason[PAGE_REASON_SIZE];
    rp_cause cause = RP_CAUSE_TASK;
    int code = page_explain_write(transfer, failure, &cause, reason);
    if (fetcher->directory >= 0) (void)close(fetcher->directory);
    fetcher->directory = -1;
    page_end_fail(fetcher, transfer, cause, code, reason);
}

static void finish(page_fetcher *fetcher, page_transfer *transfer, long status)
{
    char reason[PAGE_REASON_SIZE];
    page_memo *memo = &transfer->answer.memo;
    if (has_other_sum(transfer, reason)) {
        page_end_fail(fetcher, transfer, RP_CAUSE_TASK, CURLE_BAD_CONTENT_ENCODING, reason);
        return;
    }
    memo->size = transfer->sink.size;
    int64_t modified = page_answer_time(memo->modified);
    if (status == 204) page_sink_abandon(&transfer->sink, 0);
    int failure = status == 204 ? 0 : page_sink_finish(&transfer->sink, transfer->settings->writes, memo, modified);
    if (failure) {
        page_end_fail_write(fetcher, transfer, failure);
        return;
    }
    page_end_succeed(fetcher, transfer, status, transfer->from > 0 ? PAGE_IS_RESUMED : PAGE_IS_NEW);
}

static void wait_for(page_transfer *transfer, double seconds) { transfer->due_s = page_now_s() + seconds; }

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

/* The workers of all ranks leave it alone. */
static void pause_server(page_fetcher *fetcher, const page_transfer *transfer, double seconds)
{
    page_hosts_pause(&fetcher->hosts, transfer->host, page_now_s() + seconds);
    page_pauses_tell(fetcher->directory, transfer->settings->id, transfer->host, seconds);
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
    if (status == 429 || status == 503) pause_server(fetcher, transfer, wait_s);
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
    page_end_fail(fetcher, transfer, RP_CAUSE_TASK, (int)status, reason);
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
        page_end_succeed(fetcher, transfer, status, PAGE_IS_UNCHANGED);
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
        page_end_fail(fetcher, transfer, cause, failure, reason);
    } else {
        take_answer(fetcher, transfer, status);
    }
}

void page_end_transfer(page_fetcher *fetcher, page_transfer *transfer, CURLcode code)
{
    (void)fetcher->curl->multi_remove_handle(fetcher->multi, transfer->handle);
    page_transfer_end_request(transfer);
    page_hosts_leave(&fetcher->hosts, transfer->host);
    transfer->is_active = 0;
    fetcher->n_active--;
    take_end(fetcher, transfer, code);
}
