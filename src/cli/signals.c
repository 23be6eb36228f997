/* signals.c: see signals.h. Signals belong to the process, so this state is global. */
#include "signals.h"

#include "program.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double grace_after_int_s = 10, grace_after_others_s = 0.6, last_moment_s = 0.15, shorter_moment_s = 0.05;

static struct {
    pthread_t thread;
    int is_watching;
    atomic_int caught;
    rp_pool *pool;
    void (*give_up)(void *argument);
    void *argument;
} watch;

static void fill(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGHUP);
}

void signals_block(void)
{
    sigset_t signals;
    fill(&signals);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

/* sigabbrev_np is too new for the C libraries of many clusters. */
const char *signals_name(int signal_number) { return signal_number == SIGINT ? "SIGINT" : signal_number == SIGHUP ? "SIGHUP" : "SIGTERM"; }

static double grace_s(int signal_number)
{
    const char *text = getenv("RANKPOOL_GRACE");
    double given = text ? atof(text) : 0;
    if (given > 0) return given;
    return signal_number == SIGINT ? grace_after_int_s : grace_after_others_s;
}

/* Waits that long; ends the program at a second SIGINT. A second SIGTERM is ignored, as one cause can send two: Slurm sends it to each
 * process, and mpirun passes its own on. */
static void wait_out(double seconds)
{
    sigset_t signals;
    struct timespec now, end;
    fill(&signals);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double left = seconds;
    while (left > 0) {
        struct timespec wait = {(time_t)left, (long)((left - (double)(time_t)left) * 1e9)};
        if (sigtimedwait(&signals, NULL, &wait) == SIGINT) _exit(128 + SIGINT);
        clock_gettime(CLOCK_MONOTONIC, &now);
        left = seconds - (double)(now.tv_sec - end.tv_sec) - 1e-9 * (double)(now.tv_nsec - end.tv_nsec);
    }
}

static void *keep_watch(void *argument)
{
    sigset_t signals;
    int number = 0, was;
    (void)argument;
    fill(&signals);
    if (sigwait(&signals, &number) != 0) return NULL;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &was);
    atomic_store(&watch.caught, number);
    rp_pool_stop(watch.pool);
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &was);
    wait_out(grace_s(number));
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &was);
    rp_pool_terminate(watch.pool);
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &was);
    wait_out(watch.give_up ? shorter_moment_s : last_moment_s); /* give_up takes time too */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &was);
    if (watch.give_up) watch.give_up(watch.argument);
    rp_error lost;
    if (rp_pool_check(watch.pool, &lost) == RP_LOST) _exit(program_fail(&lost)); /* the signal only followed from the loss */
    program_say("stopped by %s; items that were running are given up", signals_name(number));
    _exit(128 + number);
}

void signals_watch(rp_pool *pool, void (*give_up)(void *argument), void *argument)
{
    watch.pool = pool;
    watch.give_up = give_up;
    watch.argument = argument;
    watch.is_watching = pthread_create(&watch.thread, NULL, keep_watch, NULL) == 0;
}

/* The signal thread can be cancelled only where it waits for signals. */
int signals_unwatch(void)
{
    if (!watch.is_watching) return 0;
    pthread_cancel(watch.thread);
    pthread_join(watch.thread, NULL);
    watch.is_watching = 0;
    return atomic_load(&watch.caught);
}
