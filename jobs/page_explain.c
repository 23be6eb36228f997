/* page_explain.c: see page_explain.h. */
#include "page_explain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { DESCRIPTORS_OF_A_TRANSFER = 6, SHORT_REASON = 128 }; /* a resolver's files and pipes, and a connection */

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

static const char *reason_of(const page_transfer *transfer, CURLcode code, char room[SHORT_REASON])
{
    static const char unsupported_proxy[] = "Unsupported proxy"; /* curl tells all of it then, with its password */
    int cause = transfer->refusal == PAGE_NOT_REFUSED ? system_error(transfer, code) : 0;
    if (cause) return strerror_r(cause, room, SHORT_REASON);
    if (strncmp(transfer->error, unsupported_proxy, sizeof(unsupported_proxy) - 1) == 0) return "the proxy of the environment isn't one";
    return transfer->error[0] && transfer->refusal == PAGE_NOT_REFUSED ? transfer->error : transfer->curl->easy_strerror(code);
}

static int say(char reason[PAGE_REASON_SIZE], int code, const char *text, const char *address)
{
    (void)snprintf(reason, PAGE_REASON_SIZE, "%s: %s", text, address);
    return code;
}

int page_explain_write(const page_transfer *transfer, int failure, rp_cause *cause, char reason[PAGE_REASON_SIZE])
{
    char room[SHORT_REASON];
    int is_full = failure == ENOSPC || failure == EDQUOT;
    if (is_full) *cause = RP_CAUSE_SYSTEM;
    (void)snprintf(reason, PAGE_REASON_SIZE, "can't write %.*s in %.*s: %s", PAGE_ADDRESS_SHOWN, transfer->sink.path, PAGE_ADDRESS_SHOWN,
                   transfer->settings->directory, strerror_r(failure, room, sizeof(room)));
    return is_full ? failure : CURLE_WRITE_ERROR;
}

int page_explain_refusal(const page_transfer *transfer, CURLcode code, rp_cause *cause, char reason[PAGE_REASON_SIZE])
{
    char shown[PAGE_ADDRESS_SHOWN], room[SHORT_REASON], text[SHORT_REASON];
    const char *address = page_transfer_show(transfer, shown);
    *cause = RP_CAUSE_TASK;
    if (transfer->refusal == PAGE_NOT_WRITTEN) return page_explain_write(transfer, transfer->write_errno, cause, reason);
    if (transfer->refusal == PAGE_TOO_LARGE || code == CURLE_FILESIZE_EXCEEDED) {
        (void)snprintf(text, sizeof(text), "larger than max_bytes=%lld", (long long)transfer->settings->max_bytes);
        return say(reason, CURLE_FILESIZE_EXCEEDED, text, address);
    }
    int lost = transfer->refusal == PAGE_LOST_ENCRYPTION || (code == CURLE_UNSUPPORTED_PROTOCOL && transfer->is_encrypted);
    if (lost)
        return say(reason, CURLE_UNSUPPORTED_PROTOCOL, "redirected from https, and not to https (redirect_to_http=1 allows http)", address);
    if (transfer->refusal == PAGE_NO_MEMORY) code = CURLE_OUT_OF_MEMORY;
    (void)snprintf(reason, PAGE_REASON_SIZE, "%s (curl error %d): %s", reason_of(transfer, code, room), (int)code, address);
    return (int)code;
}
