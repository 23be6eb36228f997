/* test_rank_table.c: many ranks and hosts in few words. */
#include "ranges.h"
#include "rank_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOSTS(...) ranges_of_hosts((const char *const[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), text)

static void numbers_and_hosts_are_ranges(void **state)
{
    (void)state;
    char text[RANGES_SIZE];
    assert_string_equal(ranges_of_numbers((const int[]){0, 1, 2, 3, 8, 10, 11}, 7, text), "0-3,8,10-11");
    assert_string_equal(ranges_of_numbers(NULL, 0, text), "");
    assert_string_equal(HOSTS("n1"), "n1");
    assert_string_equal(HOSTS("n8", "n9", "n10", "n12", "login"), "n[8-10],n12,login");
    assert_string_equal(HOSTS("n08", "n09", "n10", "n011"), "n[08-10],n011");
    assert_string_equal(HOSTS("n99", "n100"), "n[99-100]");
    assert_string_equal(HOSTS("n09", "n010"), "n09,n010");
    assert_string_equal(HOSTS("a1.x.org", "a2.x.org", "b3.x.org", "b4.y.org"), "a[1-2].x.org,b3.x.org,b4.y.org");
    assert_string_equal(HOSTS("1", "2", "host", "host"), "[1-2],host,host");
}

static void many_ranges_are_shortened(void **state)
{
    (void)state;
    static int numbers[1000];
    char text[RANGES_SIZE];
    for (int i = 0; i < 1000; i++) numbers[i] = 2 * i;
    ranges_of_numbers(numbers, 1000, text);
    assert_true(strlen(text) < RANGES_SIZE && strcmp(text + strlen(text) - strlen(",…"), ",…") == 0);
}

/* `per_host` ranks on each host; the first host shares memory with rank 0. */
static rp_rank_info *make_ranks(int n_hosts, int per_host)
{
    rp_rank_info *ranks = calloc((size_t)(n_hosts * per_host), sizeof *ranks);
    assert_non_null(ranks);
    for (int i = 0; i < n_hosts * per_host; i++) {
        ranks[i] = (rp_rank_info){.threads = 16, .cores = 16, .shares_memory = i < per_host};
        snprintf(ranks[i].host, sizeof ranks[i].host, "n%03d", 1 + i / per_host);
        snprintf(ranks[i].affinity, sizeof ranks[i].affinity, "%d-%d", 16 * (i % per_host), 16 * (i % per_host) + 15);
    }
    return ranks;
}

static char *table_of(rp_rank_info *ranks, int n)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    rank_table_print(ranks, n, file);
    fclose(file);
    free(ranks);
    return text;
}

static void equal_hosts_are_folded(void **state)
{
    (void)state;
    char *text = table_of(make_ranks(500, 2), 1000);
    assert_string_equal(text, "  rank  host                  threads  cores  memory  affinity\n"
                              "     0  n001                       16     16  shared  0-15\n"
                              "     1  n001                       16     16  shared  16-31\n"
                              "     2  n002                       16     16  copied  0-15\n"
                              "     3  n002                       16     16  copied  16-31\n"
                              "        and 498 more hosts like that: n[003-500], ranks 4-999\n");
    free(text);
    rp_rank_info *ranks = make_ranks(6, 1);
    ranks[3].threads = 8;
    text = table_of(ranks, 6);
    assert_non_null(strstr(text, "     1  n002                       16     16  copied  0-15\n"
                                 "        and 3 more hosts like that: n003,n[005-006], ranks 2,4-5\n"
                                 "     3  n004                        8     16  copied  0-15\n"));
    free(text);
}

static void equal_ranks_of_a_host_share_a_row(void **state)
{
    (void)state;
    rp_rank_info *ranks = make_ranks(1, 6);
    for (int i = 0; i < 6; i++) snprintf(ranks[i].affinity, sizeof ranks[i].affinity, i < 4 ? "0-15" : "16-31");
    char *text = table_of(ranks, 6);
    assert_non_null(strstr(text, "   0-3  n001 "));
    assert_non_null(strstr(text, "   4-5  n001 "));
    free(text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_and_hosts_are_ranges), cmocka_unit_test(many_ranges_are_shortened),
                                              cmocka_unit_test(equal_hosts_are_folded),
                                              cmocka_unit_test(equal_ranks_of_a_host_share_a_row)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
