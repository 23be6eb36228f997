/*
 * test_scribbles.c: an isolated item that writes anything over what its child shares with its worker, then returns, crashes, or never
 * returns. At most that item is lost; all others have their results. There are 200 seeds for each way to end; a run takes
 * RANKPOOL_SCRIBBLE_SEEDS of them, by default a few.
 */
#include "scribbler.h"
#include "suite.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { N = 60, FEW_SEEDS = 6 };

static const double timeout_s = 2; /* long enough for the other items, however busy the machine is */

static int n_seeds(void)
{
    const char *wanted = getenv("RANKPOOL_SCRIBBLE_SEEDS");
    return wanted ? atoi(wanted) : FEW_SEEDS;
}

typedef struct play {
    int64_t seeds[N];
    int32_t ends[N];
    int64_t results[N];
    rp_bytes emitted[N];
    rp_status statuses[N];
} play;

/* One item of the call writes over things; the seed says which, and how the items are cut into chunks. */
static int64_t prepare(play *with, int64_t seed, scribbler_end end)
{
    int64_t bad = seed * 37 % N;
    memset(with, 0, sizeof *with);
    with->seeds[bad] = seed;
    with->ends[bad] = (int32_t)end;
    return bad;
}

static void check_item(const play *with, int64_t i, bool emits)
{
    if (!emits) {
        assert_int_equal(with->results[i], 3 * i + 1);
        return;
    }
    assert_int_equal(with->emitted[i].size, i % 5 * (int64_t)sizeof(int64_t));
    for (int64_t k = 0; k < i % 5; k++) assert_int_equal(((const int64_t *)with->emitted[i].data)[k], 3 * i + 1);
}

static void check_outcome(const play *with, const rp_error *error, rp_status status, int64_t bad, bool emits)
{
    for (int64_t i = 0; i < N; i++) {
        if (with->statuses[i] == RP_OK) {
            check_item(with, i, emits);
            continue;
        }
        assert_int_equal(i, bad);
        assert_int_equal(with->statuses[i], RP_FAILED);
        assert_status(RP_FAILED, status, error);
        assert_true(error->cause == RP_CAUSE_SIGNAL || error->cause == RP_CAUSE_TIMEOUT);
    }
    if (with->statuses[bad] == RP_OK) assert_status(RP_OK, status, error);
    if (with->ends[bad] != RETURNS) assert_int_equal(with->statuses[bad], RP_FAILED);
}

static void play_seed(suite_fixture *fixture, play *with, int64_t seed, scribbler_end end)
{
    bool emits = seed % 4 == 3;
    int64_t bad = prepare(with, seed, end);
    rp_error error = {0};
    rp_call_options options = {.chunk = (uint64_t)(1 + seed % 31), .on_error = RP_ON_ERROR_COLLECT, .statuses = with->statuses};
    rp_columns columns = RP_COLUMNS(RP_COLUMN(with->seeds), RP_COLUMN(with->ends), RP_RANGE(0, 1));
    rp_status status = emits ? rp_starmap(fixture->pool, scribbler.scribble_and_emit, with->emitted, N, columns, &options, &error)
                             : rp_starmap(fixture->pool, scribbler.scribble, with->results, N, columns, &options, &error);
    print_message("seed %d, end %d: %s\n", (int)seed, (int)end, status == RP_OK ? "all right" : rp_error_text(&error));
    check_outcome(with, &error, status, bad, emits);
    rp_bytes_free(with->emitted, N);
}

static void play_seeds(suite_fixture *fixture, scribbler_end end, int n)
{
    rp_pool_options options = suite_options();
    options.isolation = RP_ISOLATION_PROCESS;
    if (end == NEVER_RETURNS) options.timeout_s = timeout_s;
    suite_reopen(fixture, &options);
    play *with = suite_room(fixture, 1, sizeof *with);
    for (int64_t seed = 1; seed <= n; seed++) play_seed(fixture, with, seed, end);
}

static void an_item_that_scribbles_and_returns_costs_itself_at_most(void **state) { play_seeds(*state, RETURNS, n_seeds()); }

static void an_item_that_scribbles_and_crashes_costs_itself(void **state) { play_seeds(*state, CRASHES_AFTERWARDS, n_seeds()); }

/* Each takes the time-out. */
static void an_item_that_scribbles_and_never_returns_costs_itself(void **state)
{
    play_seeds(*state, NEVER_RETURNS, n_seeds() / FEW_SEEDS);
}

int suite_run_scribbles(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(an_item_that_scribbles_and_returns_costs_itself_at_most),
        SUITE_CASE(an_item_that_scribbles_and_crashes_costs_itself),
        SUITE_CASE(an_item_that_scribbles_and_never_returns_costs_itself),
    };
    return cmocka_run_group_tests_name("scribbles", cases, NULL, NULL);
}
