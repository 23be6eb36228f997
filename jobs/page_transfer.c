/*
 * page_transfer.c: see page_transfer.h. A worker has one curl handle for all its pages, so connections stay open from page to page. A page
 * is kept in memory until it is complete.
 */
#include "page_transfer.h"
#include "page_file.h"

#include <rankpool/version.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FIRST_CAPACITY = 65536 };

page_transfer *page_transfer_create(const curl_loader *curl)
{
    page_transfer *transfer = calloc(1, sizeof(*transfer));
    if (!transfer) return NULL;
    transfer->curl = curl;
    transfer->handle = curl->easy_init();
    if (transfer->handle) return transfer;
    free(transfer);
    return NULL;
}

void page_transfer_destroy(page_transfer *transfer)
{
    if (!transfer) return;
    transfer->curl->easy_cleanup(transfer->handle);
    free(transfer->page);
    free(transfer);
}

/* In files from other systems lines may end with CR LF. */
int page_transfer_take_address(page_transfer *transfer, const rp_bytes *item)
{
    const char *text = item->data;
    size_t size = item->size;
    while (size > 0 && strchr(" \t\r\n", text[size - 1]) && text[size - 1]) size--;
    while (size > 0 && strchr(" \t\r\n", text[0]) && text[0]) text++, size--;
    if (size == 0) return rp_fail(CURLE_URL_MALFORMAT, "the address is empty");
    if (size > PAGE_ADDRESS_LIMIT)
        return rp_fail(CURLE_URL_MALFORMAT, "the address has %zu bytes, at most %d are allowed", size, PAGE_ADDRESS_LIMIT);
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c > ' ' && c != 0x7f) continue;
        return rp_fail(CURLE_URL_MALFORMAT, "the address has a blank or a control character (0x%02x) at byte %zu", c, i + 1);
    }
    memcpy(transfer->address, text, size);
    transfer->address[size] = '\0';
    if (strncasecmp(transfer->address, "http://", 7) == 0 || strncasecmp(transfer->address, "https://", 8) == 0) return 1;
    return rp_fail(CURLE_UNSUPPORTED_PROTOCOL, "not an address that begins with http:// or https://: %.*s", PAGE_ADDRESS_SHOWN,
                   page_host(transfer->address));
}

/* The write function for curl: appends to the page. Returning less than it was given ends the transfer. */
static size_t receive(char *data, size_t one, size_t size, void *state)
{
    (void)one; /* always 1 */
    page_transfer *transfer = state;
    if (size > transfer->limit_bytes - transfer->size_bytes) {
        transfer->refusal = CURLE_FILESIZE_EXCEEDED;
        return 0;
    }
    size_t needed = transfer->size_bytes + size;
    if (needed > transfer->capacity_bytes || !transfer->page) {
        size_t capacity = transfer->capacity_bytes ? transfer->capacity_bytes : FIRST_CAPACITY;
        while (capacity < needed) capacity *= 2;
        char *larger = realloc(transfer->page, capacity);
        if (!larger) {
            transfer->refusal = CURLE_OUT_OF_MEMORY;
            return 0;
        }
        transfer->page = larger;
        transfer->capacity_bytes = capacity;
    }
    memcpy(transfer->page + transfer->size_bytes, data, size);
    transfer->size_bytes = needed;
    return size;
}

/* Sets all options anew: a reset handle keeps its open connections and no other state of the last item. */
static CURLcode configure(page_transfer *transfer, const page_limits *limits)
{
    const curl_loader *curl = transfer->curl;
    CURL *handle = transfer->handle;
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        {CURLOPT_NOSIGNAL, 1}, /* time-outs by signal don't work with threads */
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_SSL_VERIFYPEER, 1},
        {CURLOPT_SSL_VERIFYHOST, 2},
        {CURLOPT_FOLLOWLOCATION, 1},
        {CURLOPT_MAXREDIRS, (long)limits->max_redirects},
        {CURLOPT_CONNECTTIMEOUT_MS, (long)limits->connect_timeout_ms},
        {CURLOPT_LOW_SPEED_LIMIT, 1}, /* bytes a second */
        {CURLOPT_LOW_SPEED_TIME, (long)limits->stall_timeout_s},
        {CURLOPT_TIMEOUT_MS, (long)limits->timeout_ms},
    };
    curl->easy_reset(handle);
    CURLcode code = CURLE_OK;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]) && code == CURLE_OK; i++)
        code = curl->easy_setopt(handle, numbers[i].option, numbers[i].value);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_USERAGENT, "rankpool/" RP_VERSION);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)limits->max_bytes);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_ERRORBUFFER, transfer->error);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_WRITEFUNCTION, receive);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_WRITEDATA, transfer);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_URL, transfer->address);
    return code;
}

static int fail_transfer(const page_transfer *transfer, const page_limits *limits, CURLcode code)
{
    const char *host = page_host(transfer->address);
    if (transfer->refusal != CURLE_OK) code = transfer->refusal;
    if (code == CURLE_FILESIZE_EXCEEDED)
        return rp_fail((int)code, "larger than max_bytes=%lld: %.*s", (long long)limits->max_bytes, PAGE_ADDRESS_SHOWN, host);
    const char *reason = transfer->error[0] && transfer->refusal == CURLE_OK ? transfer->error : transfer->curl->easy_strerror(code);
    long cause = 0; /* an errno: curl has the same text for a refused connection and an unreachable host */
    char cause_text[128];
    if (code == CURLE_COULDNT_CONNECT && transfer->curl->easy_getinfo(transfer->handle, CURLINFO_OS_ERRNO, &cause) == CURLE_OK &&
        cause != 0)
        reason = strerror_r((int)cause, cause_text, sizeof(cause_text));
    return rp_fail((int)code, "%s (curl error %d): %.*s", reason, (int)code, PAGE_ADDRESS_SHOWN, host);
}

int page_transfer_run(page_transfer *transfer, const page_limits *limits, int64_t *status)
{
    transfer->size_bytes = 0;
    transfer->limit_bytes = (size_t)limits->max_bytes;
    transfer->refusal = CURLE_OK;
    transfer->error[0] = '\0';
    long answer = 0;
    CURLcode code = configure(transfer, limits);
    if (code == CURLE_OK) code = transfer->curl->easy_perform(transfer->handle);
    if (code == CURLE_OK) code = transfer->curl->easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &answer);
    if (code != CURLE_OK) return fail_transfer(transfer, limits, code);
    if (answer >= 400) return rp_fail((int)answer, "HTTP %ld: %.*s", answer, PAGE_ADDRESS_SHOWN, page_host(transfer->address));
    *status = answer;
    return 1;
}
