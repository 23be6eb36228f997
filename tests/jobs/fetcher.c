/*
 * fetcher.c: see fetcher.h.
 */
#include "fetcher.h"
#include "page_file.h"
#include "page_result.h"
#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *fetcher_environment(const char *name)
{
    const char *value = getenv(name);
    if (!value) fail_msg("%s isn't set: run this under with_webserver.sh", name);
    return value;
}

void fetcher_prepare(fetcher *f, const char *directory)
{
    memset(f, 0, sizeof(*f));
    job_test_defaults(&rp_job_fetch, f->values);
    job_test_value(&rp_job_fetch, f->values, "directory")->text = directory;
    job_test_value(&rp_job_fetch, f->values, "connections")->integer = 1;
    job_test_value(&rp_job_fetch, f->values, "retries")->integer = 0;
    job_test_value(&rp_job_fetch, f->values, "existing")->text = "replace";
    job_test_value(&rp_job_fetch, f->values, "timeout")->number = 200;
}

rp_value *fetcher_setting(fetcher *f, const char *name) { return job_test_value(&rp_job_fetch, f->values, name); }

void fetcher_start(fetcher *f, int workers)
{
    if (rp_job_fetch.bind(&(rp_job_request){.values = f->values}, &f->bound, &f->bound_state, &f->error) != RP_OK)
        fail_msg("%s", rp_error_text(&f->error));
    f->pool = job_test_pool(&rp_job_fetch, workers);
}

void fetcher_finish(fetcher *f)
{
    rp_pool_free(f->pool);
    rp_job_fetch.unbind(f->bound_state);
}

static void copy_text(char *to, size_t room, rp_bytes text)
{
    assert_true(text.size < room);
    memcpy(to, text.data, text.size);
    to[text.size] = '\0';
}

void fetcher_read(rp_bytes *from, fetch_result *result)
{
    page_row row;
    assert_int_equal(page_result_read(*from, &row), 1);
    *result = (fetch_result){.status = row.status, .bytes = row.bytes, .seconds = row.seconds};
    copy_text(result->state, sizeof(result->state), row.outcome);
    copy_text(result->file, sizeof(result->file), row.file);
    copy_text(result->address, sizeof(result->address), row.address);
    rp_bytes_free(from, 1);
}

rp_status fetcher_bytes(fetcher *f, const void *data, size_t size, fetch_result *result)
{
    rp_bytes address = {data, size}, made = {NULL, 0};
    rp_call_options options = {.bound = f->bound};
    rp_status status = rp_apply(f->pool, rp_job_fetch.task, &made, RP_COLUMNS(RP_CONSTANT(address)), &options, &f->error);
    if (status == RP_OK) fetcher_read(&made, result);
    return status;
}

rp_status fetcher_text(fetcher *f, const char *address, fetch_result *result) { return fetcher_bytes(f, address, strlen(address), result); }

void fetcher_address(char address[ADDRESS_SIZE], const char *base_name, const char *path)
{
    assert_true(snprintf(address, ADDRESS_SIZE, "%s%s", fetcher_environment(base_name), path) < ADDRESS_SIZE);
}

void fetcher_check_failure(fetcher *f, const char *directory, const char *address, int code, const char *text)
{
    fetch_result result;
    int temporary;
    assert_int_equal(fetcher_text(f, address, &result), RP_FAILED);
    if (f->error.code != code || !strstr(f->error.message, text))
        fail_msg("%s: code %d, not %d, or no '%s' in: %s", address, f->error.code, code, text, f->error.message);
    assert_int_equal(f->error.item, 0);
    assert_int_equal(scratch_files(directory, &temporary), 0);
}

void fetcher_check_file(const char *directory, const char *address, const char *path)
{
    char site[ADDRESS_SIZE], name[PAGE_NAME_SIZE];
    size_t size, expected_size;
    (void)snprintf(site, sizeof(site), "%s/site", fetcher_environment("WEB_DIR"));
    const char *why;
    assert_true(page_name(address, name, &why));
    char *expected = scratch_read(site, path, &expected_size), *data = scratch_read(directory, name, &size);
    assert_non_null(expected);
    assert_non_null(data);
    assert_int_equal(size, expected_size);
    assert_memory_equal(data, expected, size);
    free(expected);
    free(data);
}

void fetcher_pages(fetcher *f, const char *directory, int n, const char *query)
{
    static char addresses[8 * PAGES][128];
    rp_bytes items[8 * PAGES];
    rp_bytes results[8 * PAGES];
    for (int i = 0; i < n; i++) {
        (void)snprintf(addresses[i], sizeof(addresses[i]), "%s/pages/%d%s", fetcher_environment("WEB_URL"), i % PAGES + 1, query);
        items[i] = (rp_bytes){addresses[i], strlen(addresses[i])};
    }
    rp_status status =
        rp_map(f->pool, rp_job_fetch.task, results, (uint64_t)n, RP_COLUMN(items), &(rp_call_options){.bound = f->bound}, &f->error);
    if (status != RP_OK) fail_msg("%s", rp_error_text(&f->error));
    for (int i = 0; i < n; i++) {
        char path[64];
        fetch_result result;
        fetcher_read(&results[i], &result);
        (void)snprintf(path, sizeof(path), "pages/%d", i % PAGES + 1);
        assert_int_equal(result.status, 200);
        assert_int_equal(result.bytes, 20000 + i % PAGES * 2666);
        assert_true(result.seconds > 0 && result.seconds < 200);
        if (directory) fetcher_check_file(directory, addresses[i], path);
    }
}

static int count_logged(const char *text, int *connections)
{
    size_t size;
    long seen[256];
    int requests = 0;
    char *log = scratch_read(fetcher_environment("WEB_DIR"), "access.log", &size), *rest = log;
    *connections = 0;
    for (char *line; (line = strtok_r(rest, "\n", &rest));) {
        long connection = strtol(line, NULL, 10);
        int k = 0;
        if (!strstr(line, text)) continue;
        requests++;
        while (k < *connections && seen[k] != connection) k++;
        if (k == *connections && k < 256) seen[(*connections)++] = connection;
    }
    free(log);
    return requests;
}

int fetcher_logged(const char *text, int n, int *connections)
{
    int requests = count_logged(text, connections);
    for (int wait = 0; requests < n && wait < 20000; wait++) {
        (void)usleep(5000);
        requests = count_logged(text, connections);
    }
    return requests;
}
