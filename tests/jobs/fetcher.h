/*
 * fetcher.h: the job `fetch` on a pool in this process, against the web server that with_webserver.sh starts. For the tests of fetch. All
 * of these functions fail the test when something isn't right.
 */
#ifndef RANKPOOL_FETCHER_H
#define RANKPOOL_FETCHER_H

#include "job_test.h"

enum { PAGES = 16, ADDRESS_SIZE = 4096 }; /* PAGES: that the web server has */

enum { FETCHED_FILE_SIZE = 256, FETCHED_STATE_SIZE = 16 };

/* The result of an item, with its texts as strings. */
typedef struct fetch_result {
    int64_t status, bytes;
    double seconds;
    char state[FETCHED_STATE_SIZE], file[FETCHED_FILE_SIZE], address[ADDRESS_SIZE];
} fetch_result;

typedef struct fetcher {
    rp_value values[JOB_TEST_PARAMS];
    rp_columns bound;
    void *bound_state;
    rp_pool *pool;
    rp_error error; /* of the last item that failed */
} fetcher;

/* A variable that with_webserver.sh sets. */
const char *fetcher_environment(const char *name);

/* What the variable holds, with the path behind it: fetcher_address(address, "WEB_URL", "/pages/1"). */
void fetcher_address(char address[ADDRESS_SIZE], const char *base_name, const char *path);

/* Defaults, but one connection a worker, no retries, and pages that are there are replaced. Until fetcher_start, settings can be changed.
 */
void fetcher_prepare(fetcher *f, const char *directory);
rp_value *fetcher_setting(fetcher *f, const char *name);

/* Opens the pool; fetcher_finish frees it. */
void fetcher_start(fetcher *f, int workers);
void fetcher_finish(fetcher *f);

/* What the program would show of a result. Frees it. */
void fetcher_read(rp_bytes *from, fetch_result *result);

/* One item, as bytes and as text. */
rp_status fetcher_bytes(fetcher *f, const void *data, size_t size, fetch_result *result);
rp_status fetcher_text(fetcher *f, const char *address, fetch_result *result);

/* One item that has to fail with this code and this text in its message. It has to leave nothing in the directory. */
void fetcher_check_failure(fetcher *f, const char *directory, const char *address, int code, const char *text);

/* The file of an address has to be what the server has at site/PATH. */
void fetcher_check_file(const char *directory, const char *address, const char *path);

/* Fetches n times (8 x 16 at most) pages 1 to 16 in one map; each has to be there, in its place, and, unless `directory` is NULL, as a
 * file. `query` marks the requests in the server's log. */
void fetcher_pages(fetcher *f, const char *directory, int n, const char *query);

/* How many requests with this text are in the server's log, once there are n, and over how many connections they came. The server writes a
 * request down after it has answered it. */
int fetcher_logged(const char *text, int n, int *connections);

#endif
