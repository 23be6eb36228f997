/*
 * main.h: a whole program in one call (Python's `if __name__ == "__main__"`).
 *
 *     int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
 *
 * Started alone, the client runs with the cores of this machine. Under mpirun or srun, rank 0 runs the client and returns its exit status.
 * The other ranks serve its pools and return 0: a launcher that sees another status ends rank 0 while its output is still on the way. The
 * program makes no MPI call. RANKPOOL_MPI=0 in the environment makes each process ignore the launcher.
 *
 * Where a launcher started several processes that this build's MPI can't join (srun without PMIx, another MPI's mpirun, a build without
 * MPI), each would do the whole job. So all end with RP_EXIT_USAGE, and one line says what would be right. A program that a task starts is
 * no rank, although it inherits the launcher's environment: RANKPOOL_ABOVE, which rp_main sets there, tells it so, and it runs alone.
 *
 * Where standard input, output or error are closed, rp_main opens them such that using them is an error. Otherwise MPI's sockets would take
 * their numbers.
 *
 * The client may also end the program by exit() or quick_exit(), in any of its threads or in a callback, with calls in flight or none. That
 * ends all ranks as a return does, and the exit status is that of exit(). Items that run on rank 0 aren't waited for. In a task or an
 * initializer exit() ends only its rank: one line on standard error names the task, rank 0 then ends with RP_EXIT_LOST, and another rank
 * counts as lost. _exit() and abort() are crashes.
 *
 */
#ifndef RANKPOOL_MAIN_H
#define RANKPOOL_MAIN_H

#include <rankpool/pool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Runs on rank 0 in the main thread. `pool` is open; rp_main terminates and frees it when the client returns. The client may open further
 * pools. Returns the exit status of the program, 0 to 255. */
typedef int rp_client(rp_pool *pool, int argc, char **argv);

/* Exit statuses of rp_main when it couldn't start. RP_EXIT_FAILED: an initializer failed; RP_EXIT_USAGE: wrong options or tasks, or
 * something that this build can't do, as joining the processes of that launcher; RP_EXIT_LOST: a lost rank, or any other error. */
enum { RP_EXIT_FAILED = 1, RP_EXIT_USAGE = 2, RP_EXIT_LOST = 4 };

/* Runs `client` with an open pool. `options`: of that pool, the same on all ranks; NULL: all defaults. Returns the exit status. An error
 * before the client runs is one line on standard error, from one rank. Call it once, from main, before any other use of MPI. */
RP_API int rp_main(int argc, char **argv, rp_client *client, const rp_pool_options *options);

/* The same for programs that open their pools themselves. The client has all ranks at its disposal and no pool (`pool` is NULL). */
RP_API int rp_main_bare(int argc, char **argv, rp_client *client);

/* Says that this process can't be a rank, and why, in one line, which is copied: it lacks something that the command line asks for, as a
 * library that others may have. rp_main and rp_main_bare then end all ranks with RP_EXIT_USAGE before the client runs, and rank 0 says
 * which rank it was, and why. NULL: it can be a rank after all. Call it before them, on the ranks that it is about, from the main thread.
 */
RP_API void rp_main_refuse(const char *why);

/* How many ranks rp_main has at its disposal; 1 outside it. Any thread of rank 0. */
RP_API int rp_main_ranks(void);

/* How this process was started, as far as its environment says. */
typedef struct rp_launch_info {
    int ranks, rank; /* -1: only MPI knows. Alone: rank 0 of 1 */
    int speaks;      /* it prints what would be the same on all ranks, as help; others leave that to rank 0 */
    char text[448];  /* what was decided, and why: "rank 0 of 2: Open MPI's mpirun started it (OMPI_COMM_WORLD_SIZE)" */
} rp_launch_info;

/* Fills `*info` with what rp_main decides from the environment, before or in place of it. MPI isn't asked. Any thread. */
RP_API void rp_main_launch(rp_launch_info *info);

/* A warning about how this process was launched, one line without a newline, as: there are more workers than cores that the launcher bound
 * the rank to, and the option that corrects it. `k` counts from 0. Returns NULL when there are no more. The text lives as long as the pool.
 * `pool` may be NULL. Any thread. */
RP_API const char *rp_pool_warning(const rp_pool *pool, int k);

#ifdef __cplusplus
}
#endif
#endif
