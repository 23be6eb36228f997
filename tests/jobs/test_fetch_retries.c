/*
 * test_fetch_retries.c: what the job `fetch` tries again, and what not; how long it waits; several pages at once; and answers that have no
 * page.
 */
#include "fetcher.h"
#include "page_file.h"
#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void prepare(fetcher *f, const char *directory)
{
    fetcher_prepare(f, directory);
    fetcher_setting(f, "retries")->integer = 3;
    fetcher_setting(f, "retry_wait")->number = 0.001;
    fetcher_setting(f, "retry_after")->number = 100;
}

/* Of which `*n_ranges` asked for a range. */
static int n_asked(const char *key, int *n_ranges)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE], path[128], *directory = NULL;
    int n;
    size_t size;
    assert_int_equal(scratch_make((void **)&directory), 0);
    (void)snprintf(path, sizeof(path), "/odd/asked/%s", key);
    fetcher_address(address, "WEB_SLOW_URL", path);
    fetcher_prepare(&f, directory);
    fetcher_start(&f, 1);
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    fetcher_finish(&f);
    char *text = scratch_read(directory, result.file, &size);
    assert_int_equal(sscanf(text, "%d %d", &n, n_ranges), 2);
    free(text);
    assert_int_equal(scratch_remove((void **)&directory), 0);
    return n;
}

/* ---- row 17 ---- */

static void what_may_succeed_later_is_tried_again(void **state)
{
    static const int codes[] = {408, 429, 500, 502, 503, 504};
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE], path[128];
    prepare(&f, *state);
    fetcher_start(&f, 1);
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        (void)snprintf(path, sizeof(path), "/odd/once/%d/none/later%d", codes[i], codes[i]);
        fetcher_address(address, "WEB_SLOW_URL", path);
        if (fetcher_text(&f, address, &result) != RP_OK) fail_msg("%s", rp_error_text(&f.error));
        assert_int_equal(result.status, 200);
        assert_int_equal(result.bytes, 2);
        assert_string_equal(result.state, "new");
    }
    fetcher_finish(&f);
}

static void what_stays_so_is_asked_for_once(void **state)
{
    static const int codes[] = {400, 401, 403, 404, 410, 501};
    fetcher f;
    char address[ADDRESS_SIZE], path[128], key[32];
    int n_ranges;
    prepare(&f, *state);
    fetcher_start(&f, 1);
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        (void)snprintf(key, sizeof(key), "stays%d", codes[i]);
        (void)snprintf(path, sizeof(path), "/odd/once/%d/none/%s", codes[i], key);
        fetcher_address(address, "WEB_SLOW_URL", path);
        fetcher_check_failure(&f, *state, address, codes[i], "HTTP");
        assert_int_equal(n_asked(key, &n_ranges), 1);
    }
    fetcher_finish(&f);
}

static void tries_end_and_are_told(void **state)
{
    fetcher f;
    char address[ADDRESS_SIZE];
    prepare(&f, *state);
    fetcher_start(&f, 1);
    fetcher_address(address, "WEB_SLOW_URL", "/odd/status/500/none");
    fetcher_check_failure(&f, *state, address, 500, "(4 tries)");
    fetcher_address(address, "WEB_SLOW_URL", "/truncated");
    fetcher_check_failure(&f, *state, address, 18, "(4 tries)");
    fetcher_finish(&f);
}

/* ---- row 18 ---- */

static void retry_after_lengthens_the_wait(void **state)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE];
    prepare(&f, *state);
    fetcher_start(&f, 1);
    fetcher_address(address, "WEB_SLOW_URL", "/odd/once/429/1/waits");
    double begun_s = now_s();
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    assert_true(now_s() - begun_s >= 1);
    fetcher_finish(&f);
}

static void a_retry_after_beyond_the_limit_fails_at_once_and_says_until_when(void **state)
{
    fetcher f;
    char address[ADDRESS_SIZE];
    int n_ranges;
    prepare(&f, *state);
    fetcher_start(&f, 1);
    fetcher_address(address, "WEB_SLOW_URL", "/odd/once/503/1000000/beyond");
    fetcher_check_failure(&f, *state, address, 503, "not before 20");
    assert_int_equal(n_asked("beyond", &n_ranges), 1);
    fetcher_finish(&f);
}

/* ---- rows 27 and 28 ---- */

static void the_page_of_an_error_gets_no_name(void **state)
{
    fetcher f;
    char address[ADDRESS_SIZE];
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    fetcher_address(address, "WEB_SLOW_URL", "/odd/status/404/none");
    fetcher_check_failure(&f, *state, address, 404, "HTTP 404");
    fetcher_address(address, "WEB_SLOW_URL", "/odd/status/503/none");
    fetcher_check_failure(&f, *state, address, 503, "HTTP 503");
    fetcher_finish(&f);
}

static void no_content_succeeds_without_a_file(void **state)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE];
    int temporary;
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    fetcher_address(address, "WEB_SLOW_URL", "/odd/nothing");
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    fetcher_finish(&f);
    assert_int_equal(result.status, 204);
    assert_string_equal(result.file, "");
    assert_int_equal(scratch_files(*state, &temporary), 0);
}

/* ---- row 15 ---- */

static void false_gzip_fails(void **state)
{
    fetcher f;
    char address[ADDRESS_SIZE];
    fetcher_prepare(&f, *state);
    fetcher_setting(&f, "compressed")->integer = 1;
    fetcher_start(&f, 1);
    fetcher_address(address, "WEB_SLOW_URL", "/odd/gzip");
    fetcher_check_failure(&f, *state, address, 61, "curl error 61");
    fetcher_finish(&f);
}

/* ---- rows 22 and 23: many at once ---- */

static void one_worker_fetches_as_many_at_once_as_it_has_connections(void **state)
{
    enum { N = 20 };
    static char address[ADDRESS_SIZE];
    fetcher f;
    rp_bytes items[N], results[N];
    fetcher_address(address, "WEB_SLOW_URL", "/delay/500");
    for (int i = 0; i < N; i++) items[i] = (rp_bytes){address, strlen(address)};
    fetcher_prepare(&f, *state);
    fetcher_setting(&f, "writes")->integer = 0;
    fetcher_setting(&f, "connections")->integer = N;
    fetcher_start(&f, 1);
    double begun_s = now_s();
    assert_int_equal(rp_map(f.pool, rp_job_fetch.task, results, N, RP_COLUMN(items), &(rp_call_options){.bound = f.bound}, &f.error),
                     RP_OK);
    double took_s = now_s() - begun_s;
    rp_bytes_free(results, N);
    fetcher_finish(&f);
    assert_true(took_s < N * 0.5 / 2); /* one after another would take all of it */
}

static void others_overtake_a_page_that_waits(void **state)
{
    enum { N = 6 };
    static char addresses[N][ADDRESS_SIZE];
    fetcher f;
    rp_bytes items[N], results[N];
    for (int i = 0; i < N; i++) {
        if (i == 0) fetcher_address(addresses[i], "WEB_SLOW_URL", "/odd/once/503/2/overtaken");
        else fetcher_address(addresses[i], "WEB_URL", "/pages/1");
        items[i] = (rp_bytes){addresses[i], strlen(addresses[i])};
    }
    prepare(&f, *state);
    fetcher_start(&f, 1);
    assert_int_equal(rp_map(f.pool, rp_job_fetch.task, results, N, RP_COLUMN(items), &(rp_call_options){.bound = f.bound}, &f.error),
                     RP_OK);
    double waited_s = 0;
    for (int i = 0; i < N; i++) {
        fetch_result result;
        fetcher_read(&results[i], &result);
        if (i == 0) waited_s = result.seconds;
        else assert_true(result.seconds < waited_s); /* it has one connection, and doesn't wait with it */
    }
    assert_true(waited_s >= 2);
    fetcher_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(what_may_succeed_later_is_tried_again),
        IN_SCRATCH(what_stays_so_is_asked_for_once),
        IN_SCRATCH(tries_end_and_are_told),
        IN_SCRATCH(retry_after_lengthens_the_wait),
        IN_SCRATCH(a_retry_after_beyond_the_limit_fails_at_once_and_says_until_when),
        IN_SCRATCH(the_page_of_an_error_gets_no_name),
        IN_SCRATCH(no_content_succeeds_without_a_file),
        IN_SCRATCH(false_gzip_fails),
        IN_SCRATCH(one_worker_fetches_as_many_at_once_as_it_has_connections),
        IN_SCRATCH(others_overtake_a_page_that_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
