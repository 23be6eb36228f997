/* lost_ranks.c: see lost_ranks.h. What was lost is global, as signals are. */
#include "lost_ranks.h"

#include "program.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>

static const double soon_s = 30; /* mpirun takes 1 s, and Slurm up to KillWait, 30 s by default */

static _Atomic double lost_at_s; /* 0: none was */

static void say(void *unused, const char *line)
{
    (void)unused;
    atomic_store(&lost_at_s, program_now_s());
    program_say("%s", line);
}

static void note(void *unused, const char *line)
{
    (void)unused, (void)line;
    atomic_store(&lost_at_s, program_now_s());
}

void lost_ranks_watch(rp_pool_options *options, int quiet) { options->lost = quiet ? note : say; }

int lost_ranks_explain(int signal_number)
{
    double at_s = atomic_load(&lost_at_s);
    return signal_number == SIGTERM && at_s > 0 && program_now_s() - at_s < soon_s;
}

const char *lost_ranks_why(const char *signal_name, char text[LOST_RANKS_WHY_SIZE])
{
    snprintf(text, LOST_RANKS_WHY_SIZE, "stopped by %s, as the launcher ends all ranks when one is lost", signal_name);
    return text;
}

const char *lost_ranks_advice(void)
{
    return "mpirun --enable-recovery on one host, or srun --no-kill --kill-on-bad-exit=0, lets the others go on";
}
