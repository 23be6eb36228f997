/* page_transfer.c: see page_transfer.h. A transfer keeps its curl handle for all its pages, so that their TLS sessions can be used again.
 */
#include "page_transfer.h"
#include "page_body.h"
#include "page_names.h"

#include <rankpool/text.h>
#include <rankpool/version.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

page_transfer *page_transfer_create(const curl_loader *curl, page_events *events, page_hosts *hosts, CURLSH *share)
{
    page_transfer *transfer = calloc(1, sizeof(*transfer));
    if (!transfer) return NULL;
    transfer->curl = curl;
    transfer->events = events;
    transfer->hosts = hosts;
    transfer->handle = curl->easy_init();
    page_sink_init(&transfer->sink);
    if (transfer->handle && curl->easy_setopt(transfer->handle, CURLOPT_SHARE, share) == CURLE_OK) return transfer;
    page_transfer_destroy(transfer);
    return NULL;
}

void page_transfer_destroy(page_transfer *transfer)
{
    if (!transfer) return;
    page_transfer_end_request(transfer);
    if (transfer->handle) transfer->curl->easy_cleanup(transfer->handle);
    page_sink_fini(&transfer->sink);
    digest_fini(&transfer->sum);
    free(transfer);
}

const char *page_transfer_show(const page_transfer *transfer, char shown[PAGE_ADDRESS_SHOWN])
{
    (void)rp_printable(transfer->address, strlen(transfer->address), shown, PAGE_ADDRESS_SHOWN);
    const char *scheme_end = strstr(shown, "://");
    return scheme_end ? scheme_end + 3 : shown;
}

/* ---- what the item says ---- */

static int refuse(char reason[PAGE_REASON_SIZE], int code, const char *text)
{
    (void)snprintf(reason, PAGE_REASON_SIZE, "%s", text);
    return code;
}

static int check_characters(const char *text, size_t size, char reason[PAGE_REASON_SIZE])
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c > ' ' && c != 0x7f) continue;
        (void)snprintf(reason, PAGE_REASON_SIZE, "the address has a blank or a control character (0x%02x) at byte %zu", c, i + 1);
        return CURLE_URL_MALFORMAT;
    }
    return 0;
}

/* In files from other systems lines may end with CR LF. */
static int take_address(page_transfer *transfer, const char *text, size_t size, char reason[PAGE_REASON_SIZE])
{
    while (size > 0 && strchr(" \t\r\n", text[size - 1]) && text[size - 1]) size--;
    while (size > 0 && strchr(" \t\r\n", text[0]) && text[0]) text++, size--;
    if (size == 0) return refuse(reason, CURLE_URL_MALFORMAT, "the address is empty");
    if (size > PAGE_ADDRESS_LIMIT) {
        (void)snprintf(reason, PAGE_REASON_SIZE, "the address has %zu bytes, at most %d are allowed", size, PAGE_ADDRESS_LIMIT);
        return CURLE_URL_MALFORMAT;
    }
    int code = check_characters(text, size, reason);
    if (code) return code;
    memcpy(transfer->address, text, size);
    transfer->address[size] = '\0';
    if (strncasecmp(transfer->address, "http://", 7) == 0 || strncasecmp(transfer->address, "https://", 8) == 0) return 0;
    char shown[PAGE_ADDRESS_SHOWN];
    (void)snprintf(reason, PAGE_REASON_SIZE, "not an address that begins with http:// or https://: %s",
                   page_transfer_show(transfer, shown));
    return CURLE_UNSUPPORTED_PROTOCOL;
}

/* A SHA-256 of 64 digits; blanks around it don't count, and nothing is none. */
static int take_sum(page_transfer *transfer, const char *text, size_t size, char reason[PAGE_REASON_SIZE])
{
    size_t n = 0;
    transfer->expected[0] = '\0';
    for (size_t i = 0; i < size; i++) {
        if (strchr(" \t\r\n", text[i]) && text[i]) continue;
        char digit = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] - 'A' + 'a' : text[i]);
        int is_digit = (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
        if (!is_digit || n == DIGEST_WHOLE_SIZE - 1)
            return refuse(reason, CURLE_BAD_FUNCTION_ARGUMENT, "the checksum isn't a SHA-256 of 64 digits");
        transfer->expected[n++] = digit;
    }
    transfer->expected[n] = '\0';
    if (n == 0 || n == DIGEST_WHOLE_SIZE - 1) return 0;
    return refuse(reason, CURLE_BAD_FUNCTION_ARGUMENT, "the checksum isn't a SHA-256 of 64 digits");
}

int page_transfer_take(page_transfer *transfer, rp_bytes texts, char reason[PAGE_REASON_SIZE])
{
    const char *text = texts.data, *end = texts.size ? memchr(text, '\0', texts.size) : NULL;
    size_t size = end ? (size_t)(end - text) : texts.size, left = end ? texts.size - size - 1 : 0;
    int code = take_address(transfer, text, size, reason);
    if (code) return code;
    const char *sum = left ? end + 1 : "", *sum_end = memchr(sum, '\0', left);
    return take_sum(transfer, sum, sum_end ? (size_t)(sum_end - sum) : left, reason);
}

int page_transfer_name(page_transfer *transfer, char reason[PAGE_REASON_SIZE])
{
    const char *template = transfer->settings->name, *why;
    if (transfer->settings->writes == 0) return 0;
    if (!template[0] && !page_name(transfer->address, transfer->sink.path, &why)) {
        (void)snprintf(reason, PAGE_REASON_SIZE, "no name for the page: %s", why);
        return CURLE_FAILED_INIT;
    }
    if (template[0] && !page_template_expand(template, transfer->address, transfer->item->index, transfer->sink.path, reason))
        return CURLE_URL_MALFORMAT;
    transfer->file = page_names_key(transfer->sink.path);
    return 0;
}

/* ---- the request ---- */

/* Makes sockets as curl does, but keeps the errno if it fails. Curl forgets it. The name has been looked up then. */
static curl_socket_t open_socket(void *state, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    page_transfer *transfer = state;
    int made = page_events_open(transfer->events, address->family, address->socktype, address->protocol);
    transfer->socket_errno = made < 0 ? errno : 0;
    page_hosts_found(transfer->hosts, transfer->host);
    return made < 0 ? CURL_SOCKET_BAD : made;
}

/* The address that curl asks for now, after redirects. */
static const char *address_now(const page_transfer *transfer)
{
    const char *now = NULL;
    CURLcode code = transfer->curl->easy_getinfo(transfer->handle, CURLINFO_EFFECTIVE_URL, &now);
    return code == CURLE_OK && now ? now : "";
}

/* Whether both have one scheme, host and port. A port that only one of them names counts as another. */
static int are_of_one_server(const char *a, const char *b)
{
    const char *host_a = page_host(a), *host_b = page_host(b);
    size_t scheme_a = strcspn(a, ":"), n = strcspn(host_a, "/?#");
    return scheme_a == strcspn(b, ":") && strncasecmp(a, b, scheme_a) == 0 && n == strcspn(host_b, "/?#") &&
           strncasecmp(host_a, host_b, n) == 0;
}

/* Curl calls this before each request. From http to https, and on to http again, there is no option that would refuse it; and headers that
 * the user gave go to every server, without one. */
static int before_request(void *state, char *ip, char *local_ip, int port, int local_port)
{
    (void)ip, (void)local_ip, (void)port, (void)local_port;
    page_transfer *transfer = state;
    const char *now = address_now(transfer);
    page_hosts_found(transfer->hosts, transfer->host);
    int is_encrypted = strncasecmp(now, "https:", 6) == 0;
    if (transfer->is_encrypted && !is_encrypted && !transfer->settings->redirect_to_http) transfer->refusal = PAGE_LOST_ENCRYPTION;
    else if (transfer->settings->headers[0] && !transfer->has_left && !are_of_one_server(now, transfer->address))
        transfer->refusal = PAGE_LEFT_ORIGIN;
    transfer->is_encrypted = is_encrypted;
    return transfer->refusal == PAGE_NOT_REFUSED ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static CURLcode set_numbers(page_transfer *transfer)
{
    const page_settings *settings = transfer->settings;
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        {CURLOPT_NOSIGNAL, 1}, /* time-outs by signal don't work with threads */
        {CURLOPT_NETRC, settings->netrc[0] ? CURL_NETRC_OPTIONAL : CURL_NETRC_IGNORED},
        {CURLOPT_SSL_VERIFYPEER, 1},
        {CURLOPT_SSL_VERIFYHOST, 2},
        {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2}, /* this and later ones */
        {CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
        {CURLOPT_FOLLOWLOCATION, 1},
        {CURLOPT_UNRESTRICTED_AUTH, 0}, /* another host doesn't get the password */
        {CURLOPT_MAXREDIRS, (long)settings->max_redirects},
        {CURLOPT_CONNECTTIMEOUT_MS, (long)settings->connect_timeout_ms},
        {CURLOPT_LOW_SPEED_LIMIT, 1}, /* bytes a second */
        {CURLOPT_LOW_SPEED_TIME, (long)settings->stall_timeout_s},
        {CURLOPT_TIMEOUT_MS, (long)settings->timeout_ms},
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
    const CURLoption states[] = {CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_OPENSOCKETDATA, CURLOPT_PREREQDATA, CURLOPT_PRIVATE};
    CURLcode code = curl->easy_setopt(handle, CURLOPT_WRITEFUNCTION, page_body_receive);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_HEADERFUNCTION, page_body_receive_header);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_PREREQFUNCTION, before_request);
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]) && code == CURLE_OK; i++)
        code = curl->easy_setopt(handle, states[i], transfer);
    return code;
}

/* Where the environment names no proxy, curl needn't look for one before each page. */
static int may_have_proxy(void)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}; /* as curl does */
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (getenv(names[i])) return 1;
    return 0;
}

static CURLcode set_texts(page_transfer *transfer)
{
    const page_settings *settings = transfer->settings;
    int only_https = strncasecmp(transfer->address, "https:", 6) == 0 && !settings->redirect_to_http;
    const struct {
        CURLoption option;
        const char *value; /* NULL: isn't set */
    } texts[] = {
        {CURLOPT_PROTOCOLS_STR, "http,https"},
        {CURLOPT_REDIR_PROTOCOLS_STR, only_https ? "https" : "http,https"},
        {CURLOPT_USERAGENT, settings->user_agent[0] ? settings->user_agent : "rankpool/" RP_VERSION},
        {CURLOPT_CAINFO, settings->cacert[0] ? settings->cacert : NULL},
        {CURLOPT_NETRC_FILE, settings->netrc[0] ? settings->netrc : NULL},
        {CURLOPT_ACCEPT_ENCODING, settings->compressed && transfer->from == 0 ? "" : NULL},
        {CURLOPT_PROXY, may_have_proxy() ? NULL : ""},
        {CURLOPT_ERRORBUFFER, transfer->error},
        {CURLOPT_URL, transfer->has_left ? NULL : transfer->address},
    };
    CURLcode code = CURLE_OK;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && code == CURLE_OK; i++)
        if (texts[i].value) code = transfer->curl->easy_setopt(transfer->handle, texts[i].option, texts[i].value);
    return code;
}

static int add_header(page_transfer *transfer, const char *name, const char *value)
{
    char line[PAGE_HEADERS_SIZE];
    (void)snprintf(line, sizeof(line), "%s%s", name, value);
    struct curl_slist *grown = transfer->curl->slist_append(transfer->headers, line);
    if (grown) transfer->headers = grown;
    return grown != NULL;
}

/* The user's headers go to the server that the address names alone. */
static int add_users_headers(page_transfer *transfer)
{
    char lines[PAGE_HEADERS_SIZE], *rest = lines, *line;
    (void)snprintf(lines, sizeof(lines), "%s", transfer->has_left ? "" : transfer->settings->headers);
    int ok = 1;
    while (ok && (line = strsep(&rest, "\n"))) ok = !*line || add_header(transfer, "", line);
    return ok;
}

/* To continue a part: only if it is the same page still. */
static CURLcode set_conditions(page_transfer *transfer)
{
    const page_memo *known = &transfer->known;
    char range[32];
    int ok = add_users_headers(transfer);
    CURLcode code = CURLE_OK;
    if (transfer->from > 0) {
        (void)snprintf(range, sizeof(range), "%lld-", (long long)transfer->from);
        ok = ok && add_header(transfer, "If-Range: ", known->etag[0] ? known->etag : known->modified);
        code = transfer->curl->easy_setopt(transfer->handle, CURLOPT_RANGE, range);
    } else if (transfer->asks_if_new) {
        if (known->etag[0]) ok = ok && add_header(transfer, "If-None-Match: ", known->etag);
        if (known->modified[0]) ok = ok && add_header(transfer, "If-Modified-Since: ", known->modified);
    }
    if (!ok) return CURLE_OUT_OF_MEMORY;
    if (code == CURLE_OK && transfer->headers) code = transfer->curl->easy_setopt(transfer->handle, CURLOPT_HTTPHEADER, transfer->headers);
    return code;
}

void page_transfer_end_request(page_transfer *transfer)
{
    if (transfer->headers) transfer->curl->slist_free_all(transfer->headers);
    transfer->headers = NULL;
}

/* ---- options ---- */

/* Which requests need the same options as this one, but for the address. 0: none do, or it has headers, a user or a password that no other
 * one may have. */
static int64_t kind_of_request(const page_transfer *transfer)
{
    const page_settings *settings = transfer->settings;
    const char *scheme_end = strstr(transfer->address, "://");
    int has_user = !scheme_end || page_host(transfer->address) != scheme_end + 3;
    int is_plain = transfer->from == 0 && !transfer->asks_if_new && !transfer->has_left && !settings->headers[0] && !settings->netrc[0];
    return is_plain && !has_user ? settings->id | (strncasecmp(transfer->address, "https:", 6) == 0) : 0;
}

/* A reset handle keeps its connections, sessions and share, and nothing else of the last request. */
static CURLcode set_all(page_transfer *transfer, const char *elsewhere)
{
    const curl_loader *curl = transfer->curl;
    curl->easy_reset(transfer->handle);
    CURLcode code = page_events_configure(transfer->events, transfer->handle);
    if (code == CURLE_OK) code = set_numbers(transfer);
    if (code == CURLE_OK) code = set_functions(transfer);
    if (code == CURLE_OK) code = set_texts(transfer);
    if (code == CURLE_OK && elsewhere) code = curl->easy_setopt(transfer->handle, CURLOPT_URL, elsewhere);
    if (code == CURLE_OK) code = curl->easy_setopt(transfer->handle, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)transfer->settings->max_bytes);
    return code == CURLE_OK ? set_conditions(transfer) : code;
}

/* Most pages are asked for like the one before. To set all options anew takes longer than all else that is done for a small page. */
static CURLcode set_options(page_transfer *transfer)
{
    int64_t kind = kind_of_request(transfer), before = transfer->configured;
    char *elsewhere = transfer->has_left ? strdup(address_now(transfer)) : NULL;
    transfer->configured = 0;
    CURLcode code = transfer->has_left && !elsewhere ? CURLE_OUT_OF_MEMORY : CURLE_OK;
    if (code == CURLE_OK && kind && kind == before) code = transfer->curl->easy_setopt(transfer->handle, CURLOPT_URL, transfer->address);
    else if (code == CURLE_OK) code = set_all(transfer, elsewhere);
    if (code == CURLE_OK) transfer->configured = kind;
    free(elsewhere);
    return code;
}

CURLcode page_transfer_configure(page_transfer *transfer)
{
    page_answer_clear(&transfer->answer);
    transfer->has_body = transfer->has_sum = transfer->write_errno = transfer->socket_errno = 0;
    transfer->n_dropped = 0;
    transfer->refusal = PAGE_NOT_REFUSED;
    transfer->error[0] = '\0';
    if (!transfer->has_left) transfer->is_encrypted = 0;
    return set_options(transfer);
}
