/*
 * test_fetch_failures.c: each way in which an item of the job `fetch` can fail: the error, and what is on disk then.
 */
#include "fetcher.h"
#include "page_file.h"
#include "scratch.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* curl's numbers of errors, without curl's header. */
enum {
    UNSUPPORTED_PROTOCOL = 1,
    MALFORMED = 3,
    CANT_CONNECT = 7,
    PARTIAL_FILE = 18,
    WRITE_ERROR = 23,
    TIMED_OUT = 28,
    TOO_MANY_REDIRECTS = 47,
    RECEIVE_ERROR = 56,
    NOT_VERIFIED = 60,
    TOO_LARGE = 63
};

/* The same for one address of the web server, with a pool of its own. */
static void check_path_failure(const char *directory, const char *path, int code, const char *text)
{
    fetcher f;
    char address[ADDRESS_SIZE];
    fetcher_address(address, "WEB_URL", path);
    fetcher_prepare(&f, directory);
    fetcher_start(&f, 1);
    fetcher_check_failure(&f, directory, address, code, text);
    fetcher_finish(&f);
}

/* ---- what fails ---- */

static void an_http_error_is_the_items_error(void **state)
{
    check_path_failure(*state, "/missing", 404, "HTTP 404: 127.0.0.1:");
    check_path_failure(*state, "/error", 500, "HTTP 500: 127.0.0.1:");
}

static void redirects_are_bounded(void **state)
{
    int connections;
    check_path_failure(*state, "/loop", TOO_MANY_REDIRECTS, "redirects");
    assert_int_equal(fetcher_logged(" /loop ", 11, &connections), 11);
}

static void a_redirect_to_a_file_is_refused(void **state) { check_path_failure(*state, "/redirect-file", UNSUPPORTED_PROTOCOL, "file"); }

static void a_reset_connection_is_an_error(void **state)
{
    fetcher f;
    char address[ADDRESS_SIZE];
    check_path_failure(*state, "/reset", RECEIVE_ERROR, "reset");
    fetcher_address(address, "WEB_SLOW_URL", "/reset");
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    fetcher_check_failure(&f, *state, address, RECEIVE_ERROR, "reset");
    fetcher_finish(&f);
}

static void a_page_that_ends_early_is_an_error(void **state) { check_path_failure(*state, "/slow/truncated", PARTIAL_FILE, "99000 bytes"); }

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* A transfer that has to end by a time-out, between these seconds. */
static void check_timeout(const char *directory, const char *path, int64_t stall_s, double whole_s, double least_s, double most_s)
{
    fetcher f;
    char address[ADDRESS_SIZE];
    fetcher_address(address, "WEB_URL", path);
    fetcher_prepare(&f, directory);
    fetcher_setting(&f, "stall_timeout")->integer = stall_s;
    fetcher_setting(&f, "timeout")->number = whole_s;
    fetcher_start(&f, 1);
    double start_s = now_s();
    fetcher_check_failure(&f, directory, address, TIMED_OUT, address + strlen("http://"));
    double seconds = now_s() - start_s;
    fetcher_finish(&f);
    if (seconds < least_s || seconds > most_s) fail_msg("%s took %.3f s", path, seconds);
}

static void a_stalled_transfer_ends(void **state)
{
    check_timeout(*state, "/slow/silent", 1, 120, 0.9, 100);
    check_timeout(*state, "/slow/stall", 1, 120, 0.9, 100); /* curl takes the speed of the last 5 s */
}

static void a_slow_transfer_ends_with_its_time(void **state) { check_timeout(*state, "/slow/trickle", 120, 0.5, 0.45, 100); }

static void a_page_that_is_too_large_is_given_up(void **state)
{
    const char *const paths[] = {"/large", "/slow/endless"}; /* with a length, and without */
    fetcher f;
    char address[ADDRESS_SIZE];
    fetcher_prepare(&f, *state);
    fetcher_setting(&f, "max_bytes")->integer = 2999999;
    fetcher_start(&f, 1);
    for (int i = 0; i < 2; i++) {
        fetcher_address(address, "WEB_URL", paths[i]);
        fetcher_check_failure(&f, *state, address, TOO_LARGE, "max_bytes=2999999");
    }
    fetcher_pages(&f, *state, 1, ""); /* the worker goes on */
    fetcher_finish(&f);
    fetcher_prepare(&f, *state);
    fetcher_setting(&f, "max_bytes")->integer = 3000000;
    fetcher_start(&f, 1);
    fetch_result result;
    fetcher_address(address, "WEB_URL", "/large");
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    assert_int_equal(result.bytes, 3000000);
    fetcher_finish(&f);
}

/* A port that is bound, so that no other program gets it, but on which nothing listens. */
static void a_server_that_is_gone_is_an_error(void **state)
{
    fetcher f;
    char address[ADDRESS_SIZE];
    struct sockaddr_in socket_address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(socket_address);
    int holder = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(holder, (struct sockaddr *)&socket_address, size), 0);
    assert_int_equal(getsockname(holder, (struct sockaddr *)&socket_address, &size), 0);
    (void)snprintf(address, sizeof(address), "http://user:secret@127.0.0.1:%d/page", ntohs(socket_address.sin_port));
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    fetcher_check_failure(&f, *state, address, CANT_CONNECT, "Connection refused");
    assert_null(strstr(f.error.message, "secret"));
    fetcher_finish(&f);
    assert_int_equal(close(holder), 0);
}

/* A server whose queue of new connections is full, as Linux has it for a backlog of 0 and no accept: further ones are not answered. */
static void a_server_that_takes_no_connection_times_out(void **state)
{
    fetcher f;
    char address[ADDRESS_SIZE];
    int fillers[4];
    struct sockaddr_in socket_address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(socket_address);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&socket_address, size), 0);
    assert_int_equal(listen(listener, 0), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&socket_address, &size), 0);
    for (int i = 0; i < 4; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(fillers[i], (struct sockaddr *)&socket_address, size);
    }
    (void)snprintf(address, sizeof(address), "http://127.0.0.1:%d/page", ntohs(socket_address.sin_port));
    fetcher_prepare(&f, *state);
    fetcher_setting(&f, "connect_timeout")->number = 0.3;
    fetcher_start(&f, 1);
    double start_s = now_s();
    fetcher_check_failure(&f, *state, address, TIMED_OUT, "127.0.0.1");
    assert_true(now_s() - start_s < 100);
    fetcher_finish(&f);
    for (int i = 0; i < 4; i++) (void)close(fillers[i]);
    (void)close(listener);
}

static void a_certificate_that_nobody_signed_is_refused(void **state)
{
    fetcher f;
    char address[ADDRESS_SIZE];
    if (!fetcher_environment("WEB_HTTPS_URL")[0]) skip();
    fetcher_address(address, "WEB_HTTPS_URL", "/pages/1");
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    fetcher_check_failure(&f, *state, address, NOT_VERIFIED, "certificate");
    fetcher_finish(&f);
}

static void other_schemes_are_refused(void **state)
{
    const char *const addresses[] = {"file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1/page", "dict://127.0.0.1/", "httpx://h/", "17"};
    fetcher f;
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
        fetcher_check_failure(&f, *state, addresses[i], UNSUPPORTED_PROTOCOL, "http:// or https://");
    fetcher_finish(&f);
}

static void what_cant_be_an_address_is_an_error(void **state)
{
    fetcher f;
    fetch_result result;
    static char longest[65537];
    memset(longest, 'a', sizeof(longest));
    memcpy(longest, fetcher_environment("WEB_URL"), strlen(fetcher_environment("WEB_URL")));
    longest[strlen(fetcher_environment("WEB_URL"))] = '/';
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    fetcher_check_failure(&f, *state, " \r\n", MALFORMED, "empty");
    fetcher_check_failure(&f, *state, "", MALFORMED, "empty");
    fetcher_check_failure(&f, *state, "http://h/a b", MALFORMED, "0x20) at byte 11");
    fetcher_check_failure(&f, *state, "http://h/\x01", MALFORMED, "0x01) at byte 10");
    fetcher_check_failure(&f, *state, "http://h:port/", MALFORMED, "h:port/");
    fetcher_check_failure(&f, *state, "http://", MALFORMED, "curl error 3");
    assert_int_equal(fetcher_bytes(&f, "http://h/\0x", 11, &result), RP_FAILED); /* behind a NUL is a checksum */
    assert_non_null(strstr(f.error.message, "isn't a SHA-256 of 64 digits"));
    assert_int_equal(fetcher_bytes(&f, longest, sizeof(longest), &result), RP_FAILED);
    assert_non_null(strstr(f.error.message, "65537 bytes, at most 65536"));
    assert_int_equal(fetcher_bytes(&f, longest, sizeof(longest) - 1, &result), RP_FAILED); /* may be asked for */
    assert_int_equal(f.error.code, 404);
    fetcher_finish(&f);
}

static void an_item_that_fails_leaves_the_others_alone(void **state)
{
    const char *const paths[] = {"/pages/1", "/missing", "/pages/2", "/reset", "/pages/3"};
    static char addresses[5][ADDRESS_SIZE];
    fetcher f;
    int temporary;
    rp_bytes items[5];
    rp_status statuses[5];
    rp_bytes results[5];
    for (int i = 0; i < 5; i++) {
        fetcher_address(addresses[i], "WEB_URL", paths[i]);
        items[i] = (rp_bytes){addresses[i], strlen(addresses[i])};
    }
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 2);
    rp_call_options options = {.bound = f.bound, .statuses = statuses};
    assert_int_equal(rp_map(f.pool, rp_job_fetch.task, results, 5, RP_COLUMN(items), &options, &f.error), RP_FAILED);
    rp_bytes_free(results, 5);
    fetcher_finish(&f);
    assert_int_equal(f.error.item, 1);
    assert_int_equal(f.error.code, 404);
    for (int i = 0; i < 5; i++) assert_int_equal(statuses[i], i % 2 ? RP_FAILED : RP_OK);
    for (int i = 0; i < 5; i += 2) fetcher_check_file(*state, addresses[i], paths[i] + 1);
    assert_int_equal(scratch_files(*state, &temporary), 3);
}

static void a_pool_without_the_initializer_is_told(void **state)
{
    fetcher f;
    rp_job plain = rp_job_fetch;
    plain.initializer = NULL;
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    rp_pool_free(f.pool);
    f.pool = job_test_pool(&plain, 1);
    fetcher_check_failure(&f, *state, "http://h/", 2, "initializer");
    fetcher_finish(&f);
}

/* ---- the directory ---- */

static void check_directory_refused(const char *path, const char *text)
{
    fetcher f;
    fetcher_prepare(&f, path);
    assert_int_equal(rp_job_fetch.bind(&(rp_job_request){.values = f.values}, &f.bound, &f.bound_state, &f.error), RP_USAGE);
    if (!strstr(f.error.message, "directory") || !strstr(f.error.message, text)) fail_msg("%s: %s", path, f.error.message);
}

static void a_directory_that_cant_be_written_to_is_refused_at_once(void **state)
{
    char path[SCRATCH_PATH_SIZE + 16];
    static char long_path[SCRATCH_PATH_SIZE + 1000];
    memset(long_path, 'a', sizeof(long_path) - 1);
    check_directory_refused("", "empty");
    check_directory_refused("/proc", "/proc");
    check_directory_refused(long_path, "too long");
    (void)snprintf(path, sizeof(path), "%s/missing/pages", (char *)*state);
    check_directory_refused(path, "No such file");
    scratch_write(*state, "file", "");
    (void)snprintf(path, sizeof(path), "%s/file", (char *)*state);
    check_directory_refused(path, "Not a directory");
}

/* Files may grow to 10,000 bytes only: write() then fails half way, as on a full disk. The smallest page has 20,000. */
static void without_room_the_item_fails_and_no_half_page_is_seen(void **state)
{
    struct rlimit before, little;
    fetcher f;
    char address[ADDRESS_SIZE], name[PAGE_NAME_SIZE];
    size_t size;
    fetcher_address(address, "WEB_URL", "/pages/1");
    const char *why;
    assert_true(page_name(address, name, &why));
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    little = before;
    little.rlim_cur = 10000;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    fetch_result result;
    rp_status first = fetcher_text(&f, address, &result);
    scratch_write(*state, name, "old");
    rp_status second = fetcher_text(&f, address, &result);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, handler);
    fetcher_finish(&f);
    assert_int_equal(first, RP_FAILED);
    assert_int_equal(second, RP_FAILED);
    assert_int_equal(f.error.code, WRITE_ERROR);
    assert_non_null(strstr(f.error.message, "File too large"));
    int temporary;
    assert_int_equal(scratch_files(*state, &temporary), 1);
    char *text = scratch_read(*state, name, &size);
    assert_string_equal(text, "old");
    free(text);
}

static void without_descriptors_the_item_says_so(void **state)
{
    struct rlimit before, none;
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE];
    fetcher_address(address, "WEB_URL", "/pages/1");
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    rp_status first = fetcher_text(&f, address, &result); /* its libraries are loaded, and its connection stays open */
    fetcher_address(address, "WEB_SLOW_URL", "/x");
    int next = dup(STDIN_FILENO);
    close(next);
    none.rlim_cur = (rlim_t)next;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    rp_status second = fetcher_text(&f, address, &result);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    fetcher_finish(&f);
    assert_int_equal(first, RP_OK);
    assert_int_equal(second, RP_FAILED);
    if (!strstr(f.error.message, "Too many open files")) print_error("%s\n", f.error.message);
    assert_non_null(strstr(f.error.message, "Too many open files"));
}

static void a_directory_that_becomes_a_file_is_the_items_error(void **state)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE], path[SCRATCH_PATH_SIZE + 8];
    fetcher_address(address, "WEB_URL", "/pages/1");
    (void)snprintf(path, sizeof(path), "%s/pages", (char *)*state);
    fetcher_prepare(&f, path);
    fetcher_start(&f, 1);
    assert_int_equal(rmdir(path), 0);
    scratch_write(*state, "pages", "");
    assert_int_equal(fetcher_text(&f, address, &result), RP_FAILED);
    fetcher_finish(&f);
    assert_int_equal(f.error.code, WRITE_ERROR);
    assert_non_null(strstr(f.error.message, "Not a directory"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(an_http_error_is_the_items_error),
        IN_SCRATCH(redirects_are_bounded),
        IN_SCRATCH(without_descriptors_the_item_says_so),
        IN_SCRATCH(a_redirect_to_a_file_is_refused),
        IN_SCRATCH(a_reset_connection_is_an_error),
        IN_SCRATCH(a_page_that_ends_early_is_an_error),
        IN_SCRATCH(a_stalled_transfer_ends),
        IN_SCRATCH(a_slow_transfer_ends_with_its_time),
        IN_SCRATCH(a_page_that_is_too_large_is_given_up),
        IN_SCRATCH(a_server_that_is_gone_is_an_error),
        IN_SCRATCH(a_server_that_takes_no_connection_times_out),
        IN_SCRATCH(a_certificate_that_nobody_signed_is_refused),
        IN_SCRATCH(other_schemes_are_refused),
        IN_SCRATCH(what_cant_be_an_address_is_an_error),
        IN_SCRATCH(an_item_that_fails_leaves_the_others_alone),
        IN_SCRATCH(a_pool_without_the_initializer_is_told),
        IN_SCRATCH(a_directory_that_cant_be_written_to_is_refused_at_once),
        IN_SCRATCH(without_room_the_item_fails_and_no_half_page_is_seen),
        IN_SCRATCH(a_directory_that_becomes_a_file_is_the_items_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
