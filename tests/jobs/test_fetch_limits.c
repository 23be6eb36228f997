/*
 * test_fetch_limits.c: what the job `fetch` keeps within: names that are looked up at once, open files, sizes, what an overloaded server
 * asks for, totals of all workers. Names end in .names.test, and this program looks them up for curl.
 */
#include "fetcher.h"
#include "page_hosts.h"
#include "page_settings.h"
#include "scratch.h"

#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { MOST_WAIT = 20000, WAIT_US = 5000 };

/* ---- names ---- */

static atomic_int n_lookups, n_at_once, most_at_once;

/* In place of the system's, for curl too. */
__attribute__((__visibility__("default"))) int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                                                           struct addrinfo **found)
{
    int (*system_s)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    *(void **)&system_s = dlsym(RTLD_NEXT, "getaddrinfo");
    if (!node || !strstr(node, ".names.test")) return system_s(node, service, hints, found);
    int now = atomic_fetch_add(&n_at_once, 1) + 1;
    atomic_fetch_add(&n_lookups, 1);
    for (int most = atomic_load(&most_at_once); now > most && !atomic_compare_exchange_weak(&most_at_once, &most, now);) continue;
    (void)usleep(20000); /* so that those that begin together are there together */
    atomic_fetch_sub(&n_at_once, 1);
    return system_s("127.0.0.1", service, hints, found);
}

/* One worker fetches a page each of N items from n hosts. */
static void fetch_of_hosts(const char *directory, int n_items, int n_hosts)
{
    static char addresses[64][ADDRESS_SIZE];
    fetcher f;
    rp_bytes items[64], results[64];
    const char *port = strrchr(fetcher_environment("WEB_URL"), ':');
    for (int i = 0; i < n_items; i++) {
        (void)snprintf(addresses[i], ADDRESS_SIZE, "http://h%d.names.test%s/pages/%d?%d", i % n_hosts, port, i % PAGES + 1, i);
        items[i] = (rp_bytes){addresses[i], strlen(addresses[i])};
    }
    fetcher_prepare(&f, directory);
    fetcher_setting(&f, "connections")->integer = 64;
    fetcher_start(&f, 1);
    if (rp_map(f.pool, rp_job_fetch.task, results, (uint64_t)n_items, RP_COLUMN(items), &(rp_call_options){.bound = f.bound}, &f.error) !=
        RP_OK)
        fail_msg("%s", rp_error_text(&f.error));
    rp_bytes_free(results, (uint64_t)n_items);
    fetcher_finish(&f);
}

/* Row 24. */
static void one_lookup_is_enough_for_a_host(void **state)
{
    atomic_store(&n_lookups, 0);
    fetch_of_hosts(*state, 48, 1);
    assert_int_equal(atomic_load(&n_lookups), 1);
}

static void few_names_are_looked_up_at_a_time(void **state)
{
    atomic_store(&n_lookups, 0);
    atomic_store(&most_at_once, 0);
    fetch_of_hosts(*state, 40, 40);
    assert_int_equal(atomic_load(&n_lookups), 40);
    assert_true(atomic_load(&most_at_once) <= PAGE_LOOKUPS);
}

/* ---- row 20 ---- */

static int n_early(const char *key)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE], path[128], *directory = NULL;
    int n, early;
    size_t size;
    assert_int_equal(scratch_make((void **)&directory), 0);
    (void)snprintf(path, sizeof(path), "/odd/asked/%s", key);
    fetcher_address(address, "WEB_SLOW_URL", path);
    fetcher_prepare(&f, directory);
    fetcher_start(&f, 1);
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    fetcher_finish(&f);
    char *text = scratch_read(directory, result.file, &size);
    assert_int_equal(sscanf(text, "%d %d", &n, &early), 2);
    free(text);
    assert_int_equal(scratch_remove((void **)&directory), 0);
    return early;
}

/* How many files of the directory end so. */
static int n_files(const char *directory, const char *end)
{
    char command[SCRATCH_PATH_SIZE + 64], text[32] = "";
    (void)snprintf(command, sizeof(command), "ls -A '%s' | grep -c '%s$'", directory, end);
    FILE *said = popen(command, "r");
    assert_non_null(said);
    (void)fgets(text, sizeof(text), said);
    (void)pclose(said);
    return atoi(text);
}

static void *open_gate(void *directory)
{
    for (int i = 0; n_files(directory, "\\.pauses") == 0 && i < MOST_WAIT; i++) (void)usleep(WAIT_US);
    (void)usleep(500000); /* others look ten times a second */
    scratch_write(directory, "gate", "");
    return NULL;
}

/* Of two workers one is told to wait. The other has another page of that server at the moment, and waits with its next one all the same. */
static void one_refusal_slows_the_server_for_all_workers(void **state)
{
    enum { N = 4 };
    static char addresses[N][ADDRESS_SIZE];
    fetcher f;
    char path[SCRATCH_PATH_SIZE + 32];
    rp_bytes items[N], results[N];
    pthread_t opener;
    (void)snprintf(path, sizeof(path), "/odd/after%s/gate", (char *)*state);
    fetcher_address(addresses[0], "WEB_SLOW_URL", "/odd/busy/3/slowed");
    fetcher_address(addresses[1], "WEB_SLOW_URL", path);
    fetcher_address(addresses[2], "WEB_SLOW_URL", "/odd/busy/3/slowed#2");
    fetcher_address(addresses[3], "WEB_SLOW_URL", "/odd/busy/3/slowed#3");
    for (int i = 0; i < N; i++) items[i] = (rp_bytes){addresses[i], strlen(addresses[i])};
    fetcher_prepare(&f, *state);
    fetcher_setting(&f, "retries")->integer = 3;
    fetcher_setting(&f, "retry_wait")->number = 0.001;
    fetcher_setting(&f, "stall_timeout")->integer = 200;
    fetcher_start(&f, 2);
    assert_int_equal(pthread_create(&opener, NULL, open_gate, *state), 0);
    if (rp_map(f.pool, rp_job_fetch.task, results, N, RP_COLUMN(items), &(rp_call_options){.bound = f.bound}, &f.error) != RP_OK)
        fail_msg("%s", rp_error_text(&f.error));
    assert_int_equal(pthread_join(opener, NULL), 0);
    rp_bytes_free(results, N);
    fetcher_finish(&f);
    assert_int_equal(n_early("slowed"), 0);
    assert_int_equal(n_files(*state, "\\.pauses"), 0);
}

/* ---- row 25, and totals ---- */

static void too_many_connections_for_the_open_files_are_told_at_the_start(void **state)
{
    struct rlimit before, few;
    fetcher f;
    fetcher_prepare(&f, *state);
    fetcher_setting(&f, "connections")->integer = 900;
    fetcher_start(&f, 1);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = (struct rlimit){1024, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    rp_status status = rp_job_fetch.opened(f.bound_state, f.pool, &f.error);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(status, RP_USAGE);
    assert_string_equal(f.error.message, "parameter connections: 900 of each of 1 workers need 2732 open files, and ulimit -n is 1024");
    fetcher_finish(&f);
}

/* As often as items are run again, and by pools of different sizes. */
static void totals_are_shared_out_anew_for_each_pool(void **state)
{
    fetcher f;
    fetcher_prepare(&f, *state);
    fetcher_setting(&f, "per_host")->integer = 12;
    fetcher_setting(&f, "rate")->integer = 3;
    fetcher_start(&f, 4);
    const page_settings *settings = f.bound.columns[0].data;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rp_job_fetch.opened(f.bound_state, f.pool, &f.error), RP_OK);
        assert_int_equal(settings->per_host, 3);
        assert_int_equal(settings->rate, 1);
    }
    rp_pool *one = job_test_pool(&rp_job_fetch, 1);
    assert_int_equal(rp_job_fetch.opened(f.bound_state, one, &f.error), RP_OK);
    assert_int_equal(settings->per_host, 12);
    rp_pool_free(one);
    fetcher_finish(&f);
}

/* ---- rows 13 and 31 ---- */

static void prepare_part(fetcher *f, const char *directory, int64_t compressed, int64_t retries)
{
    fetcher_prepare(f, directory);
    fetcher_setting(f, "compressed")->integer = compressed;
    fetcher_setting(f, "retries")->integer = retries;
    fetcher_setting(f, "retry_wait")->number = 0.001;
    fetcher_start(f, 1);
}

static void check_asked(const char *key, int n, int ranges, int encoded)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE], path[128], expected[64], *directory = NULL;
    size_t size;
    assert_int_equal(scratch_make((void **)&directory), 0);
    (void)snprintf(path, sizeof(path), "/odd/asked/%s", key);
    (void)snprintf(expected, sizeof(expected), "%d %d %d", n, ranges, encoded);
    fetcher_address(address, "WEB_SLOW_URL", path);
    fetcher_prepare(&f, directory);
    fetcher_start(&f, 1);
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    fetcher_finish(&f);
    char *text = scratch_read(directory, result.file, &size);
    assert_string_equal(text, expected);
    free(text);
    assert_int_equal(scratch_remove((void **)&directory), 0);
}

static void a_range_is_asked_for_as_it_is(void **state)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE];
    fetcher_address(address, "WEB_SLOW_URL", "/odd/part/strong/plain-part");
    prepare_part(&f, *state, 0, 0);
    assert_int_equal(fetcher_text(&f, address, &result), RP_FAILED);
    fetcher_finish(&f);
    prepare_part(&f, *state, 1, 0);
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    fetcher_finish(&f);
    assert_string_equal(result.state, "resumed");
    check_asked("plain-part", 2, 1, 0);
}

static void what_may_be_compressed_is_never_resumed(void **state)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE];
    fetcher_address(address, "WEB_SLOW_URL", "/odd/part/strong/packed-part");
    prepare_part(&f, *state, 1, 1);
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    fetcher_finish(&f);
    assert_string_equal(result.state, "new");
    check_asked("packed-part", 2, 0, 0);
}

static void the_limit_holds_for_what_was_compressed(void **state)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE];
    fetcher_address(address, "WEB_SLOW_URL", "/odd/bomb");
    fetcher_prepare(&f, *state);
    fetcher_setting(&f, "compressed")->integer = 1;
    fetcher_setting(&f, "max_bytes")->integer = 99999;
    fetcher_start(&f, 1);
    fetcher_check_failure(&f, *state, address, 63, "larger than max_bytes=99999");
    fetcher_finish(&f);
    fetcher_prepare(&f, *state);
    fetcher_setting(&f, "compressed")->integer = 1;
    fetcher_setting(&f, "max_bytes")->integer = 100000;
    fetcher_start(&f, 1);
    assert_int_equal(fetcher_text(&f, address, &result), RP_OK);
    assert_int_equal(result.bytes, 100000);
    fetcher_finish(&f);
}

/* ---- names with folders ---- */

static void a_template_makes_folders_and_no_others(void **state)
{
    fetcher f;
    fetch_result result;
    char address[ADDRESS_SIZE], folder[SCRATCH_PATH_SIZE + 128], host[128];
    int temporary;
    size_t size;
    (void)snprintf(host, sizeof(host), "%s", fetcher_environment("WEB_URL") + strlen("http://"));
    *strchr(host, ':') = '_';
    fetcher_prepare(&f, *state);
    fetcher_setting(&f, "name")->text = "{host}/{path}";
    fetcher_setting(&f, "existing")->text = "skip";
    fetcher_start(&f, 1);
    fetcher_address(address, "WEB_URL", "/missing/page");
    fetcher_check_failure(&f, *state, address, 404, "HTTP 404"); /* and no folder for it */
    for (int i = 0; i < 2; i++) {
        fetcher_address(address, "WEB_URL", "/pages/1");
        if (fetcher_text(&f, address, &result) != RP_OK) fail_msg("%s", rp_error_text(&f.error));
        assert_string_equal(result.state, i ? "unchanged" : "new");
    }
    fetcher_address(address, "WEB_URL", "/large");
    if (fetcher_text(&f, address, &result) != RP_OK) fail_msg("%s", rp_error_text(&f.error)); /* by way of a part */
    fetcher_address(address, "WEB_URL", "/pages/1/below");
    assert_int_equal(fetcher_text(&f, address, &result), RP_FAILED); /* 404, or a page is in the way of its folder */
    fetcher_finish(&f);
    (void)snprintf(folder, sizeof(folder), "%s/%s", (char *)*state, host);
    assert_int_equal(scratch_files(folder, &temporary), 2);
    assert_int_equal(temporary, 0);
    (void)snprintf(folder, sizeof(folder), "%s/%s/pages", (char *)*state, host);
    char *page = scratch_read(folder, "1", &size);
    assert_int_equal(size, 20000);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(one_lookup_is_enough_for_a_host),
        IN_SCRATCH(few_names_are_looked_up_at_a_time),
        IN_SCRATCH(one_refusal_slows_the_server_for_all_workers),
        IN_SCRATCH(too_many_connections_for_the_open_files_are_told_at_the_start),
        IN_SCRATCH(totals_are_shared_out_anew_for_each_pool),
        IN_SCRATCH(a_range_is_asked_for_as_it_is),
        IN_SCRATCH(what_may_be_compressed_is_never_resumed),
        IN_SCRATCH(the_limit_holds_for_what_was_compressed),
        IN_SCRATCH(a_template_makes_folders_and_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
