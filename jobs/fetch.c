/*
 * fetch.c: the job `fetch`, work for a network and a disk: gets pages by http or https and writes them to a directory. A worker fetches
 * many at once (page_fetcher.c). The code of a failed item is the HTTP status (400 and above) or a CURLcode (below 100); where the system
 * has no room left, an errno.
 */
#include "jobs.h"
#include "page_fetcher.h"
#include "page_file.h"
#include "page_result.h"
#include "page_transfer.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <unistd.h>

enum { SHOWN_REASON = 100, MOST_CONNECTIONS = 1000, DESCRIPTORS_OF_A_PAGE = 3, OTHER_DESCRIPTORS = 32 };

/* ---- one worker ---- */

static void worker_finish(void *state) { page_fetcher_destroy(state); }

static int worker_start(rp_bytes argument, void **state)
{
    (void)argument;
    const char *why;
    const curl_loader *curl = curl_loader_get(&why);
    if (!curl) return rp_fail(CURLE_FAILED_INIT, "%s", why);
    *state = page_fetcher_create(curl);
    return *state ? 0 : rp_fail(CURLE_OUT_OF_MEMORY, "no memory for a curl handle");
}
RP_INITIALIZER(fetch, worker_start, worker_finish)

static void take(page_fetcher *fetcher)
{
    rp_item *item;
    while (page_fetcher_has_room(fetcher) && (item = rp_item_take()))
        page_fetcher_begin(fetcher, item, item->arguments[0], *(const rp_bytes *)item->arguments[1]);
}

static void fetch(void)
{
    page_fetcher *fetcher = rp_worker_state();
    if (!fetcher) {
        (void)rp_item_fail(rp_item_take(), CURLE_FAILED_INIT, "the pool was opened without the initializer of fetch");
        return;
    }
    for (take(fetcher); page_fetcher_is_busy(fetcher); take(fetcher)) page_fetcher_turn(fetcher);
}
RP_TASK_OVERLAP(fetch, rp_bytes, page_settings, rp_bytes)

/* ---- the job ---- */

enum {
    PARAM_DIRECTORY,
    PARAM_WRITES,
    PARAM_CONNECTIONS,
    PARAM_PER_HOST,
    PARAM_EXISTING,
    PARAM_RETRIES,
    PARAM_RETRY_WAIT,
    PARAM_RETRY_AFTER,
    PARAM_HEADER,
    PARAM_USER_AGENT,
    PARAM_CACERT,
    PARAM_NETRC,
    PARAM_COMPRESSED,
    PARAM_RATE,
    PARAM_MAX_BYTES,
    PARAM_MAX_REDIRECTS,
    PARAM_CONNECT_TIMEOUT,
    PARAM_STALL_TIMEOUT,
    PARAM_TIMEOUT,
    PARAM_REDIRECT_TO_HTTP
};

static const rp_param fetch_params[] = {
    [PARAM_DIRECTORY] = {"directory", RP_PARAM_TEXT, "pages", "where pages are written; made when it isn't there", 0, 0},
    [PARAM_WRITES] = {"writes", RP_PARAM_INTEGER, "1", "how often each page is written; 0: not at all", 0, 1e9},
    [PARAM_CONNECTIONS] = {"connections", RP_PARAM_INTEGER, "32", "pages that each worker fetches at once", 1, MOST_CONNECTIONS},
    [PARAM_PER_HOST] = {"per_host", RP_PARAM_INTEGER, "0", "of those of all workers, to one host and port, at least 1 each; 0: any", 0,
                        1e6},
    [PARAM_EXISTING] = {"existing", RP_PARAM_TEXT, "skip", "of a page that is there: skip it, check if it is new, or replace it", 0, 0},
    [PARAM_RETRIES] = {"retries", RP_PARAM_INTEGER, "5", "further tries, where they may help: never of a 404", 0, 1000},
    [PARAM_RETRY_WAIT] = {"retry_wait", RP_PARAM_NUMBER, "1", "seconds before the first of them, doubled for each, at most 60", 0.001, 60},
    [PARAM_RETRY_AFTER] = {"retry_after", RP_PARAM_NUMBER, "120", "seconds of a Retry-After that are waited; longer ones fail", 0, 1e6},
    [PARAM_HEADER] = {"header", RP_PARAM_TEXT, "", "NAME: VALUE for the server of the address; several are lines", 0, 0},
    [PARAM_USER_AGENT] = {"user_agent", RP_PARAM_TEXT, "", "for the header User-Agent; default: rankpool/VERSION", 0, 0},
    [PARAM_CACERT] = {"cacert", RP_PARAM_TEXT, "", "a file of certificates to trust, in place of the system's", 0, 0},
    [PARAM_NETRC] = {"netrc", RP_PARAM_TEXT, "", "a file of users and passwords, as ~/.netrc", 0, 0},
    [PARAM_COMPRESSED] = {"compressed", RP_PARAM_INTEGER, "0", "1: the server may compress pages on their way", 0, 1},
    [PARAM_RATE] = {"rate", RP_PARAM_INTEGER, "0", "bytes a second of all workers together; 0: any", 0, 1e15},
    [PARAM_MAX_BYTES] = {"max_bytes", RP_PARAM_INTEGER, "1000000000000", "largest page that is taken", 0, 1e15},
    [PARAM_MAX_REDIRECTS] = {"max_redirects", RP_PARAM_INTEGER, "10", "redirects that are followed", 0, 100},
    [PARAM_CONNECT_TIMEOUT] = {"connect_timeout", RP_PARAM_NUMBER, "10", "seconds until the server has to be reached", 0.001, 1e6},
    [PARAM_STALL_TIMEOUT] = {"stall_timeout", RP_PARAM_INTEGER, "20", "seconds without a byte that are waited", 1, 1e6},
    [PARAM_TIMEOUT] = {"timeout", RP_PARAM_NUMBER, "3600", "seconds that a whole transfer may take", 0.001, 1e6},
    [PARAM_REDIRECT_TO_HTTP] = {"redirect_to_http", RP_PARAM_INTEGER, "0", "1: a redirect from https to http is followed", 0, 1},
    {NULL, RP_PARAM_TEXT, NULL, NULL, 0, 0},
};

static const rp_field fetch_fields[] = {
    {"status", RP_TYPE_INT64, offsetof(page_row, status)},
    {"bytes", RP_TYPE_INT64, offsetof(page_row, bytes)},
    {"seconds", RP_TYPE_DOUBLE, offsetof(page_row, seconds)},
    {"state", RP_TYPE_BYTES, offsetof(page_row, outcome)},
    {"file", RP_TYPE_BYTES, offsetof(page_row, file)},
    {"address", RP_TYPE_BYTES, offsetof(page_row, address)},
    {NULL, RP_TYPE_RECORD, 0},
};

static int read_result(rp_bytes result, void *record) { return page_result_read(result, record); }

/* The bound argument and the column that points to it. */
typedef struct fetch_bound {
    page_settings settings;
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

static void bind_numbers(const rp_value *values, page_settings *settings)
{
    settings->writes = values[PARAM_WRITES].integer;
    settings->connections = values[PARAM_CONNECTIONS].integer;
    settings->per_host = values[PARAM_PER_HOST].integer;
    settings->retries = values[PARAM_RETRIES].integer;
    settings->retry_wait_s = values[PARAM_RETRY_WAIT].number;
    settings->retry_after_s = values[PARAM_RETRY_AFTER].number;
    settings->compressed = values[PARAM_COMPRESSED].integer;
    settings->rate = values[PARAM_RATE].integer;
    settings->max_bytes = values[PARAM_MAX_BYTES].integer;
    settings->max_redirects = values[PARAM_MAX_REDIRECTS].integer;
    settings->connect_timeout_ms = milliseconds(values[PARAM_CONNECT_TIMEOUT].number);
    settings->stall_timeout_s = values[PARAM_STALL_TIMEOUT].integer;
    settings->timeout_ms = milliseconds(values[PARAM_TIMEOUT].number);
    settings->redirect_to_http = values[PARAM_REDIRECT_TO_HTTP].integer;
}

static rp_status bind_text(const rp_value *values, int param, char *to, size_t room, rp_error *error)
{
    if (strlen(values[param].text) < room) {
        memcpy(to, values[param].text, strlen(values[param].text) + 1);
        return RP_OK;
    }
    return rp_error_set(error, RP_USAGE, 0, "parameter %s has %zu bytes; at most %zu are allowed", fetch_params[param].name,
                        strlen(values[param].text), room - 1);
}

/* A file that is read by libraries on all ranks: its full path. */
static rp_status bind_file(const rp_value *values, int param, char full_path[PATH_MAX], rp_error *error)
{
    char reason[128];
    const char *path = values[param].text;
    if (!path[0] || (access(path, R_OK) == 0 && realpath(path, full_path))) return RP_OK;
    return rp_error_set(error, RP_USAGE, errno, "parameter %s: can't read %.*s: %s", fetch_params[param].name, PAGE_ADDRESS_SHOWN, path,
                        strerror_r(errno, reason, sizeof(reason)));
}

static rp_status bind_existing(const char *text, page_settings *settings, rp_error *error)
{
    static const char *const values[] = {[PAGE_SKIP] = "skip", [PAGE_CHECK] = "check", [PAGE_REPLACE] = "replace"};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        if (strcmp(text, values[i]) != 0) continue;
        settings->existing = settings->writes > 1 ? PAGE_REPLACE : (int64_t)i; /* to write often is the work itself */
        return RP_OK;
    }
    return rp_error_set(error, RP_USAGE, 0, "parameter existing is '%.*s'; it must be skip, check or replace", SHOWN_REASON, text);
}

/* A line that could begin a request of its own, or isn't a header, is refused. */
static rp_status check_header(const char *text, rp_error *error)
{
    for (const char *line = text; *line; line += strcspn(line, "\n") + (line[strcspn(line, "\n")] != '\0')) {
        size_t size = strcspn(line, "\n"), name = strcspn(line, ":\n");
        int ok = size == 0 || (name > 0 && line[name] == ':' && !memchr(line, ' ', name));
        for (size_t i = 0; i < size && ok; i++) ok = (unsigned char)line[i] >= ' ' && line[i] != 0x7f;
        if (!ok) return rp_error_set(error, RP_USAGE, 0, "parameter header: must be NAME: VALUE, a line each");
    }
    return RP_OK;
}

static rp_status bind_texts(const rp_value *values, page_settings *settings, rp_error *error)
{
    rp_status status = bind_text(values, PARAM_USER_AGENT, settings->user_agent, sizeof(settings->user_agent), error);
    if (status == RP_OK) status = bind_text(values, PARAM_HEADER, settings->headers, sizeof(settings->headers), error);
    if (status == RP_OK) status = check_header(settings->headers, error);
    if (status == RP_OK) status = bind_file(values, PARAM_CACERT, settings->cacert, error);
    if (status == RP_OK) status = bind_file(values, PARAM_NETRC, settings->netrc, error);
    if (status == RP_OK) status = bind_existing(values[PARAM_EXISTING].text, settings, error);
    return status;
}

static rp_status bind_settings(const rp_job_request *request, page_settings *settings, rp_error *error)
{
    char name[PAGE_NAME_SIZE];
    const char *why;
    const rp_value *values = request->values;
    bind_numbers(values, settings);
    rp_status status = bind_texts(values, settings, error);
    if (request->repeats) settings->existing = PAGE_REPLACE;
    if (status != RP_OK || settings->writes == 0) return status;
    status = bind_directory(values[PARAM_DIRECTORY].text, settings->directory, error);
    if (status == RP_OK && !page_name("", name, &why)) status = rp_error_set(error, RP_SYSTEM, 0, "pages can't be named: %s", why);
    return status;
}

static rp_status fetch_bind(const rp_job_request *request, rp_columns *bound, void **state, rp_error *error)
{
    fetch_bound *made = calloc(1, sizeof(*made));
    if (!made) return rp_error_set(error, RP_NO_MEMORY, 0, "out of memory");
    rp_status status = bind_settings(request, &made->settings, error);
    if (status != RP_OK) {
        free(made);
        return status;
    }
    made->column = RP_CONSTANT_AT(&made->settings);
    *bound = (rp_columns){1, &made->column};
    *state = made;
    return RP_OK;
}

/* A page has a connection, a file and its directory. */
static rp_status check_descriptors(const page_settings *settings, int threads, rp_error *error)
{
    struct rlimit limit;
    int64_t needed = settings->connections * threads * DESCRIPTORS_OF_A_PAGE + OTHER_DESCRIPTORS;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || (int64_t)limit.rlim_cur >= needed) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "parameter connections: %lld of each of %d workers need %lld open files, and ulimit -n is %lld",
                        (long long)settings->connections, threads, (long long)needed, (long long)limit.rlim_cur);
}

/* What is a total goes to the workers in equal parts. */
static rp_status fetch_opened(void *state, const rp_pool_info *info, rp_error *error)
{
    page_settings *settings = &((fetch_bound *)state)->settings;
    rp_status status = check_descriptors(settings, info->threads, error);
    if (status != RP_OK) return status;
    int64_t workers = info->workers > 0 ? info->workers : 1;
    if (settings->per_host > 0) settings->per_host = settings->per_host < workers ? 1 : settings->per_host / workers;
    if (settings->rate > 0) settings->rate = settings->rate < workers ? 1 : settings->rate / workers;
    return RP_OK;
}

/* Where there is no room left for one page, there is none for the others. */
static rp_status fetch_arrive(void *state, const rp_job_outcome *outcome, rp_error *error)
{
    (void)state;
    const rp_error *failure = outcome->failure;
    int is_full = failure && failure->cause == RP_CAUSE_SYSTEM && (failure->code == ENOSPC || failure->code == EDQUOT);
    return is_full ? rp_error_set(error, RP_SYSTEM, failure->code, "the run ends, as %s", failure->message) : RP_OK;
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

/* They decide whether and when a page comes, not what it is. */
static const char *const fetch_free_params[] = {"connections",   "per_host", "retries",       "retry_wait", "retry_after",
                                                "compressed",    "rate",     "max_redirects", "timeout",    "connect_timeout",
                                                "stall_timeout", "cacert",   "netrc",         NULL};
static const char *const fetch_secret_params[] = {"header", NULL};

const rp_job rp_job_fetch = {
    .name = "fetch",
    .help = "gets pages by http and https, many at once, and writes them to a directory",
    .item_help = "an address, as https://example.org/page; a second column is its SHA-256",
    .task = fetch_task,
    .params = fetch_params,
    .fields = fetch_fields,
    .initializer = fetch_initializer,
    .bind = fetch_bind,
    .unbind = free,
    .skips_blanks = 1,
    .skips_comments = 1,
    .is_header = is_header,
    .defaults = {.threads = 4, .mostly_waits = 1, .on_error = RP_ON_ERROR_COLLECT},
    .items_are_addresses = 1,
    .items_are_texts = 1,
    .overlap_param = "connections",
    .opened = fetch_opened,
    .read = read_result,
    .arrive = fetch_arrive,
    .free_params = fetch_free_params,
    .secret_params = fetch_secret_params,
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
