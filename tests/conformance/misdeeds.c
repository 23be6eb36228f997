/* misdeeds.c: see misdeeds.h. */
#include "misdeeds.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_CODE = 3 };

const verdict deadly[N_DEADLY] = {
    {CALLS_EXIT, RP_CAUSE_EXIT, EXIT_CODE},
    {CALLS_EXIT_0, RP_CAUSE_EXIT, 0},
    {CALLS_EXIT_AT_ONCE, RP_CAUSE_EXIT, EXIT_CODE},
    {ABORTS, RP_CAUSE_SIGNAL, SIGABRT},
    {CRASHES, RP_CAUSE_SIGNAL, SIGSEGV},
    {IS_KILLED, RP_CAUSE_SIGNAL, SIGKILL},
    {TERMINATES_ITSELF, RP_CAUSE_SIGNAL, SIGTERM},
};

static void crash(void)
{
    (void)signal(SIGSEGV, SIG_DFL); /* a sanitizer would exit instead */
    (void)raise(SIGSEGV);
}

static void loop(void)
{
    for (volatile int turns = 0; turns >= 0;) turns = turns < 1000 ? turns + 1 : 0;
}

static void commit(int32_t deed)
{
    switch (deed) {
    case CALLS_EXIT: exit(EXIT_CODE);
    case CALLS_EXIT_0: exit(0);
    case CALLS_EXIT_AT_ONCE: _exit(EXIT_CODE);
    case ABORTS: (void)signal(SIGABRT, SIG_DFL); abort();
    case CRASHES: crash(); break;
    case IS_KILLED: (void)kill(getpid(), SIGKILL); break;
    case TERMINATES_ITSELF: (void)raise(SIGTERM); break;
    case LOOPS: loop(); break;
    default: break;
    }
}

static int64_t misbehave(int32_t deed, int64_t x)
{
    commit(deed);
    return x;
}
RP_TASK(misbehave, int64_t, int32_t, int64_t)

static void misbehave_all(size_t n, int64_t *result, const int32_t *deed, const int64_t *x)
{
    for (size_t i = 0; i < n; i++) {
        commit(deed[i]);
        result[i] = x[i];
    }
}
RP_TASK_RANGE(misbehave_all, int64_t, int32_t, int64_t)

static void emit_and_misbehave(int32_t deed, int64_t x)
{
    rp_emit(&x, sizeof(x));
    commit(deed);
}
RP_TASK_EMIT(emit_and_misbehave, int32_t, int64_t)

static int64_t which_process(double seconds)
{
    struct timespec pause = {(time_t)seconds, (long)(1e9 * (seconds - (double)(time_t)seconds))};
    nanosleep(&pause, NULL);
    return getpid();
}
RP_TASK(which_process, int64_t, double)

static int64_t loop_for_ever(rp_bytes path, int64_t x)
{
    int fd = open(path.data, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0 || write(fd, "x", 1) != 1) return rp_fail(1, "no file to mark in");
    loop();
    return x;
}
RP_TASK(loop_for_ever, int64_t, rp_bytes, int64_t)

static int exits_start(rp_bytes argument, void **state)
{
    (void)argument, (void)state;
    exit(EXIT_CODE);
}
RP_INITIALIZER(exits, exits_start, NULL)

const misdeed_tasks misdeeds = {
    .misbehave = misbehave_task,
    .misbehave_all = misbehave_all_task,
    .emit_and_misbehave = emit_and_misbehave_task,
    .which_process = which_process_task,
    .loop_for_ever = loop_for_ever_task,
    .exits = exits_initializer,
};
