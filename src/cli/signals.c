/*
 * signals.c: see signals.h. Signals belong to the process, so this state is global. The signal thread waits for signals; the handler passes
 * on what other threads get. The thread needs no descriptor, it isn't cancelled, and it lives until the process ends, so that the handler
 * can always name it. It is the process's second thread, and one that only stands by is the third: where a thread doesn't take a signal,
 * the kernel looks for the next one in the order in which threads were made, and must not come to a worker.
 */
#include "signals.h"

#include "lost_ranks.h"
#include "program.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double last_moment_s = 0.15, shorter_moment_s = 0.05, closing_s = 10, ending_most_s = 2;

static const struct kind {
    int number;
    const char *name; /* sigabbrev_np is too new for the C libraries of many clusters */
    int drains;
    double grace_s;
} kinds[] = {
    {SIGINT, "SIGINT", 0, 10},  {SIGTERM, "SIGTERM", 0, 0.6}, {SIGHUP, "SIGHUP", 0, 0.6},
    {SIGUSR1, "SIGUSR1", 1, 0}, {SIGUSR2, "SIGUSR2", 1, 0},   {SIGXCPU, "SIGXCPU", 1, 0},
};

enum { N_KINDS = sizeof kinds / sizeof *kinds };

static struct {
    sigset_t taken; /* those of the kinds that weren't ignored at the start */
    pid_t process;
    pthread_t thread;
    atomic_int caught;
    atomic_uint came;      /* a bit for each kind that has come */
    pthread_mutex_t mutex; /* guards what follows; held while the signal thread uses the pool */
    enum { BEFORE, OPEN, CLOSING } state;
    int early[N_KINDS]; /* came before there was a pool */
    rp_pool *pool;      /* while OPEN */
    signals_end end;
} watch = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static const struct kind *kind_of(int number)
{
    const struct kind *found = kinds;
    for (int k = 0; k < N_KINDS; k++)
        if (kinds[k].number == number) found = &kinds[k];
    return found;
}

const char *signals_name(int signal_number) { return kind_of(signal_number)->name; }

int signals_drains(int signal_number) { return kind_of(signal_number)->drains; }

static unsigned bit_of(int number) { return 1u << (unsigned)(kind_of(number) - kinds); }

int signals_is_known(int signal_number) { return kind_of(signal_number)->number == signal_number; }

int signals_has_come(int signal_number) { return signals_is_known(signal_number) && (atomic_load(&watch.came) & bit_of(signal_number)); }

/* ---- the signal thread ---- */

static double grace_s(int signal_number)
{
    const char *text = getenv("RANKPOOL_GRACE");
    double given = text ? atof(text) : 0;
    return given > 0 ? given : kind_of(signal_number)->grace_s;
}

static void end_program_at_once(void)
{
    pthread_mutex_lock(&watch.mutex);
    if (watch.state == OPEN) watch.end.say(watch.end.argument, "stopped by a second SIGINT", NULL);
    program_exit(PROGRAM_STOPPED + SIGINT);
}

/* Waits that long; ends the program at a second SIGINT. A second SIGTERM is ignored, as one cause can send two: Slurm sends it to each
 * process, and mpirun passes its own on. */
static void wait_out(double seconds)
{
    struct timespec now, begun;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    double left = seconds;
    while (left > 0) {
        struct timespec wait = {(time_t)left, (long)((left - (double)(time_t)left) * 1e9)};
        int number = sigtimedwait(&watch.taken, NULL, &wait);
        if (number > 0) atomic_fetch_or(&watch.came, bit_of(number));
        if (number == SIGINT) end_program_at_once();
        clock_gettime(CLOCK_MONOTONIC, &now);
        left = seconds - (double)(now.tv_sec - begun.tv_sec) - 1e-9 * (double)(now.tv_nsec - begun.tv_nsec);
    }
}

/* Does that to the pool because of the signal, unless the pool is done with. Returns whether it isn't. The signal is noted before the mutex
 * is let go: the end that it causes must find it. */
static int with_pool(void (*act)(rp_pool *pool), int number)
{
    pthread_mutex_lock(&watch.mutex);
    int has_pool = watch.state == OPEN;
    if (has_pool) {
        atomic_store(&watch.caught, number);
        act(watch.pool);
    }
    pthread_mutex_unlock(&watch.mutex);
    return has_pool;
}

/* The mutex stays locked, so that the pool isn't freed. */
static void give_up_items(int number)
{
    pthread_mutex_lock(&watch.mutex);
    if (watch.state != OPEN) {
        pthread_mutex_unlock(&watch.mutex);
        return;
    }
    if (watch.end.give_up) watch.end.give_up(watch.end.argument);
    rp_error lost;
    char why[LOST_RANKS_WHY_SIZE];
    int is_lost = rp_pool_check(watch.pool, &lost) == RP_LOST, is_explained = !is_lost && lost_ranks_explain(number);
    if (is_lost) (void)program_fail(&lost); /* the signal only followed from the loss */
    if (is_explained) (void)lost_ranks_why(signals_name(number), why);
    else if (!is_lost) snprintf(why, sizeof why, "stopped by %s", signals_name(number));
    watch.end.say(watch.end.argument, is_lost ? "ended early" : why, is_explained ? lost_ranks_advice() : NULL);
    program_exit(is_lost || is_explained ? PROGRAM_LOST : PROGRAM_STOPPED + number);
}

static void end_closing(int number)
{
    wait_out(closing_s);
    program_say("stopped by %s before all results were written", signals_name(number));
    program_exit(PROGRAM_STOPPED + number);
}

static void end_soon(rp_pool *pool) { rp_pool_end_running(pool, 0); }
static void end_at_once(rp_pool *pool) { rp_pool_end_running(pool, 1); }

/* What runs may end by itself first, then it is asked to end, and then it gets no more time; so that there is some left to tell of it. */
static void give_grace(int number)
{
    double all_s = grace_s(number), ending_s = !watch.end.ends_items ? 0 : all_s > 2 * ending_most_s ? ending_most_s : all_s / 2;
    wait_out(all_s - ending_s);
    if (ending_s <= 0 || !with_pool(end_soon, number)) return;
    wait_out(ending_s / 2);
    if (with_pool(end_at_once, number)) wait_out(ending_s / 2);
}

/* The mutex stays locked, so that the journal isn't closed. */
static void tell_stop(void)
{
    pthread_mutex_lock(&watch.mutex);
    if (watch.state == OPEN && watch.end.stops) watch.end.stops(watch.end.argument);
    pthread_mutex_unlock(&watch.mutex);
}

static void stop(int number)
{
    if (!with_pool(rp_pool_stop, number)) end_closing(number);
    tell_stop();
    give_grace(number);
    if (!with_pool(rp_pool_terminate, number)) return;
    wait_out(watch.end.give_up ? shorter_moment_s : last_moment_s); /* give_up takes time too */
    give_up_items(number);
}

/* Whether the signal has to wait, as there was no pool yet. */
static int is_early(int number)
{
    pthread_mutex_lock(&watch.mutex);
    int early = watch.state == BEFORE;
    if (early) watch.early[kind_of(number) - kinds] = 1;
    pthread_mutex_unlock(&watch.mutex);
    return early;
}

static void *keep_watch(void *argument)
{
    int number;
    (void)argument;
    while (sigwait(&watch.taken, &number) == 0) {
        atomic_fetch_or(&watch.came, bit_of(number));
        if (is_early(number)) continue;
        if (!signals_drains(number)) stop(number);
        else (void)with_pool(rp_pool_finish_running, number);
    }
    return NULL;
}

/* ---- taking over ---- */

/* A process that a task has forked, and that still runs this program, gets the signal as usual. */
static void pass_on(int number)
{
    if (getpid() == watch.process) {
        (void)pthread_kill(watch.thread, number);
    } else {
        (void)signal(number, SIG_DFL);
        (void)raise(number);
    }
}

/* Gets what the signal thread is too busy to take, in place of a worker. */
static void *stand_by(void *argument)
{
    (void)argument;
    for (;;) (void)pause();
    return NULL;
}

/* Starts the thread with all of the signals blocked, and leaves them in this one as they are. */
static int start_thread(void)
{
    sigset_t before;
    pthread_t second;
    (void)pthread_sigmask(SIG_BLOCK, &watch.taken, &before);
    int code = pthread_create(&watch.thread, NULL, keep_watch, NULL);
    if (code == 0) (void)pthread_detach(watch.thread);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code == 0 && pthread_create(&second, NULL, stand_by, NULL) == 0) (void)pthread_detach(second);
    return code == 0;
}

void signals_take(void)
{
    struct sigaction action = {.sa_handler = pass_on, .sa_flags = SA_RESTART}, before;
    sigset_t interrupt;
    watch.process = getpid();
    sigemptyset(&action.sa_mask);
    sigemptyset(&watch.taken);
    for (int k = 0; k < N_KINDS; k++)
        if (sigaction(kinds[k].number, NULL, &before) == 0 && before.sa_handler != SIG_IGN) sigaddset(&watch.taken, kinds[k].number);
    sigemptyset(&interrupt);
    if (sigismember(&watch.taken, SIGINT) == 1) sigaddset(&interrupt, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &interrupt, NULL);
    if (!start_thread()) {
        (void)pthread_sigmask(SIG_UNBLOCK, &interrupt, NULL);
        return;
    }
    for (int k = 0; k < N_KINDS; k++)
        if (sigismember(&watch.taken, kinds[k].number) == 1) (void)sigaction(kinds[k].number, &action, NULL);
}

void signals_spare_main(void) { (void)pthread_sigmask(SIG_BLOCK, &watch.taken, NULL); }

void signals_watch(rp_pool *pool, const signals_end *end)
{
    pthread_mutex_lock(&watch.mutex);
    watch.state = OPEN;
    watch.pool = pool;
    watch.end = *end;
    for (int k = 0; k < N_KINDS; k++)
        if (watch.early[k]) (void)pthread_kill(watch.thread, kinds[k].number);
    pthread_mutex_unlock(&watch.mutex);
}

int signals_unwatch(void)
{
    pthread_mutex_lock(&watch.mutex);
    watch.state = CLOSING;
    pthread_mutex_unlock(&watch.mutex);
    return atomic_load(&watch.caught);
}
