/* page_retry.c: see page_retry.h. */
#include "page_retry.h"

#include <curl/curl.h>
#include <stddef.h>

static int is_among(long value, const long *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (values[i] == value) return 1;
    return 0;
}

int page_retry_helps_status(long status)
{
    static const long statuses[] = {408, 429, 500, 502, 503, 504};
    return is_among(status, statuses, sizeof(statuses) / sizeof(statuses[0]));
}

int page_retry_helps_code(int code)
{
    static const long codes[] = {
        CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_HTTP2,      CURLE_PARTIAL_FILE,
        CURLE_OPERATION_TIMEDOUT,    CURLE_SSL_CONNECT_ERROR,    CURLE_GOT_NOTHING,     CURLE_SEND_ERROR, CURLE_RECV_ERROR,
        CURLE_HTTP2_STREAM};
    return is_among(code, codes, sizeof(codes) / sizeof(codes[0]));
}

double page_retry_wait_s(unsigned n_tries, double first_s, double random)
{
    const double most_s = 60;
    double wait_s = first_s;
    for (unsigned i = 1; i < n_tries && wait_s < most_s; i++) wait_s *= 2;
    return (wait_s < most_s ? wait_s : most_s) * (0.75 + random / 2);
}
