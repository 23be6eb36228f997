/*
 * test_fetch_trust.c: the job `fetch` trusts nobody: what servers, addresses and the environment can't make it do or tell.
 */
#include "fetcher.h"
#include "page_file.h"
#include "scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { UNSUPPORTED_PROTOCOL = 1, MALFORMED = 3, CANT_RESOLVE_PROXY = 5, CANT_CONNECT = 7, RECEIVE_ERROR = 56 };

/* One address that fails; neither the message nor the line tells its password. */
static void check_secret(const char *directory, const char *address, int code, const char *text)
{
    fetcher f;
    fetcher_prepare(&f, directory);
    fetcher_start(&f, 1);
    fetcher_check_failure(&f, directory, address, code, text);
    fetcher_finish(&f);
    if (strstr(f.error.message, "secret") || strstr(rp_error_text(&f.error), "secret")) fail_msg("%s", rp_error_text(&f.error));
}

/* The server's address with this before its host, and the path. */
static void address_with(char address[ADDRESS_SIZE], const char *before, const char *path)
{
    (void)snprintf(address, ADDRESS_SIZE, "http://%s%s%s", before, fetcher_environment("WEB_URL") + strlen("http://"), path);
}

static void passwords_arent_told(void **state)
{
    char address[ADDRESS_SIZE];
    address_with(address, "user:secret@", "/missing");
    check_secret(*state, address, 404, "HTTP 404: 127.0.0.1:");
    address_with(address, "/user:secret@", "/missing"); /* one slash more */
    check_secret(*state, address, 404, "HTTP 404: 127.0.0.1:");
    check_secret(*state, "http://user:secret@127.0.0.1:1/", CANT_CONNECT, "Connection refused");
    check_secret(*state, "http://user:se/cret/secret@127.0.0.1:1/", MALFORMED, "127.0.0.1:1/"); /* "se" is no port */
    check_secret(*state, "http://user:secret@127.0.0.1:99999/", MALFORMED, "127.0.0.1:99999/");
    check_secret(*state, "http://user:secret@127.0.0.1/a b", MALFORMED, "0x20)");
    check_secret(*state, "ftp://user:secret@127.0.0.1/", UNSUPPORTED_PROTOCOL, "http:// or https://: 127.0.0.1/");
}

static void a_password_after_hundreds_of_bytes_isnt_told(void **state)
{
    char address[ADDRESS_SIZE], user[1024];
    memset(user, 'u', sizeof(user));
    memcpy(user + 10, ":secret", 7);
    (void)snprintf(user + 1000, 24, ":x@");
    (void)snprintf(address, sizeof(address), "http://%s127.0.0.1:1/", user);
    check_secret(*state, address, CANT_CONNECT, "Connection refused");
}

static void the_password_of_a_redirect_isnt_told(void **state)
{
    char address[ADDRESS_SIZE];
    fetcher_address(address, "WEB_SLOW_URL", "/to/http://user:secret@127.0.0.1:1/");
    check_secret(*state, address, CANT_CONNECT, "Connection refused");
    fetcher_address(address, "WEB_SLOW_URL", "/to/gopher://user:secret@127.0.0.1:1/");
    check_secret(*state, address, UNSUPPORTED_PROTOCOL, "gopher");
}

static void check_proxy(const char *directory, const char *proxy, int code, const char *text)
{
    assert_int_equal(setenv("http_proxy", proxy, 1), 0);
    check_secret(directory, "http://192.0.2.1/page", code, text); /* nothing is sent there */
    assert_int_equal(unsetenv("http_proxy"), 0);
}

static void the_password_of_a_proxy_isnt_told(void **state)
{
    check_proxy(*state, "http://user:secret@127.0.0.1:1", CANT_CONNECT, "Connection refused");
    check_proxy(*state, "odd://user:secret@127.0.0.1:1", CANT_CONNECT, "proxy");
    check_proxy(*state, "user:secret@127.0.0.1:port", CANT_RESOLVE_PROXY, "proxy");
}

/* Fetches the greeting through this address: what the server got as user and password. */
static char *greeting(const char *directory, const char *address)
{
    fetcher f;
    fetch_result result;
    char name[PAGE_NAME_SIZE];
    const char *why;
    size_t size;
    fetcher_prepare(&f, directory);
    fetcher_start(&f, 1);
    if (fetcher_text(&f, address, &result) != RP_OK) fail_msg("%s", rp_error_text(&f.error));
    fetcher_finish(&f);
    assert_true(page_name(address, name, &why));
    return scratch_read(directory, name, &size);
}

static void check_greeting(const char *directory, const char *address, const char *expected)
{
    char *text = greeting(directory, address);
    assert_string_equal(text, expected);
    free(text);
}

/* "user:secret" in base 64 is dXNlcjpzZWNyZXQ=. */
static void only_the_server_that_the_address_names_gets_the_password(void **state)
{
    char address[ADDRESS_SIZE];
    const char *own = fetcher_environment("WEB_URL"), *other = fetcher_environment("WEB_SLOW_URL") + strlen("http://");
    (void)snprintf(address, sizeof(address), "http://user:secret@%s/greeting", other);
    check_greeting(*state, address, "Basic dXNlcjpzZWNyZXQ=");
    (void)snprintf(address, sizeof(address), "http://user:secret@%s/to//greeting", other);
    check_greeting(*state, address, "Basic dXNlcjpzZWNyZXQ=");
    (void)snprintf(address, sizeof(address), "http://user:secret@%s/slow/to/http://%s/greeting", own + strlen("http://"), other);
    check_greeting(*state, address, "none"); /* another port */
    (void)snprintf(address, sizeof(address), "http://%s/greeting", other);
    check_greeting(*state, address, "none"); /* and the worker forgets it */
}

static void netrc_isnt_read(void **state)
{
    char address[ADDRESS_SIZE];
    scratch_write(*state, ".netrc", "machine 127.0.0.1 login user password secret\n");
    assert_int_equal(setenv("HOME", *state, 1), 0);
    fetcher_address(address, "WEB_SLOW_URL", "/greeting");
    check_greeting(*state, address, "none");
}

/* Curl keeps them in memory, 300 kB at most. */
static void headers_without_an_end_are_given_up(void **state)
{
    char address[ADDRESS_SIZE];
    fetcher_address(address, "WEB_SLOW_URL", "/headers");
    check_secret(*state, address, RECEIVE_ERROR, "headers");
}

/* Leaves the process `spare` descriptors, and tries the address. */
static void check_without_descriptors(const char *directory, int spare, const char *address)
{
    struct rlimit before, none;
    fetcher f;
    fetch_result result;
    fetcher_prepare(&f, directory);
    fetcher_start(&f, 1);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    int next = dup(0);
    assert_int_equal(close(next), 0);
    none = (struct rlimit){(rlim_t)(next + spare), before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    rp_status status = fetcher_text(&f, address, &result);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(status, RP_FAILED);
    if (!strstr(f.error.message, "Too many open files")) fail_msg("%s", rp_error_text(&f.error));
    fetcher_finish(&f);
}

static void missing_descriptors_are_told(void **state)
{
    char address[ADDRESS_SIZE];
    fetcher_address(address, "WEB_URL", "/pages/1");
    check_without_descriptors(*state, 0, address);
    for (int spare = 0; spare < 3; spare++) check_without_descriptors(*state, spare, "http://host.invalid/");
}

static void a_link_with_a_pages_name_is_replaced_not_followed(void **state)
{
    char address[ADDRESS_SIZE], name[PAGE_NAME_SIZE], path[SCRATCH_PATH_SIZE + PAGE_NAME_SIZE], target[SCRATCH_PATH_SIZE + 16];
    const char *why;
    size_t size;
    fetcher_address(address, "WEB_URL", "/pages/1");
    assert_true(page_name(address, name, &why));
    (void)snprintf(path, sizeof(path), "%s/%s", (char *)*state, name);
    (void)snprintf(target, sizeof(target), "%s/target", (char *)*state);
    scratch_write(*state, "target", "untouched");
    assert_int_equal(symlink(target, path), 0);
    fetcher f;
    fetch_result result;
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    fetcher_finish(&f);
    fetcher_check_file(*state, address, "pages/1");
    char *text = scratch_read(*state, "target", &size);
    assert_string_equal(text, "untouched");
    free(text);
}

static void a_word_over_a_column_is_a_header_and_an_address_isnt(void **state)
{
    (void)state;
    assert_int_equal(rp_job_fetch.items_are_addresses, 1);
    assert_int_equal(rp_job_fetch.skips_blanks, 1);
    assert_int_equal(rp_job_fetch.is_header((rp_bytes){"URL", 3}), 1);
    assert_int_equal(rp_job_fetch.is_header((rp_bytes){"localhost", 9}), 0);
    assert_int_equal(rp_job_fetch.is_header((rp_bytes){"", 0}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(passwords_arent_told),
        IN_SCRATCH(a_password_after_hundreds_of_bytes_isnt_told),
        IN_SCRATCH(the_password_of_a_redirect_isnt_told),
        IN_SCRATCH(the_password_of_a_proxy_isnt_told),
        IN_SCRATCH(only_the_server_that_the_address_names_gets_the_password),
        IN_SCRATCH(netrc_isnt_read),
        IN_SCRATCH(headers_without_an_end_are_given_up),
        IN_SCRATCH(missing_descriptors_are_told),
        IN_SCRATCH(a_link_with_a_pages_name_is_replaced_not_followed),
        cmocka_unit_test(a_word_over_a_column_is_a_header_and_an_address_isnt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
