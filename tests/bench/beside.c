/* beside.c: see beside.h. */
#include "beside.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The parent may have ended before the kernel was asked to end this process with it. */
static void loop_for_ever(pid_t parent)
{
    volatile uint64_t turns = 0;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(1);
    for (;;) turns++;
}

bool bench_beside_start(bench_beside *beside, int n)
{
    pid_t self = getpid();
    for (beside->n = 0; beside->n < n; beside->n++) {
        pid_t child = fork();
        if (child == 0) loop_for_ever(self);
        if (child < 0) return false;
        beside->processes[beside->n] = child;
    }
    return true;
}

void bench_beside_end(bench_beside *beside)
{
    for (int i = 0; i < beside->n; i++) {
        (void)kill(beside->processes[i], SIGKILL);
        while (waitpid(beside->processes[i], NULL, 0) < 0 && errno == EINTR) continue;
    }
    beside->n = 0;
}
