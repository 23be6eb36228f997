/* lost_ranks.c: see lost_ranks.h. What was lost is global, as signals are. */
#include "lost_ranks.h"

#include "program.h"

#include <signal.h>
#include <stdatomic.h>

static const double soon_s = 30; /* mpirun takes 1 s, and Slurm up to KillWait, 30 s by default */

static _Atomic double lost_at_s;    /* 0: none was */
static const char *_Atomic journal; /* NULL: there is none */

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

void lost_ranks_watch(rp_pool_options *options, int quiet, const char *journal_path)
{
    options->lost = quiet ? note : say;
    atomic_store(&journal, journal_path);
}

int lost_ranks_explain(int signal_number)
{
    double at_s = atomic_load(&lost_at_s);
    return signal_number == SIGTERM && at_s > 0 && program_now_s() - at_s < soon_s;
}

int lost_ranks_say_ended(const char *signal_name)
{
    const char *path = atomic_load(&journal);
    if (path)
        program_say("stopped by %s, as the launcher ends all ranks when one is lost: the same command goes on from %s", signal_name, path);
    else
        program_say(
            "stopped by %s, as the launcher ends all ranks when one is lost; mpirun --enable-recovery on one host, or srun --no-kill "
            "--kill-on-bad-exit=0, lets the others go on; with --journal DIR the same command would go on",
            signal_name);
    return PROGRAM_LOST;
}
