/* program_end.c: see program_end.h. Its state is global, as exit() belongs to the process. */
#include "pool/program_end.h"

#include "task/context.h"

#include <rankpool/main.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
    pthread_mutex_t mutex; /* guards `claimed`; who claims the end carries it out */
    bool claimed, begun;
    pid_t process;
    int rank;
    void (*stop)(void);
} program = {.mutex = PTHREAD_MUTEX_INITIALIZER};

/* False: it is claimed already. */
static bool claim(void)
{
    pthread_mutex_lock(&program.mutex);
    bool mine = !program.claimed;
    program.claimed = true;
    pthread_mutex_unlock(&program.mutex);
    return mine;
}

void rpi_program_end_claim(void)
{
    while (!claim()) pause();
}

static void say(const char *what, const char *name)
{
    fprintf(stderr, "rankpool: rank %d: %s%s%s called exit(), which ends its rank; isolated pools survive it\n", program.rank, what,
            *name ? " " : "", name);
}

/* What runs in the calling thread, or "" when that is no worker. */
static void say_worker(const rpi_context *context)
{
    char text[RP_ERROR_MESSAGE_SIZE];
    if (!context || !context->batch) {
        say(context ? "an initializer" : "something", "");
        return;
    }
    snprintf(text, sizeof text, "%s at item %lld", context->batch->work->task->name, (long long)rp_item_index());
    say("task", text);
}

/* The status of exit() isn't known here, and can't be changed but by leaving at once. A second task that calls exit() meanwhile would end
 * the process with its own status, so it waits for that. */
static void at_end(void)
{
    const rpi_context *context = rpi_context_current();
    if (getpid() != program.process) return;
    bool is_mine = claim();
    while (!is_mine && context && program.rank == 0) pause();
    if (!is_mine) return;
    if (program.rank == 0 && !context) {
        if (program.stop) program.stop();
        return;
    }
    say_worker(context);
    if (program.rank != 0) return;
    fflush(stdout);
    _exit(RP_EXIT_LOST);
}

void rpi_program_end_begin(int rank, void (*stop)(void))
{
    program.process = getpid();
    program.rank = rank;
    program.stop = stop;
    if (program.begun) return;
    /* Twice, as each is called in one thread alone: the second one holds up another thread. */
    program.begun = atexit(at_end) == 0 && at_quick_exit(at_end) == 0 && atexit(at_end) == 0 && at_quick_exit(at_end) == 0;
}
