/* low_latency.c: see low_latency.h. */
#include "base/low_latency.h"

#include <sched.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TIMER_SLACK_NS = 1000, SLICE_NS = 100 * 1000 }; /* the kernel takes slices from 0.1 ms */

/* The first version of the kernel's struct sched_attr, which not every C library has. */
typedef struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime_ns, deadline_ns, period_ns;
} attributes;

/* False: this thread's policy has no slices, or the kernel doesn't report them. */
static bool get(attributes *self)
{
    *self = (attributes){0};
    return syscall(SYS_sched_getattr, 0, self, sizeof *self, 0) == 0 && (self->policy == SCHED_OTHER || self->policy == SCHED_BATCH);
}

static uint64_t change_slice(uint64_t slice_ns)
{
    attributes now;
    if (!get(&now)) return 0;
    uint64_t before = now.runtime_ns;
    now.runtime_ns = slice_ns;
    (void)syscall(SYS_sched_setattr, 0, &now, 0);
    return before;
}

rpi_low_latency rpi_low_latency_begin(void)
{
    int slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
    (void)prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS, 0, 0, 0);
    return (rpi_low_latency){slack > 0 ? (unsigned long)slack : 0, change_slice(SLICE_NS)};
}

void rpi_low_latency_end(const rpi_low_latency *before)
{
    (void)prctl(PR_SET_TIMERSLACK, before->timer_slack_ns, 0, 0, 0);
    (void)change_slice(before->slice_ns);
}
