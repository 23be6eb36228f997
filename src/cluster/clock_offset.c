/* clock_offset.c: see clock_offset.h. */
#include "cluster/clock_offset.h"

rpi_offset rpi_offset_of(const rpi_clock_sample *times)
{
    int64_t out = (int64_t)(times->came_ns - times->asked_ns), in = (int64_t)(times->went_ns - times->back_ns);
    int64_t ways = (int64_t)(times->back_ns - times->asked_ns) - (int64_t)(times->went_ns - times->came_ns);
    return (rpi_offset){in + (out - in) / 2, ways > 0 ? (uint64_t)(ways + 1) / 2 : 0};
}

rpi_offset rpi_offset_better(rpi_offset a, rpi_offset b) { return b.error_ns < a.error_ns ? b : a; }

rpi_offset rpi_offset_settle(rpi_offset measured, bool same_host)
{
    uint64_t distance = measured.offset_ns < 0 ? (uint64_t)-measured.offset_ns : (uint64_t)measured.offset_ns;
    return same_host && distance <= measured.error_ns ? (rpi_offset){0, 0} : measured;
}
