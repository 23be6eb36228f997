/*
 * test_fetch.c: what the job `fetch` does when all goes well: pages and files, the reuse of connections, redirects.
 */
#include "fetcher.h"
#include "page_result.h"
#include "scratch.h"

#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

static void tables_match(void **state)
{
    (void)state;
    job_test_table(&rp_job_fetch);
    assert_int_equal(rp_job_fetch.fields[0].offset, offsetof(page_row, status));
    assert_true(sizeof(page_row) <= RP_JOB_RECORD_SIZE);
}

static void pages_become_files_of_the_same_contents(void **state)
{
    fetcher f;
    int temporary;
    fetcher_prepare(&f, *state);
    fetcher_setting(&f, "writes")->integer = 50;
    fetcher_start(&f, 1);
    fetcher_pages(&f, *state, PAGES, "");
    fetcher_finish(&f);
    assert_int_equal(scratch_files(*state, &temporary), PAGES);
    assert_int_equal(temporary, 0);
}

/* Counts the renames since the directory was watched: by the old names, which all differ (the kernel merges repeated events). */
static int count_renames(int watch)
{
    _Alignas(struct inotify_event) char events[65536];
    int n = 0;
    ssize_t size = read(watch, events, sizeof(events));
    assert_true(size > 0);
    for (ssize_t at = 0; at < size; n++)
        at += (ssize_t)(sizeof(struct inotify_event) + ((struct inotify_event *)(void *)(events + at))->len);
    return n;
}

static void a_page_is_written_as_often_as_asked(void **state)
{
    fetcher f;
    int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    assert_true(inotify_add_watch(watch, *state, IN_MOVED_FROM) >= 0);
    fetcher_prepare(&f, *state);
    fetcher_setting(&f, "writes")->integer = 7;
    fetcher_start(&f, 1);
    fetcher_pages(&f, *state, 3, "");
    fetcher_finish(&f);
    assert_int_equal(count_renames(watch), 3 * 7);
    assert_int_equal(close(watch), 0);
}

static void one_worker_keeps_its_connection(void **state)
{
    fetcher f;
    int connections;
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    fetcher_pages(&f, *state, PAGES, "?one");
    fetcher_finish(&f);
    assert_int_equal(fetcher_logged("?one rankpool/" RP_VERSION, PAGES, &connections), PAGES);
    assert_int_equal(connections, 1);
}

static void four_workers_need_four_connections_at_most(void **state)
{
    fetcher f;
    int connections, temporary;
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 4);
    fetcher_pages(&f, *state, 8 * PAGES, "?four");
    fetcher_finish(&f);
    assert_int_equal(fetcher_logged("?four ", 8 * PAGES, &connections), 8 * PAGES);
    assert_in_range(connections, 1, 4);
    assert_int_equal(scratch_files(*state, &temporary), PAGES);
}

static void workers_with_the_same_address_dont_clash(void **state)
{
    fetcher f;
    int temporary;
    char address[ADDRESS_SIZE];
    rp_bytes items[16];
    rp_bytes results[16];
    fetcher_address(address, "WEB_URL", "/pages/7");
    for (int i = 0; i < 16; i++) items[i] = (rp_bytes){address, strlen(address)};
    fetcher_prepare(&f, *state);
    fetcher_setting(&f, "writes")->integer = 50;
    fetcher_start(&f, 4);
    assert_int_equal(rp_map(f.pool, rp_job_fetch.task, results, 16, RP_COLUMN(items), &(rp_call_options){.bound = f.bound}, &f.error),
                     RP_OK);
    rp_bytes_free(results, 16);
    fetcher_finish(&f);
    fetcher_check_file(*state, address, "pages/7");
    assert_int_equal(scratch_files(*state, &temporary), 1);
}

static void no_writes_leave_no_trace(void **state)
{
    fetcher f;
    char path[SCRATCH_PATH_SIZE + 8];
    (void)snprintf(path, sizeof(path), "%s/none", (char *)*state);
    fetcher_prepare(&f, path);
    fetcher_setting(&f, "writes")->integer = 0;
    fetcher_start(&f, 1);
    fetcher_pages(&f, NULL, 2, "");
    fetcher_finish(&f);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void an_empty_page_is_an_empty_file(void **state)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE];
    fetcher_address(address, "WEB_URL", "/empty");
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    assert_int_equal(result.bytes, 0);
    fetcher_check_file(*state, address, "empty");
    fetcher_finish(&f);
}

static void blanks_around_an_address_are_dropped(void **state)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE], with_blanks[ADDRESS_SIZE + 8];
    fetcher_address(address, "WEB_URL", "/pages/2");
    (void)snprintf(with_blanks, sizeof(with_blanks), " \t%s\r\n", address);
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    assert_int_equal(fetcher_text(&f, with_blanks, &result), RP_OK);
    fetcher_check_file(*state, address, "pages/2");
    fetcher_finish(&f);
}

static void a_redirect_is_followed(void **state)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE];
    fetcher_address(address, "WEB_URL", "/redirect/3");
    fetcher_prepare(&f, *state);
    fetcher_start(&f, 1);
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    fetcher_finish(&f);
    assert_int_equal(result.status, 200);
    fetcher_check_file(*state, address, "pages/3");
}

static void a_directory_that_another_host_lacks_is_made(void **state)
{
    fetcher f;
    char path[SCRATCH_PATH_SIZE + 8];
    (void)snprintf(path, sizeof(path), "%s/pages", (char *)*state);
    fetcher_prepare(&f, path);
    fetcher_start(&f, 1);
    assert_int_equal(rmdir(path), 0);
    fetcher_pages(&f, path, 1, "");
    fetcher_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_match),
        IN_SCRATCH(pages_become_files_of_the_same_contents),
        IN_SCRATCH(a_page_is_written_as_often_as_asked),
        IN_SCRATCH(one_worker_keeps_its_connection),
        IN_SCRATCH(four_workers_need_four_connections_at_most),
        IN_SCRATCH(workers_with_the_same_address_dont_clash),
        IN_SCRATCH(no_writes_leave_no_trace),
        IN_SCRATCH(an_empty_page_is_an_empty_file),
        IN_SCRATCH(blanks_around_an_address_are_dropped),
        IN_SCRATCH(a_redirect_is_followed),
        IN_SCRATCH(a_directory_that_another_host_lacks_is_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
