/* test_warnings.c: the warnings of a pool: a few lines however many ranks and hosts it has. */
#include "pool/warnings.h"
#include "unit.h"

enum { MOST = 4, MOST_RANKS = 1000 };

static rp_rank_info ranks[MOST_RANKS];
static char *warnings[MOST];

static void put(int rank, int host, int threads, int cores, const char *affinity)
{
    ranks[rank] = (rp_rank_info){.threads = threads, .cores = cores};
    snprintf(ranks[rank].host, sizeof ranks[rank].host, "n%03d", host);
    snprintf(ranks[rank].affinity, sizeof ranks[rank].affinity, "%s", affinity);
}

static int make(int n_ranks)
{
    int n = 0;
    memset(warnings, 0, sizeof warnings);
    rpi_warnings_make(ranks, n_ranks, warnings, MOST);
    while (n < MOST && warnings[n]) n++;
    return n;
}

static int unmake(void **state)
{
    (void)state;
    for (int k = 0; k < MOST; k++) free(warnings[k]);
    return 0;
}

static void enough_cores_are_no_warning(void **state)
{
    (void)state;
    for (int rank = 0; rank < 100; rank++) put(rank, rank, 4, 4, "0-3");
    assert_int_equal(make(100), 0);
}

static void one_host_is_named_with_its_cores(void **state)
{
    (void)state;
    put(0, 0, 2, 2, "0-1");
    put(1, 0, 3, 2, "0-1");
    put(2, 1, 2, 2, "0-1");
    assert_int_equal(make(3), 1);
    assert_contains(warnings[0], "5 workers share 2 cores (0-1) of host n000; ");
}

static void the_same_on_many_hosts_is_one_line(void **state)
{
    (void)state;
    for (int rank = 0; rank < 200; rank++) put(rank, rank / 2, 3, 4, "0-3");
    assert_int_equal(make(200), 1);
    assert_contains(warnings[0], "6 workers share 4 cores on each of 100 hosts, n000 to n099; ");
    assert_null(strstr(warnings[0], "(0-3)"));
}

static void ranks_that_are_bound_to_a_core_each_are_one_line(void **state)
{
    (void)state;
    char core[8];
    for (int rank = 0; rank < MOST_RANKS; rank++) {
        snprintf(core, sizeof core, "%d", rank % 10);
        put(rank, rank / 10, 2, 1, core);
    }
    assert_int_equal(make(10), 1);
    assert_contains(warnings[0], "2 workers share 1 core (0), and so in 9 more places of host n000; ");
    unmake(NULL);
    assert_int_equal(make(MOST_RANKS), 1);
    assert_contains(warnings[0], "2 workers share 1 core in each of 1000 places on 100 hosts, n000 to n099; ");
}

static void different_warnings_stay_apart_and_the_last_line_counts_the_rest(void **state)
{
    (void)state;
    for (int rank = 0; rank < 12; rank++) put(rank, rank, 5 + rank % MOST, 4, "0-3");
    assert_int_equal(make(12), MOST);
    assert_contains(warnings[0], "8 workers share 4 cores on each of 3 hosts, n003 to n011; ");
    assert_contains(warnings[3], "5 workers share 4 cores on each of 3 hosts");
    unmake(NULL);
    for (int rank = 0; rank < 12; rank++) put(rank, rank, 5 + rank % 6, 4, "0-3");
    assert_int_equal(make(12), MOST);
    assert_contains(warnings[2], "8 workers");
    assert_string_equal(warnings[3], "3 more warnings of this kind are left out");
}

#define WITH_WARNINGS(test) cmocka_unit_test_teardown(test, unmake)
UNIT_MAIN(WITH_WARNINGS(enough_cores_are_no_warning), WITH_WARNINGS(one_host_is_named_with_its_cores),
          WITH_WARNINGS(the_same_on_many_hosts_is_one_line), WITH_WARNINGS(ranks_that_are_bound_to_a_core_each_are_one_line),
          WITH_WARNINGS(different_warnings_stay_apart_and_the_last_line_counts_the_rest))
