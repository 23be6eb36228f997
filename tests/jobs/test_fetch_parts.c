/*
 * test_fetch_parts.c: the parts of the job `fetch` that need no server: what is tried again and when, what headers say, servers and their
 * pauses, results as they travel.
 */
#include "page_answer.h"
#include "page_hosts.h"
#include "page_result.h"
#include "page_retry.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* Row 17: the CURLcodes and statuses that are worth another try, and a few that aren't. */
static void only_what_may_succeed_later_is_worth_a_try(void **state)
{
    static const int helped[] = {5, 6, 7, 16, 18, 28, 35, 52, 55, 56, 92}, stay[] = {0, 1, 3, 23, 47, 51, 60, 61, 63};
    (void)state;
    for (size_t i = 0; i < sizeof(helped) / sizeof(helped[0]); i++) assert_int_equal(page_retry_helps_code(helped[i]), 1);
    for (size_t i = 0; i < sizeof(stay) / sizeof(stay[0]); i++) assert_int_equal(page_retry_helps_code(stay[i]), 0);
    for (long status = 100; status < 600; status++) {
        int helps = status == 408 || status == 429 || status == 500 || (status >= 502 && status <= 504);
        assert_int_equal(page_retry_helps_status(status), helps);
    }
}

/* Row 19. */
static void waits_double_and_differ(void **state)
{
    (void)state;
    for (unsigned n = 1; n < 100; n++) {
        double middle = page_retry_wait_s(n, 1, 0.5), least = page_retry_wait_s(n, 1, 0), most = page_retry_wait_s(n, 1, 1);
        assert_true(least < 0.8 * middle && most > 1.2 * middle && most <= 75);
        assert_true(middle >= (n < 7 ? (double)(1 << (n - 1)) : 60));
    }
}

/* Row 24. */
static void a_name_is_looked_up_once_and_few_at_a_time(void **state)
{
    static page_hosts hosts;
    (void)state;
    for (uint64_t key = 1; key <= PAGE_LOOKUPS; key++) {
        assert_int_equal(page_hosts_may_enter(&hosts, key, 0, 0), 1);
        page_hosts_enter(&hosts, key);
        assert_int_equal(page_hosts_may_enter(&hosts, key, 0, 0), 0); /* one is enough */
    }
    assert_int_equal(page_hosts_may_enter(&hosts, 100, 0, 0), 0);
    page_hosts_found(&hosts, 1);
    assert_int_equal(page_hosts_may_enter(&hosts, 1, 0, 0), 1);
    assert_int_equal(page_hosts_may_enter(&hosts, 100, 0, 0), 1);
    page_hosts_leave(&hosts, 2); /* it wasn't found: the next one tries again */
    page_hosts_enter(&hosts, 2);
    assert_int_equal(page_hosts_may_enter(&hosts, 2, 0, 0), 0);
    assert_int_equal(page_hosts_is_number("http://127.0.0.1:80/"), 1);
    assert_int_equal(page_hosts_is_number("http://[::1]/"), 1);
    assert_int_equal(page_hosts_is_number("http://user@1.2.3.4.example/"), 0);
}

static void dates_have_one_form(void **state)
{
    static const char *const others[] = {"",
                                         "Sunday, 06-Nov-94 08:49:37 GMT",
                                         "Sun, 06 Nov 1994 08:49:37 CET",
                                         "Sun, 06 Foo 1994 08:49:37 GMT",
                                         "Sun, 36 Nov 1994 08:49:37 GMT",
                                         "Sun, 06 Nov 1994 28:49:37 GMT",
                                         "Sun, 06 Nov 19x4 08:49:37 GMT"};
    (void)state;
    assert_int_equal(page_answer_time("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) assert_int_equal(page_answer_time(others[i]), 0);
}

static void take(page_answer *answer, const char *line) { page_answer_take(answer, line, strlen(line)); }

static void headers_of_the_last_answer_count(void **state)
{
    page_answer answer;
    (void)state;
    page_answer_clear(&answer);
    take(&answer, "HTTP/1.1 302 Found\r\n");
    take(&answer, "ETag: \"old\"\r\n");
    take(&answer, "HTTP/1.1 206 Partial Content\r\n");
    assert_string_equal(answer.memo.etag, "");
    take(&answer, "eTAG:  \"new\" \r\n");
    take(&answer, "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    take(&answer, "Content-Range: bytes 100-199/200\r\n");
    take(&answer, "Repr-Digest: md5=:AA==:, sha-256=:QUJD:\r\n");
    assert_string_equal(answer.memo.etag, "\"new\"");
    assert_string_equal(answer.memo.modified, "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_int_equal(answer.range_first, 100);
    assert_int_equal(answer.range_length, 200);
    assert_string_equal(answer.sha256, "QUJD");
}

static void odd_headers_are_none(void **state)
{
    static const char *const lines[] = {"Content-Range: bytes -1-2/3\r\n",
                                        "Content-Range: items 1-2/3\r\n",
                                        "Content-Range: bytes\r\n",
                                        "Content-Range: bytes 99999999999999999999-1/x\r\n",
                                        "ETag: \"a\x01\"\r\n",
                                        "ETag",
                                        ""};
    page_answer answer;
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        page_answer_clear(&answer);
        take(&answer, lines[i]);
        assert_int_equal(answer.range_first, -1);
        assert_string_equal(answer.memo.etag, "");
    }
    char longest[PAGE_ETAG_SIZE + 20] = "ETag: ";
    memset(longest + 6, 'a', PAGE_ETAG_SIZE);
    page_answer_take(&answer, longest, 6 + PAGE_ETAG_SIZE);
    assert_string_equal(answer.memo.etag, "");
}

static void weak_validators_continue_nothing(void **state)
{
    page_memo memo = {.etag = "\"a\""};
    (void)state;
    assert_int_equal(page_memo_is_strong(&memo), 1);
    memo = (page_memo){.etag = "W/\"a\"", .modified = "Sun, 06 Nov 1994 08:49:37 GMT"};
    assert_int_equal(page_memo_is_strong(&memo), 0);
    memo = (page_memo){.modified = "Sun, 06 Nov 1994 08:49:37 GMT"};
    assert_int_equal(page_memo_is_strong(&memo), 1);
    memo = (page_memo){.size = 1};
    assert_int_equal(page_memo_is_strong(&memo), 0);
}

/* Rows 20 and 21. */
static void servers_have_limits_and_pauses_of_their_own(void **state)
{
    static page_hosts hosts;
    (void)state;
    uint64_t a = page_hosts_key("http://user:word@Host:80/x?y"), b = page_hosts_key("https://host:80/x");
    assert_true(a == page_hosts_key("http://host:80/other") && a != b && a != page_hosts_key("http://host:81/x"));
    page_hosts_enter(&hosts, a);
    page_hosts_found(&hosts, a);
    for (int i = 0; i < 2; i++) page_hosts_enter(&hosts, a);
    assert_int_equal(page_hosts_may_enter(&hosts, a, 3, 0), 0);
    assert_int_equal(page_hosts_may_enter(&hosts, a, 0, 0), 1);
    assert_int_equal(page_hosts_may_enter(&hosts, b, 3, 0), 1);
    page_hosts_leave(&hosts, a);
    assert_int_equal(page_hosts_may_enter(&hosts, a, 3, 0), 1);
    page_hosts_pause(&hosts, a, 10);
    page_hosts_pause(&hosts, a, 5);
    assert_int_equal(page_hosts_may_enter(&hosts, a, 3, 9), 0);
    assert_int_equal(page_hosts_may_enter(&hosts, a, 3, 10), 1);
    for (uint64_t key = 1000; key < 1000 + 2 * PAGE_HOSTS; key++) page_hosts_enter(&hosts, key), page_hosts_leave(&hosts, key);
    assert_int_equal(page_hosts_may_enter(&hosts, a, 2, 10), 0); /* one that has transfers isn't forgotten */
}

static void results_that_are_cut_are_none(void **state)
{
    char bytes[sizeof(page_result) + 16] = {0};
    page_row row;
    (void)state;
    memcpy(bytes + sizeof(page_result), "file\0address", 13);
    for (size_t size = 0; size < sizeof(page_result) + 13; size++) assert_int_equal(page_result_read((rp_bytes){bytes, size}, &row), 0);
    assert_int_equal(page_result_read((rp_bytes){bytes, sizeof(page_result) + 13}, &row), 1);
    assert_string_equal((const char *)row.address.data, "address");
    page_result odd = {.outcome = 3};
    memcpy(bytes, &odd, sizeof(odd));
    assert_int_equal(page_result_read((rp_bytes){bytes, sizeof(page_result) + 13}, &row), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_may_succeed_later_is_worth_a_try),
        cmocka_unit_test(waits_double_and_differ),
        cmocka_unit_test(a_name_is_looked_up_once_and_few_at_a_time),
        cmocka_unit_test(dates_have_one_form),
        cmocka_unit_test(headers_of_the_last_answer_count),
        cmocka_unit_test(odd_headers_are_none),
        cmocka_unit_test(weak_validators_continue_nothing),
        cmocka_unit_test(servers_have_limits_and_pauses_of_their_own),
        cmocka_unit_test(results_that_are_cut_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
