/*
 * fetch.c: the job `fetch`, work for a network and a disk: gets a page by http or https and writes it to a directory `writes` times.
 *
 * Each worker has one curl handle for all its items, so connections stay open from item to item. A page is kept in memory until it is
 * complete; page_file.c names and writes it. The code of a failed item is the HTTP status (400 and above) or a CURLcode (below 100).
 */
#include "curl_loader.h"
#include "jobs.h"
#include "page_file.h"

#include <rankpool/version.h>

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ADDRESS_LIMIT = 65536, SHOWN_ADDRESS = 200, SHOWN_REASON = 100, FIRST_CAPACITY = 65536 };

/* What is the same for all items. Goes to each rank as one record. */
typedef struct fetch_settings {
    int64_t writes;
    int64_t max_bytes;
    int64_t max_redirects;
    int64_t connect_timeout_ms;
    int64_t stall_timeout_s;
    int64_t timeout_ms;
    char directory[PATH_MAX];
} fetch_settings;

typedef struct fetch_result {
    int64_t status;
    int64_t bytes;
    double seconds; /* for the transfer and the writes */
} fetch_result;

/* What one worker keeps from item to item. The memory for the page only grows. */
typedef struct fetch_worker {
    const curl_loader *curl;
    CURL *handle;
    char *page;
    size_t size_bytes, capacity_bytes, limit_bytes;
    CURLcode refusal; /* why this program ended the transfer; CURLE_OK: it didn't */
    int socket_errno; /* why no socket could be made; 0: it could */
    char error[CURL_ERROR_SIZE];
    char address[ADDRESS_LIMIT + 1];
} fetch_worker;

/* ---- one worker ---- */

static void worker_finish(void *state)
{
    fetch_worker *worker = state;
    if (!worker) return;
    worker->curl->easy_cleanup(worker->handle);
    free(worker->page);
    free(worker);
}

static int worker_start(rp_bytes argument, void **state)
{
    (void)argument;
    const char *why;
    const curl_loader *curl = curl_loader_get(&why);
    if (!curl) return rp_fail(CURLE_FAILED_INIT, "%s", why);
    fetch_worker *worker = calloc(1, sizeof(*worker));
    if (worker) {
        worker->curl = curl;
        worker->handle = curl->easy_init();
    }
    if (!worker || !worker->handle) {
        free(worker);
        return rp_fail(CURLE_OUT_OF_MEMORY, "no memory for a curl handle");
    }
    *state = worker;
    return 0;
}
RP_INITIALIZER(fetch, worker_start, worker_finish)

/* ---- one item ---- */

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Copies the address without the blanks around it (in files from other systems lines may end with CR LF). Fails the item if it
 * can't be an address. */
static int take_address(fetch_worker *worker, const rp_bytes *item)
{
    const char *text = item->data;
    size_t size = item->size;
    while (size > 0 && strchr(" \t\r\n", text[size - 1]) && text[size - 1]) size--;
    while (size > 0 && strchr(" \t\r\n", text[0]) && text[0]) text++, size--;
    if (size == 0) return rp_fail(CURLE_URL_MALFORMAT, "the address is empty");
    if (size > ADDRESS_LIMIT) return rp_fail(CURLE_URL_MALFORMAT, "the address has %zu bytes, at most %d are allowed", size, ADDRESS_LIMIT);
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c > ' ' && c != 0x7f) continue;
        return rp_fail(CURLE_URL_MALFORMAT, "the address has a blank or a control character (0x%02x) at byte %zu", c, i + 1);
    }
    memcpy(worker->address, text, size);
    worker->address[size] = '\0';
    if (strncasecmp(worker->address, "http://", 7) == 0 || strncasecmp(worker->address, "https://", 8) == 0) return 1;
    return rp_fail(CURLE_UNSUPPORTED_PROTOCOL, "not an address that begins with http:// or https://: %.*s", SHOWN_ADDRESS,
                   page_host(worker->address));
}

/* The write function for curl: appends to the page. Returning less than it was given ends the transfer. */
static size_t receive(char *data, size_t one, size_t size, void *state)
{
    (void)one; /* always 1 */
    fetch_worker *worker = state;
    if (size > worker->limit_bytes - worker->size_bytes) {
        worker->refusal = CURLE_FILESIZE_EXCEEDED;
        return 0;
    }
    size_t needed = worker->size_bytes + size;
    if (needed > worker->capacity_bytes || !worker->page) {
        size_t capacity = worker->capacity_bytes ? worker->capacity_bytes : FIRST_CAPACITY;
        while (capacity < needed) capacity *= 2;
        char *larger = realloc(worker->page, capacity);
        if (!larger) {
            worker->refusal = CURLE_OUT_OF_MEMORY;
            return 0;
        }
        worker->page = larger;
        worker->capacity_bytes = capacity;
    }
    memcpy(worker->page + worker->size_bytes, data, size);
    worker->size_bytes = needed;
    return size;
}

/* A curl_opensocket_callback. curl doesn't tell why a socket can't be made, as when too many files are open. */
static curl_socket_t open_socket(void *argument, curlsocktype purpose, struct curl_sockaddr *address)
{
    fetch_worker *worker = argument;
    (void)purpose;
    int made = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (made < 0) worker->socket_errno = errno;
    return made;
}

/* Sets all options anew: a reset handle keeps its open connections and no other state of the last item. */
static CURLcode configure(fetch_worker *worker, const fetch_settings *settings)
{
    const curl_loader *curl = worker->curl;
    CURL *handle = worker->handle;
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        {CURLOPT_NOSIGNAL, 1}, /* time-outs by signal don't work with threads */
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_SSL_VERIFYPEER, 1},
        {CURLOPT_SSL_VERIFYHOST, 2},
        {CURLOPT_FOLLOWLOCATION, 1},
        {CURLOPT_MAXREDIRS, (long)settings->max_redirects},
        {CURLOPT_CONNECTTIMEOUT_MS, (long)settings->connect_timeout_ms},
        {CURLOPT_LOW_SPEED_LIMIT, 1}, /* bytes a second */
        {CURLOPT_LOW_SPEED_TIME, (long)settings->stall_timeout_s},
        {CURLOPT_TIMEOUT_MS, (long)settings->timeout_ms},
    };
    curl->easy_reset(handle);
    CURLcode code = CURLE_OK;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]) && code == CURLE_OK; i++)
        code = curl->easy_setopt(handle, numbers[i].option, numbers[i].value);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_USERAGENT, "rankpool/" RP_VERSION);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)settings->max_bytes);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_ERRORBUFFER, worker->error);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_WRITEFUNCTION, receive);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_WRITEDATA, worker);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_OPENSOCKETDATA, worker);
    if (code == CURLE_OK) code = curl->easy_setopt(handle, CURLOPT_URL, worker->address);
    return code;
}

static int fail_transfer(const fetch_worker *worker, const fetch_settings *settings, CURLcode code)
{
    const char *host = page_host(worker->address);
    if (worker->refusal != CURLE_OK) code = worker->refusal;
    if (code == CURLE_FILESIZE_EXCEEDED)
        return rp_fail((int)code, "larger than max_bytes=%lld: %.*s", (long long)settings->max_bytes, SHOWN_ADDRESS, host);
    const char *reason = worker->error[0] && worker->refusal == CURLE_OK ? worker->error : worker->curl->easy_strerror(code);
    long cause = 0; /* an errno: curl has the same text for a refused connection and an unreachable host */
    char cause_text[128];
    if (code == CURLE_COULDNT_CONNECT && worker->socket_errno) cause = worker->socket_errno;
    else if (code == CURLE_COULDNT_CONNECT && worker->curl->easy_getinfo(worker->handle, CURLINFO_OS_ERRNO, &cause) != CURLE_OK) cause = 0;
    if (cause != 0) reason = strerror_r((int)cause, cause_text, sizeof(cause_text));
    return rp_fail((int)code, "%s (curl error %d): %.*s", reason, (int)code, SHOWN_ADDRESS, host);
}

static int transfer(fetch_worker *worker, const fetch_settings *settings, int64_t *status)
{
    worker->size_bytes = 0;
    worker->limit_bytes = (size_t)settings->max_bytes;
    worker->refusal = CURLE_OK;
    worker->error[0] = '\0';
    worker->socket_errno = 0;
    long answer = 0;
    CURLcode code = configure(worker, settings);
    if (code == CURLE_OK) code = worker->curl->easy_perform(worker->handle);
    if (code == CURLE_OK) code = worker->curl->easy_getinfo(worker->handle, CURLINFO_RESPONSE_CODE, &answer);
    if (code != CURLE_OK) return fail_transfer(worker, settings, code);
    if (answer >= 400) return rp_fail((int)answer, "HTTP %ld: %.*s", answer, SHOWN_ADDRESS, page_host(worker->address));
    *status = answer;
    return 1;
}

static int store(const fetch_worker *worker, const fetch_settings *settings)
{
    if (settings->writes == 0) return 1;
    char reason[128], name[PAGE_NAME_SIZE];
    page_name(worker->address, name);
    int directory = page_directory_open(settings->directory);
    int failure = directory < 0 ? errno : 0;
    for (int64_t i = 0; i < settings->writes && !failure; i++) failure = page_write(directory, name, worker->page, worker->size_bytes);
    if (directory >= 0) (void)close(directory);
    if (!failure) return 1;
    return rp_fail(CURLE_WRITE_ERROR, "can't write %s in %.*s: %s", name, SHOWN_ADDRESS, settings->directory,
                   strerror_r(failure, reason, sizeof(reason)));
}

static void fetch(fetch_result *result, const fetch_settings *settings, const rp_bytes *item)
{
    double start_s = now_s();
    fetch_worker *worker = rp_worker_state();
    *result = (fetch_result){0, 0, 0.0};
    if (!worker) {
        (void)rp_fail(CURLE_FAILED_INIT, "the pool was opened without the initializer of fetch");
        return;
    }
    if (!take_address(worker, item) || !transfer(worker, settings, &result->status) || !store(worker, settings)) return;
    result->bytes = (int64_t)worker->size_bytes;
    result->seconds = now_s() - start_s;
}
RP_TASK_POINTER(fetch, fetch_result, fetch_settings, rp_bytes)

/* ---- the job ---- */

enum { PARAM_DIRECTORY, PARAM_WRITES, PARAM_MAX_BYTES, PARAM_MAX_REDIRECTS, PARAM_CONNECT_TIMEOUT, PARAM_STALL_TIMEOUT, PARAM_TIMEOUT };

static const rp_param fetch_params[] = {
    [PARAM_DIRECTORY] = {"directory", RP_PARAM_TEXT, "pages", "where pages are written; made when it isn't there", 0, 0},
    [PARAM_WRITES] = {"writes", RP_PARAM_INTEGER, "50", "how often each page is written; 0: not at all", 0, 1e9},
    [PARAM_MAX_BYTES] = {"max_bytes", RP_PARAM_INTEGER, "268435456", "largest page that is taken", 0, 1e15},
    [PARAM_MAX_REDIRECTS] = {"max_redirects", RP_PARAM_INTEGER, "10", "redirects that are followed", 0, 100},
    [PARAM_CONNECT_TIMEOUT] = {"connect_timeout", RP_PARAM_NUMBER, "10", "seconds until the server has to be reached", 0.001, 1e6},
    [PARAM_STALL_TIMEOUT] = {"stall_timeout", RP_PARAM_INTEGER, "20", "seconds without a byte that are waited", 1, 1e6},
    [PARAM_TIMEOUT] = {"timeout", RP_PARAM_NUMBER, "300", "seconds that a whole transfer may take", 0.001, 1e6},
    {NULL, RP_PARAM_TEXT, NULL, NULL, 0, 0},
};

static const rp_field fetch_fields[] = {
    {"status", RP_TYPE_INT64, offsetof(fetch_result, status)},
    {"bytes", RP_TYPE_INT64, offsetof(fetch_result, bytes)},
    {"seconds", RP_TYPE_DOUBLE, offsetof(fetch_result, seconds)},
    {NULL, RP_TYPE_RECORD, 0},
};

/* The bound argument and the column that points to it. */
typedef struct fetch_bound {
    fetch_settings settings;
    rp_column column;
} fetch_bound;

/* Checks that pages can be written, and writes down the full path of the directory: other ranks may have another working directory. */
static rp_status bind_directory(const char *path, char full_path[PATH_MAX], rp_error *error)
{
    char reason[128];
    if (!path[0]) return rp_error_set(error, RP_USAGE, 0, "parameter directory is empty; it has to name a directory");
    int directory = page_directory_open(path);
    int failure = directory < 0 ? errno : page_directory_try(directory);
    if (directory >= 0) (void)close(directory);
    if (!failure && !realpath(path, full_path)) failure = errno;
    if (!failure) return RP_OK;
    return rp_error_set(error, RP_USAGE, failure, "parameter directory: can't write to %.*s: %s", SHOWN_ADDRESS, path,
                        strerror_r(failure, reason, sizeof(reason)));
}

static int64_t milliseconds(double seconds) { return (int64_t)ceil(seconds * 1000.0); }

static rp_status fetch_bind(const rp_value *values, rp_columns *bound, void **state, rp_error *error)
{
    fetch_bound *made = calloc(1, sizeof(*made));
    if (!made) return rp_error_set(error, RP_NO_MEMORY, 0, "out of memory");
    fetch_settings *settings = &made->settings;
    settings->writes = values[PARAM_WRITES].integer;
    settings->max_bytes = values[PARAM_MAX_BYTES].integer;
    settings->max_redirects = values[PARAM_MAX_REDIRECTS].integer;
    settings->connect_timeout_ms = milliseconds(values[PARAM_CONNECT_TIMEOUT].number);
    settings->stall_timeout_s = values[PARAM_STALL_TIMEOUT].integer;
    settings->timeout_ms = milliseconds(values[PARAM_TIMEOUT].number);
    rp_status status = RP_OK;
    if (settings->writes > 0) status = bind_directory(values[PARAM_DIRECTORY].text, settings->directory, error);
    if (status != RP_OK) {
        free(made);
        return status;
    }
    made->column = RP_CONSTANT_AT(settings);
    *bound = (rp_columns){1, &made->column};
    *state = made;
    return RP_OK;
}

const rp_job rp_job_fetch = {
    .name = "fetch",
    .help = "work for a network and a disk: gets a page by http or https and writes it to a directory",
    .item_help = "an address, as https://example.org/page",
    .task = fetch_task,
    .params = fetch_params,
    .fields = fetch_fields,
    .initializer = fetch_initializer,
    .bind = fetch_bind,
    .unbind = free,
};

static char versions[128]; /* made once: curl's own text has no fixed length */

static void make_versions(void)
{
    const char *why;
    const curl_loader *curl = curl_loader_get(&why);
    const curl_version_info_data *info = curl ? curl->version_info(CURLVERSION_NOW) : NULL;
    if (!info) (void)snprintf(versions, sizeof(versions), "no libcurl: %.*s", SHOWN_REASON, why);
    else (void)snprintf(versions, sizeof(versions), "libcurl/%s %s", info->version, info->ssl_version ? info->ssl_version : "without TLS");
}

const char *rp_jobs_versions(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, make_versions);
    return versions;
}
