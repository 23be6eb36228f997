/* sleep_core.c: see sleep_core.h. */
#include "base/sleep_core.h"

#include <sched.h>
#include <stddef.h>

int rpi_sleep_core_find(unsigned number, unsigned count)
{
    cpu_set_t cores;
    if (count < 2 || number >= count || sched_getaffinity(0, sizeof cores, &cores) || (unsigned)CPU_COUNT(&cores) != count) return -1;
    size_t core = 0;
    for (unsigned n_before = 0; !CPU_ISSET(core, &cores) || n_before++ < number;) core++;
    return (int)core;
}

bool rpi_sleep_core_is_here(int core) { return core < 0 || sched_getcpu() == core; }

bool rpi_sleep_core_go(int core)
{
    cpu_set_t cores, one;
    if (core < 0 || sched_getaffinity(0, sizeof cores, &cores) || !CPU_ISSET((size_t)core, &cores)) return false;
    CPU_ZERO(&one);
    CPU_SET((size_t)core, &one);
    if (sched_setaffinity(0, sizeof one, &one)) return false;
    return sched_setaffinity(0, sizeof cores, &cores) == 0;
}

int rpi_sleep_core_free(bool (*is_taken)(void *argument, int core), void *argument)
{
    cpu_set_t cores;
    if (sched_getaffinity(0, sizeof cores, &cores)) return -1;
    for (int core = 0; core < CPU_SETSIZE; core++)
        if (CPU_ISSET((size_t)core, &cores) && !is_taken(argument, core)) return core;
    return -1;
}
