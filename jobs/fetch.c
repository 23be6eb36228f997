/*
 * fetch.c: the job `fetch`, work for a network and a disk: gets a page by http or https and writes it to a directory `writes` times.
 * page_transfer.c gets it, page_file.c names and writes it. The code of a failed item is the HTTP status (400 and above) or a CURLcode
 * (below 100).
 */
#include "jobs.h"
#include "page_file.h"
#include "page_transfer.h"

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

enum { SHOWN_REASON = 100 };

/* What is the same for all items. Goes to each rank as one record. */
typedef struct fetch_settings {
    int64_t writes;
    page_limits limits;
    char directory[PATH_MAX];
} fetch_settings;

typedef struct fetch_result {
    int64_t status;
    int64_t bytes;
    double seconds; /* for the transfer and the writes */
} fetch_result;

/* ---- one worker ---- */

static void worker_finish(void *state) { page_transfer_destroy(state); }

static int worker_start(rp_bytes argument, void **state)
{
    (void)argument;
    const char *why;
    const curl_loader *curl = curl_loader_get(&why);
    if (!curl) return rp_fail(CURLE_FAILED_INIT, "%s", why);
    *state = page_transfer_create(curl);
    return *state ? 0 : rp_fail(CURLE_OUT_OF_MEMORY, "no memory for a curl handle");
}
RP_INITIALIZER(fetch, worker_start, worker_finish)

/* ---- one item ---- */

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int store(const page_transfer *transfer, const fetch_settings *settings)
{
    if (settings->writes == 0) return 1;
    char reason[128], name[PAGE_NAME_SIZE];
    const char *why;
    if (!page_name(transfer->address, name, &why)) return rp_fail(CURLE_FAILED_INIT, "no name for the page: %s", why);
    int directory = page_directory_open(settings->directory);
    int failure = directory < 0 ? errno : 0;
    for (int64_t i = 0; i < settings->writes && !failure; i++) failure = page_write(directory, name, transfer->page, transfer->size_bytes);
    if (directory >= 0) (void)close(directory);
    if (!failure) return 1;
    return rp_fail(CURLE_WRITE_ERROR, "can't write %s in %.*s: %s", name, PAGE_ADDRESS_SHOWN, settings->directory,
                   strerror_r(failure, reason, sizeof(reason)));
}

static void fetch(fetch_result *result, const fetch_settings *settings, const rp_bytes *item)
{
    double start_s = now_s();
    page_transfer *transfer = rp_worker_state();
    *result = (fetch_result){0, 0, 0.0};
    if (!transfer) {
        (void)rp_fail(CURLE_FAILED_INIT, "the pool was opened without the initializer of fetch");
        return;
    }
    if (!page_transfer_take_address(transfer, item) || !page_transfer_run(transfer, &settings->limits, &result->status)) return;
    if (!store(transfer, settings)) return;
    result->bytes = (int64_t)transfer->size_bytes;
    result->seconds = now_s() - start_s;
}
RP_TASK_POINTER(fetch, fetch_result, fetch_settings, rp_bytes)

/* ---- the job ---- */

enum {
    PARAM_DIRECTORY,
    PARAM_WRITES,
    PARAM_MAX_BYTES,
    PARAM_MAX_REDIRECTS,
    PARAM_CONNECT_TIMEOUT,
    PARAM_STALL_TIMEOUT,
    PARAM_TIMEOUT,
    PARAM_REDIRECT_TO_HTTP
};

static const rp_param fetch_params[] = {
    [PARAM_DIRECTORY] = {"directory", RP_PARAM_TEXT, "pages", "where pages are written; made when it isn't there", 0, 0},
    [PARAM_WRITES] = {"writes", RP_PARAM_INTEGER, "50", "how often each page is written; 0: not at all", 0, 1e9},
    [PARAM_MAX_BYTES] = {"max_bytes", RP_PARAM_INTEGER, "268435456", "largest page that is taken", 0, 1e15},
    [PARAM_MAX_REDIRECTS] = {"max_redirects", RP_PARAM_INTEGER, "10", "redirects that are followed", 0, 100},
    [PARAM_CONNECT_TIMEOUT] = {"connect_timeout", RP_PARAM_NUMBER, "10", "seconds until the server has to be reached", 0.001, 1e6},
    [PARAM_STALL_TIMEOUT] = {"stall_timeout", RP_PARAM_INTEGER, "20", "seconds without a byte that are waited", 1, 1e6},
    [PARAM_TIMEOUT] = {"timeout", RP_PARAM_NUMBER, "300", "seconds that a whole transfer may take", 0.001, 1e6},
    [PARAM_REDIRECT_TO_HTTP] = {"redirect_to_http", RP_PARAM_INTEGER, "0", "1: a redirect from https to http is followed", 0, 1},
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
    return rp_error_set(error, RP_USAGE, failure, "parameter directory: can't write to %.*s: %s", PAGE_ADDRESS_SHOWN, path,
                        strerror_r(failure, reason, sizeof(reason)));
}

static int64_t milliseconds(double seconds) { return (int64_t)ceil(seconds * 1000.0); }

static rp_status fetch_bind(const rp_job_request *request, rp_columns *bound, void **state, rp_error *error)
{
    fetch_bound *made = calloc(1, sizeof(*made));
    if (!made) return rp_error_set(error, RP_NO_MEMORY, 0, "out of memory");
    fetch_settings *settings = &made->settings;
    settings->writes = request->values[PARAM_WRITES].integer;
    settings->limits.max_bytes = request->values[PARAM_MAX_BYTES].integer;
    settings->limits.max_redirects = request->values[PARAM_MAX_REDIRECTS].integer;
    settings->limits.connect_timeout_ms = milliseconds(request->values[PARAM_CONNECT_TIMEOUT].number);
    settings->limits.stall_timeout_s = request->values[PARAM_STALL_TIMEOUT].integer;
    settings->limits.timeout_ms = milliseconds(request->values[PARAM_TIMEOUT].number);
    settings->limits.redirect_to_http = request->values[PARAM_REDIRECT_TO_HTTP].integer;
    rp_status status = RP_OK;
    char name[PAGE_NAME_SIZE];
    const char *why;
    if (settings->writes > 0) status = bind_directory(request->values[PARAM_DIRECTORY].text, settings->directory, error);
    if (settings->writes > 0 && status == RP_OK && !page_name("", name, &why))
        status = rp_error_set(error, RP_SYSTEM, 0, "pages can't be named: %s", why);
    if (status != RP_OK) {
        free(made);
        return status;
    }
    made->column = RP_CONSTANT_AT(settings);
    *bound = (rp_columns){1, &made->column};
    *state = made;
    return RP_OK;
}

/* What people write over a column of addresses. Any other text that is no address is an item that fails, as it may be one with a mistake.
 */
static int is_header(rp_bytes text)
{
    static const char *const words[] = {"url", "urls", "uri", "uris", "address", "addresses", "link", "links", "href"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strlen(words[i]) == text.size && strncasecmp(words[i], text.data, text.size) == 0) return 1;
    return 0;
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
    .skips_blanks = 1,
    .is_header = is_header,
    .items_are_addresses = 1,
    .defaults = {.mostly_waits = 1},
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
