/*
 * test_fetch_resume.c: pages that are there already, whole or in part: what is continued, what starts anew, and what is asked for at all.
 */
#include "fetcher.h"
#include "page_memo.h"
#include "scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WHOLE = 300000 };

/* The page of odd_pages.c in that version. */
static void check_page(const char *directory, const char *file, int version)
{
    size_t size;
    char *page = scratch_read(directory, file, &size);
    assert_non_null(page);
    assert_int_equal(size, WHOLE);
    for (int i = 0; i < WHOLE; i++)
        if (page[i] != (char)(i % 251 + version)) fail_msg("byte %d isn't of version %d", i, version);
    free(page);
}

/* Fetches a page whose first transfer ends early, and is tried again. */
static void check_part(const char *directory, const char *kind, int64_t status, const char *outcome, int version)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE], path[128];
    int temporary;
    (void)snprintf(path, sizeof(path), "/odd/part/%s/%s", kind, kind);
    fetcher_address(address, "WEB_SLOW_URL", path);
    fetcher_prepare(&f, directory);
    fetcher_setting(&f, "retries")->integer = 1;
    fetcher_setting(&f, "retry_wait")->number = 0.001;
    fetcher_start(&f, 1);
    if (fetcher_text(&f, address, &result) != RP_OK) fail_msg("%s: %s", kind, rp_error_text(&f.error));
    fetcher_finish(&f);
    assert_int_equal(result.status, status);
    assert_int_equal(result.bytes, WHOLE);
    assert_string_equal(result.state, outcome);
    check_page(directory, result.file, version);
    assert_int_equal(scratch_files(directory, &temporary), 1);
}

/* Rows 10, 11, 12. */
static void a_part_is_continued_by_its_strong_validator(void **state) { check_part(*state, "strong", 206, "resumed", 1); }
static void a_part_with_a_weak_validator_starts_again(void **state) { check_part(*state, "weak", 200, "new", 1); }
static void a_page_that_changed_meanwhile_starts_again(void **state) { check_part(*state, "changed", 200, "new", 2); }
static void a_server_without_ranges_starts_again(void **state) { check_part(*state, "ignores", 200, "new", 1); }
static void a_range_that_begins_elsewhere_is_not_appended(void **state)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE];
    fetcher_address(address, "WEB_SLOW_URL", "/odd/part/shifted/shifted");
    fetcher_prepare(&f, *state);
    fetcher_setting(&f, "retries")->integer = 1;
    fetcher_setting(&f, "retry_wait")->number = 0.001;
    fetcher_start(&f, 1);
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    fetcher_finish(&f);
    assert_string_equal(result.state, "new");
    check_page(*state, result.file, 1);
}
static void a_range_beyond_the_end_of_the_same_page_means_whole(void **state) { check_part(*state, "whole", 206, "resumed", 1); }
static void a_range_beyond_the_end_of_another_page_starts_again(void **state) { check_part(*state, "grown", 200, "new", 2); }

static void a_part_is_continued_by_a_later_run(void **state)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE];
    int temporary;
    fetcher_address(address, "WEB_SLOW_URL", "/odd/part/strong/later");
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    assert_int_equal(fetcher_text(&f, address, &result), RP_FAILED);
    fetcher_finish(&f);
    assert_int_equal(scratch_files(*state, &temporary), 1); /* NAME.part */
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    fetcher_finish(&f);
    assert_string_equal(result.state, "resumed");
    check_page(*state, result.file, 1);
    assert_int_equal(scratch_files(*state, &temporary), 1);
}

/* Rows 9, 29, 33 and 35. */
static rp_status fetch_again(const char *directory, const char *existing, const char *path, fetch_result *result)
{
    fetcher f;
    char address[ADDRESS_SIZE];
    fetcher_address(address, "WEB_URL", path);
    fetcher_prepare(&f, directory);
    fetcher_setting(&f, "existing")->text = existing;
    fetcher_start(&f, 1);
    rp_status status = fetcher_text(&f, address, result);
    fetcher_finish(&f);
    return status;
}

static void a_page_that_is_there_is_not_asked_for(void **state)
{
    fetch_result result;
    int connections;
    assert_int_equal(fetch_again(*state, "skip", "/pages/3?there", &result), RP_OK);
    assert_string_equal(result.state, "new");
    assert_int_equal(fetch_again(*state, "skip", "/pages/3?there", &result), RP_OK);
    assert_string_equal(result.state, "unchanged");
    assert_int_equal(result.status, 0);
    assert_int_equal(result.bytes, 25332);
    assert_int_equal(fetch_again(*state, "replace", "/pages/3?there", &result), RP_OK);
    assert_string_equal(result.state, "new");
    assert_int_equal(fetcher_logged("?there ", 2, &connections), 2);
}

static void an_unchanged_page_is_not_sent_again(void **state)
{
    fetch_result result;
    char path[SCRATCH_PATH_SIZE + FETCHED_FILE_SIZE];
    assert_int_equal(fetch_again(*state, "check", "/pages/4?same", &result), RP_OK);
    assert_string_equal(result.state, "new");
    assert_int_equal(fetch_again(*state, "check", "/pages/4?same", &result), RP_OK);
    assert_string_equal(result.state, "unchanged");
    assert_int_equal(result.status, 304);
    (void)snprintf(path, sizeof(path), "%s/%s", (char *)*state, result.file);
    assert_int_equal(truncate(path, 100), 0); /* somebody has changed it here */
    assert_int_equal(fetch_again(*state, "check", "/pages/4?same", &result), RP_OK);
    assert_string_equal(result.state, "new");
    assert_int_equal(result.bytes, 27998);
}

static void a_file_has_the_time_of_its_page(void **state)
{
    fetch_result result;
    struct stat file, page;
    char path[SCRATCH_PATH_SIZE + FETCHED_FILE_SIZE];
    assert_int_equal(fetch_again(*state, "skip", "/pages/5", &result), RP_OK);
    (void)snprintf(path, sizeof(path), "%s/%s", (char *)*state, result.file);
    assert_int_equal(stat(path, &file), 0);
    (void)snprintf(path, sizeof(path), "%s/site/pages/5", fetcher_environment("WEB_DIR"));
    assert_int_equal(stat(path, &page), 0);
    assert_int_equal(file.st_mtim.tv_sec, page.st_mtim.tv_sec);
}

/* Row 16. */
static void check_sum(const char *directory, const char *sum, rp_status expected, const char *text)
{
    fetcher f;
    fetch_result result;
    char item[ADDRESS_SIZE];
    int temporary;
    fetcher_address(item, "WEB_SLOW_URL", "/odd/once/200/none/sum");
    size_t size = strlen(item) + 1;
    memcpy(item + size, sum, strlen(sum) + 1);
    fetcher_prepare(&f, directory);
    fetcher_start(&f, 1);
    assert_int_equal(fetcher_bytes(&f, item, size + strlen(sum) + 1, &result), expected);
    if (expected != RP_OK && !strstr(f.error.message, text)) fail_msg("%s", rp_error_text(&f.error));
    fetcher_finish(&f);
    assert_int_equal(scratch_files(directory, &temporary), expected == RP_OK);
}

static void a_checksum_of_the_item_is_checked(void **state)
{
    static const char wrong[] = "0000000000000000000000000000000000000000000000000000000000000000";
    static const char of_ok[] = "2689367B205C16CE32ED4200942B8B8B1E262DFC70D9BC9FBC77C49699A4F1DF";
    check_sum(*state, wrong, RP_FAILED, "another checksum, SHA-256 "); /* of "odd", which comes first */
    check_sum(*state, wrong, RP_FAILED, "another checksum, SHA-256 2689367b");
    check_sum(*state, "123", RP_FAILED, "isn't a SHA-256");
    check_sum(*state, of_ok, RP_OK, "");
}

static void a_checksum_of_the_server_is_checked(void **state)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE];
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    fetcher_address(address, "WEB_SLOW_URL", "/odd/digest/wrong");
    fetcher_check_failure(&f, *state, address, 61, "another checksum");
    fetcher_address(address, "WEB_SLOW_URL", "/odd/digest/right");
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    fetcher_finish(&f);
}

/* Row 26. */
static void check_token(const char *directory, const char *path, const char *expected)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE];
    size_t size;
    fetcher_address(address, strncmp(path, "/slow", 5) == 0 ? "WEB_URL" : "WEB_SLOW_URL", path);
    fetcher_prepare(&f, directory);
    fetcher_setting(&f, "header")->text = "X-Other: 1\nX-Token: secret";
    fetcher_start(&f, 1);
    if (fetcher_text(&f, address, &result) != RP_OK) fail_msg("%s", rp_error_text(&f.error));
    fetcher_finish(&f);
    char *text = scratch_read(directory, result.file, &size);
    assert_string_equal(text, expected);
    free(text);
}

static void headers_go_to_the_named_server_only(void **state)
{
    char path[ADDRESS_SIZE];
    check_token(*state, "/odd/token", "secret");
    check_token(*state, "/to//odd/token", "secret");
    (void)snprintf(path, sizeof(path), "/slow/to/%s/odd/token", fetcher_environment("WEB_SLOW_URL"));
    check_token(*state, path, "none");
}

static void the_final_address_is_told_without_its_password(void **state)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE], final[ADDRESS_SIZE];
    const char *host = fetcher_environment("WEB_URL") + strlen("http://");
    (void)snprintf(address, sizeof(address), "http://user:secret@%s/redirect/3", host);
    (void)snprintf(final, sizeof(final), "http://%s/pages/3", host);
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    fetcher_finish(&f);
    assert_string_equal(result.address, final);
    assert_null(strstr(result.file, "secret"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(a_part_is_continued_by_its_strong_validator),
        IN_SCRATCH(a_part_with_a_weak_validator_starts_again),
        IN_SCRATCH(a_page_that_changed_meanwhile_starts_again),
        IN_SCRATCH(a_server_without_ranges_starts_again),
        IN_SCRATCH(a_range_that_begins_elsewhere_is_not_appended),
        IN_SCRATCH(a_range_beyond_the_end_of_the_same_page_means_whole),
        IN_SCRATCH(a_range_beyond_the_end_of_another_page_starts_again),
        IN_SCRATCH(a_part_is_continued_by_a_later_run),
        IN_SCRATCH(a_page_that_is_there_is_not_asked_for),
        IN_SCRATCH(an_unchanged_page_is_not_sent_again),
        IN_SCRATCH(a_file_has_the_time_of_its_page),
        IN_SCRATCH(a_checksum_of_the_item_is_checked),
        IN_SCRATCH(a_checksum_of_the_server_is_checked),
        IN_SCRATCH(headers_go_to_the_named_server_only),
        IN_SCRATCH(the_final_address_is_told_without_its_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
