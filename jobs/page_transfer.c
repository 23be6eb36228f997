/*
 * page_transfer.c: see page_transfer.h. A worker has one curl handle for all its pages, so connections stay open from page to page. A page
 * is kept in memory until it is complete.
 */
#include "page_transfer.h"

#include <rankpool/text.h>
#include <rankpool/version.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIRST_CAPACITY = 65536, REASON_SIZE = 128 };
enum { DESCRIPTORS_OF_A_TRANSFER = 6 }; /* a resolver's files and pipes, and a connection */

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

/* The address for messages, from its host on. It is cut only after its user information was left out. */
static const char *show_address(const page_transfer *transfer, char shown[PAGE_ADDRESS_SHOWN])
{
    (void)rp_printable(transfer->address, strlen(transfer->address), shown, PAGE_ADDRESS_SHOWN);
    const char *scheme_end = strstr(shown, "://");
    return scheme_end ? scheme_end + 3 : shown;
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
    char shown[PAGE_ADDRESS_SHOWN];
    return rp_fail(CURLE_UNSUPPORTED_PROTOCOL, "not an address that begins with http:// or https://: %s", show_address(transfer, shown));
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

/* Makes sockets as curl does, but keeps the errno if it fails. Curl forgets it. */
static curl_socket_t open_socket(void *state, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    page_transfer *transfer = state;
    int made = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    transfer->socket_errno = made < 0 ? errno : 0;
    return made < 0 ? CURL_SOCKET_BAD : made;
}

/* The address that curl asks for now, after redirects. */
static int is_now_encrypted(const page_transfer *transfer)
{
    const char *now = NULL;
    CURLcode code = transfer->curl->easy_getinfo(transfer->handle, CURLINFO_EFFECTIVE_URL, &now);
    return code == CURLE_OK && now && strncasecmp(now, "https:", 6) == 0;
}

/* Whether the transfer went from https to http, which nobody asked for. */
static int has_lost_encryption(const page_transfer *transfer)
{
    return transfer->is_encrypted && !transfer->limits->redirect_to_http && !is_now_encrypted(transfer);
}

/* Curl calls this before each request. From http to https, and on to http again, there is no option that would refuse it. */
static int before_request(void *state, char *ip, char *local_ip, int port, int local_port)
{
    (void)ip, (void)local_ip, (void)port, (void)local_port;
    page_transfer *transfer = state;
    if (has_lost_encryption(transfer)) return CURL_PREREQFUNC_ABORT;
    transfer->is_encrypted = is_now_encrypted(transfer);
    return CURL_PREREQFUNC_OK;
}

static CURLcode set_numbers(page_transfer *transfer, const page_limits *limits)
{
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        {CURLOPT_NOSIGNAL, 1}, /* time-outs by signal don't work with threads */
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_SSL_VERIFYPEER, 1},
        {CURLOPT_SSL_VERIFYHOST, 2},
        {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2}, /* this and later ones */
        {CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
        {CURLOPT_FOLLOWLOCATION, 1},
        {CURLOPT_UNRESTRICTED_AUTH, 0}, /* another host doesn't get the password */
        {CURLOPT_MAXREDIRS, (long)limits->max_redirects},
        {CURLOPT_CONNECTTIMEOUT_MS, (long)limits->connect_timeout_ms},
        {CURLOPT_LOW_SPEED_LIMIT, 1}, /* bytes a second */
        {CURLOPT_LOW_SPEED_TIME, (long)limits->stall_timeout_s},
        {CURLOPT_TIMEOUT_MS, (long)limits->timeout_ms},
    };
    CURLcode code = CURLE_OK;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]) && code == CURLE_OK; i++)
        code = transfer->curl->easy_setopt(transfer->handle, numbers[i].option, numbers[i].value);
    return code;
}

static CURLcode set_functions(page_transfer *transfer)
{
    const curl_loader *curl = transfer->curl;
    CURL *handle = transfer->handle;
    const CURLoption states[] = {CURLOPT_WRITEDATA, CURLOPT_OPENSOCKETDATA, CURLOPT_PREREQDATA};
    CURLcode code = curl->easy_setopt(handle, CURLOPT_WRITEFUNCTION, receive);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_PREREQFUNCTION, before_request);
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]) && code == CURLE_OK; i++)
        code = curl->easy_setopt(handle, states[i], transfer);
    return code;
}

/* Sets all options anew: a reset handle keeps its open connections and no other state of the last item. */
static CURLcode configure(page_transfer *transfer, const page_limits *limits)
{
    const curl_loader *curl = transfer->curl;
    CURL *handle = transfer->handle;
    int only_https = strncasecmp(transfer->address, "https:", 6) == 0 && !limits->redirect_to_http;
    curl->easy_reset(handle);
    CURLcode code = set_numbers(transfer, limits);
    if (code == CURLE_OK) code = set_functions(transfer);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, only_https ? "https" : "http,https");
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_USERAGENT, "rankpool/" RP_VERSION);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)limits->max_bytes);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_ERRORBUFFER, transfer->error);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_URL, transfer->address);
    return code;
}

/* ---- why it failed ---- */

/* The errno with which a descriptor can't be made now, if a transfer needs more than are left; 0: there are enough. */
static int missing_descriptors(void)
{
    int made[DESCRIPTORS_OF_A_TRANSFER], n = 0, failure = 0;
    while (n < DESCRIPTORS_OF_A_TRANSFER && !failure) {
        made[n] = eventfd(0, EFD_CLOEXEC);
        if (made[n] < 0) failure = errno;
        else n++;
    }
    while (n > 0) (void)close(made[--n]);
    return failure;
}

/* An errno behind the error, or 0. Curl has the same text for a refused connection and an unreachable host, and for a name that isn't known
 * and one that can't be looked up for want of descriptors. */
static int system_error(const page_transfer *transfer, CURLcode code)
{
    long cause = 0;
    switch (code) {
    case CURLE_COULDNT_CONNECT:
        if (transfer->socket_errno) return transfer->socket_errno;
        (void)transfer->curl->easy_getinfo(transfer->handle, CURLINFO_OS_ERRNO, &cause);
        return cause ? (int)cause : missing_descriptors();
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_FAILED_INIT: return missing_descriptors();
    default: return 0;
    }
}

static const char *reason_of(const page_transfer *transfer, CURLcode code, char room[REASON_SIZE])
{
    static const char unsupported_proxy[] = "Unsupported proxy"; /* curl tells all of it then, with its password */
    int cause = transfer->refusal == CURLE_OK ? system_error(transfer, code) : 0;
    if (cause) return strerror_r(cause, room, REASON_SIZE);
    if (strncmp(transfer->error, unsupported_proxy, sizeof(unsupported_proxy) - 1) == 0) return "the proxy of the environment isn't one";
    return transfer->error[0] && transfer->refusal == CURLE_OK ? transfer->error : transfer->curl->easy_strerror(code);
}

static int fail_transfer(const page_transfer *transfer, const page_limits *limits, CURLcode code)
{
    char shown[PAGE_ADDRESS_SHOWN], room[REASON_SIZE];
    const char *address = show_address(transfer, shown);
    if (transfer->refusal != CURLE_OK) code = transfer->refusal;
    if (code == CURLE_FILESIZE_EXCEEDED) return rp_fail((int)code, "larger than max_bytes=%lld: %s", (long long)limits->max_bytes, address);
    if ((code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_ABORTED_BY_CALLBACK) && has_lost_encryption(transfer))
        return rp_fail(CURLE_UNSUPPORTED_PROTOCOL, "redirected from https, and not to https (redirect_to_http=1 allows http): %s", address);
    return rp_fail((int)code, "%s (curl error %d): %s", reason_of(transfer, code, room), (int)code, address);
}

int page_transfer_run(page_transfer *transfer, const page_limits *limits, int64_t *status)
{
    transfer->size_bytes = 0;
    transfer->limit_bytes = (size_t)limits->max_bytes;
    transfer->limits = limits;
    transfer->refusal = CURLE_OK;
    transfer->socket_errno = 0;
    transfer->is_encrypted = 0;
    transfer->error[0] = '\0';
    char shown[PAGE_ADDRESS_SHOWN];
    long answer = 0;
    CURLcode code = configure(transfer, limits);
    if (code == CURLE_OK) code = transfer->curl->easy_perform(transfer->handle);
    if (code == CURLE_OK) code = transfer->curl->easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &answer);
    if (code != CURLE_OK) return fail_transfer(transfer, limits, code);
    if (answer >= 400) return rp_fail((int)answer, "HTTP %ld: %s", answer, show_address(transfer, shown));
    *status = answer;
    return 1;
}
