/*
 * main.h: a whole program in one call (Python's `if __name__ == "__main__"`).
 *
 *     int main(int argc, char **argv) { return rp_main(argc, argv, client, NULL); }
 *
 * Bare, the client runs with the cores of this machine. Under mpirun or srun, rank 0 runs the client and returns its exit status; the
 * others serve its pools and return 0, so that a launcher doesn't end rank 0 for their sake while its output is on the way. The program
 * makes no MPI call. RANKPOOL_MPI=0 in the environment ignores a launcher.
 */
#ifndef RANKPOOL_MAIN_H
#define RANKPOOL_MAIN_H

#include <rankpool/pool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Runs on rank 0 in the main thread. `pool` is open, and terminated and freed by rp_main when the client returns; the client may open
 * others. Returns the program's exit status, 0 to 255. */
typedef int rp_client(rp_pool *pool, int argc, char **argv);

/* Exit status of rp_main when it couldn't start: wrong options or tasks, and lost ranks. */
enum { RP_EXIT_FAILED = 1, RP_EXIT_USAGE = 2, RP_EXIT_LOST = 4 };

/* `options`: of the pool that the client is given; NULL: all defaults. Same on all ranks. Returns the exit status. What stops it before the
 * client runs is one line on standard error, from one rank. From main, before any other use of MPI, once. */
RP_API int rp_main(int argc, char **argv, rp_client *client, const rp_pool_options *options);

/* The same for programs that decide themselves when to open pools. Runs the client with the ranks at its disposal and no pool open
 * (`pool` is NULL). */
RP_API int rp_main_bare(int argc, char **argv, rp_client *client);

/* Ranks that rp_main has at its disposal; 1 outside it. Any thread of rank 0. */
RP_API int rp_main_ranks(void);

/* What a user should know about how this process was launched, one line without a newline (as: more workers than the cores that the
 * launcher bound the rank to, with the option that mends it); the k-th, from 0; NULL when there are no more. Pool must be open. */
RP_API const char *rp_pool_warning(const rp_pool *pool, int k);

#ifdef __cplusplus
}
#endif
#endif
