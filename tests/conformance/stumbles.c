/* stumbles.c: see stumbles.h. */
#include "stumbles.h"

#include <stdio.h>

stumbles make_stumbles(suite_fixture *fixture, uint64_t n)
{
    stumbles made = {n, suite_room(fixture, n, sizeof(double)), suite_room(fixture, n, sizeof(int32_t)),
                     suite_room(fixture, n, sizeof(int64_t)), suite_room(fixture, n, sizeof(rp_status))};
    for (uint64_t i = 0; i < n; i++) made.results[i] = -1;
    return made;
}

void check_stumble(const suite_fixture *fixture, const rp_error *error, int64_t item, int code)
{
    char text[64];
    assert_int_equal(error->status, RP_FAILED);
    assert_int_equal(error->item, item);
    assert_int_equal(error->code, code);
    assert_in_range(error->rank, 0, fixture->info.ranks - 1);
    assert_in_range(error->worker, 0, fixture->info.threads - 1);
    assert_int_equal(error->attempt, 1);
    assert_true(error->host[0] != '\0');
    snprintf(text, sizeof(text), STUMBLE_TEXT " %lld", (long long)item);
    assert_string_equal(error->message, text);
    assert_text(error, text);
    snprintf(text, sizeof(text), "item %lld ", (long long)item);
    assert_text(error, text);
}

const rp_call_options stumble_cuts[STUMBLE_CUTS] = {
    {.chunk = 0},
    {.chunk = 1},
    {.chunk = 7},
    {.chunk = 500},
    {.schedule = RP_SCHEDULE_STATIC},
    {.schedule = RP_SCHEDULE_GUIDED},
    {.schedule = RP_SCHEDULE_TRAPEZOID},
    {.schedule = RP_SCHEDULE_FACTORING},
    {.schedule = RP_SCHEDULE_AF},
};
