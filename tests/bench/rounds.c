/*
 * rounds.c: see rounds.h. MPI is asked for MPI_THREAD_SERIALIZED, as rp_main does; a pool over MPI is therefore closed before the next
 * turn, and while it is open rank 0 makes no MPI call of its own. A blocking barrier would keep a core busy on the ranks that have no turn.
 */
#include "rounds.h"

#include <rankpool/mpi.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

enum { SHORTEST_NAP_NS = 100 * 1000, LONGEST_NAP_NS = 20 * 1000 * 1000, ALONE = -1 };

double bench_now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

bool bench_left_out(double *value)
{
    *value = NAN;
    return true;
}

void bench_sleep(double seconds)
{
    double whole_s = floor(seconds);
    struct timespec left = {(time_t)whole_s, (long)((seconds - whole_s) * 1e9)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) continue;
}

/* ALONE: there is no MPI in this part. */
static int get_rank(void)
{
    int has_mpi, rank = 0;
    MPI_Initialized(&has_mpi);
    if (has_mpi) MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return has_mpi ? rank : ALONE;
}

/* A barrier that sleeps. */
static void sleeping_barrier(void)
{
    MPI_Request request;
    int arrived = 0;
    long nap_ns = SHORTEST_NAP_NS;
    MPI_Ibarrier(MPI_COMM_WORLD, &request);
    for (;;) {
        MPI_Test(&request, &arrived, MPI_STATUS_IGNORE);
        if (arrived) break;
        (void)nanosleep(&(struct timespec){0, nap_ns}, NULL);
        nap_ns = nap_ns < LONGEST_NAP_NS / 2 ? 2 * nap_ns : LONGEST_NAP_NS;
    }
}

static bool take_turn(const bench_contestant *contestant, void *state, int rank, bool counts)
{
    double value = 0;
    if (rank != ALONE) sleeping_barrier();
    if (rank > 0 && contestant->ranks != BENCH_ALL_RANKS) return true;
    if (!contestant->run(contestant, state, &value)) {
        fprintf(stderr, "rankpool-bench: %s failed on rank %d\n", contestant->name, rank);
        return false;
    }
    if (counts && rank <= 0 && !isnan(value)) {
        printf("%s\t%.9g\n", contestant->name, value);
        (void)fflush(stdout);
    }
    return true;
}

bool bench_rounds(const bench_contestant *contestants, int n, void *state, int runs)
{
    int rank = get_rank();
    for (int round = 0; round <= runs; round++)
        for (int turn = 0; turn < n; turn++)
            if (!take_turn(&contestants[(round + turn) % n], state, rank, round > 0)) return false;
    if (rank != ALONE) sleeping_barrier();
    return true;
}

/* ---- pools ---- */

bool bench_succeeded(const bench_contestant *self, rp_status status, const rp_error *error)
{
    if (status != RP_OK) fprintf(stderr, "rankpool-bench: %s: %s\n", self->name, rp_error_text(error));
    return status == RP_OK;
}

static rp_status open_pool(const bench_contestant *self, rp_pool **pool, rp_error *error)
{
    if (self->ranks == BENCH_RANK_0) return rp_pool_open(&self->pool, pool, error);
    MPI_Comm communicator = self->ranks == BENCH_RANK_0_MPI ? MPI_COMM_SELF : MPI_COMM_WORLD;
    return rp_pool_open_mpi(communicator, 0, &self->pool, pool, error);
}

bool bench_with_pool(const bench_contestant *self, bench_use *use, void *state, double *value)
{
    rp_pool *pool = NULL;
    rp_error error = {0};
    if (!bench_succeeded(self, open_pool(self, &pool, &error), &error)) return false;
    if (!pool) return true; /* another rank than 0, which has served */
    bool good = use(pool, self, state, value);
    rp_pool_close(pool);
    good = bench_succeeded(self, rp_pool_join(pool, &error), &error) && good;
    rp_pool_free(pool);
    return good;
}
