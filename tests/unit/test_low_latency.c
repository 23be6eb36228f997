/* test_low_latency.c: short sleeps and slices, and that they end with it. */
#include "unit.h"

#include "base/low_latency.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where the kernel says it: as sched_runtime, since Linux 6.12. */
static uint64_t slice_ns(void)
{
    struct {
        uint32_t size, policy;
        uint64_t flags;
        uint32_t nice, priority;
        uint64_t runtime, deadline, period;
    } attributes = {0};
    assert_int_equal(syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0), 0);
    return attributes.runtime;
}

static void short_sleeps_are_short_and_the_slack_is_restored(void **state)
{
    (void)state;
    int before = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
    rpi_low_latency kept = rpi_low_latency_begin();
    assert_int_equal(kept.timer_slack_ns, before);
    assert_in_range(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0), 1, 5000);
    rpi_low_latency_end(&kept);
    assert_int_equal(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0), before);
}

static void slices_are_short_where_the_kernel_has_them_and_restored(void **state)
{
    (void)state;
    uint64_t before = slice_ns();
    rpi_low_latency kept = rpi_low_latency_begin();
    assert_int_equal(kept.slice_ns, before);
    uint64_t now = slice_ns();
    if (before > 0) assert_in_range(now, 1, 100 * 1000);
    rpi_low_latency_end(&kept);
    assert_int_equal(slice_ns(), before);
    if (before == 0) skip();
}

UNIT_MAIN(UNIT(short_sleeps_are_short_and_the_slack_is_restored), UNIT(slices_are_short_where_the_kernel_has_them_and_restored))
