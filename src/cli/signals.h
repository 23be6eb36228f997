/*
 * signals.h: how `run` ends early. A signal that was ignored when the program started, as nohup does it, stays ignored. Of the others:
 *
 * SIGINT, SIGTERM, SIGHUP stop the run: nothing new starts, and what runs has the grace time to finish. A second SIGINT ends the program at
 * once. The grace time is RANKPOOL_GRACE seconds; the default is 10 after SIGINT, and 0.6 after the others, because mpirun sends SIGKILL
 * 0.9 s after SIGTERM.
 *
 * SIGUSR1, SIGUSR2, SIGXCPU drain the run: no item begins any more, not even one that a rank was given, and what runs is finished, however
 * long it takes. Batch systems send them some time before a job's end.
 *
 * SIGINT is blocked in all threads, so that system(3) in a task can't make it be ignored. The others have a handler, so that the programs
 * that a task starts get them as usual. The kernel calls it in the main thread until that one may run tasks; then signals_spare_main
 * blocks all of them there, so that no task's sleep is cut short.
 */
#ifndef RANKPOOL_CLI_SIGNALS_H
#define RANKPOOL_CLI_SIGNALS_H

#include <rankpool/pool.h>

/* Takes these signals over and starts the signal thread. On each rank, in the main thread, before MPI or any thread starts. A signal that
 * comes before signals_watch waits for it; on other ranks than that of the pool all are without effect. If the thread can't be started, the
 * signals end the program as usual. */
void signals_take(void);

/* Blocks them in the main thread too, and in the threads that it makes from now on: before a serial pool is opened, which runs all tasks in
 * the main thread, and after another one is. */
void signals_spare_main(void);

/* What the signal thread calls just before it ends the program, when the grace time is over and items still run. The thread that uses the
 * pool is then in a call, or waits in signals_unwatch. */
typedef struct signals_end {
    void (*stops)(void *argument);   /* called first, when the pool has been told to stop: the grace time may not be had; NULL */
    void (*give_up)(void *argument); /* keeps what is worth it, for which the grace time is 0.1 s shorter; NULL: nothing is */
    /* Prints the last line of the run, which was "stopped by SIGTERM". `also`: one more thing to know; NULL: nothing. */
    void (*say)(void *argument, const char *why, const char *also);
    void *argument;
    int ends_items; /* 1: the job can end what runs, and does so in the last two seconds of the grace time, or in its second half */
} signals_end;

/* From here on they act on the pool, on the rank that has it. `end` is copied. */
void signals_watch(rp_pool *pool, const signals_end *end);

/* Before the pool is freed; it isn't used any more. From then on a signal that stops ends the program after 10 s, a second SIGINT at once:
 * writing the last results may hang. Returns the last signal that came, or 0. */
int signals_unwatch(void);

/* The name of one of these signals, as "SIGTERM". Static text. */
const char *signals_name(int signal_number);

/* Whether it is one of these signals; and whether it has come. Any thread. */
int signals_is_known(int signal_number);
int signals_has_come(int signal_number);

/* 1: the signal drains. 0: it stops. */
int signals_drains(int signal_number);

#endif
