/*
 * rounds.h: on the ranks of a part, contestants take turns. Each round starts with the next contestant, so that changes of the machine fall
 * on all alike. Ranks without a turn sleep.
 */
#ifndef BENCH_ROUNDS_H
#define BENCH_ROUNDS_H

#include <rankpool/rankpool.h>

#include <stdbool.h>

/* Which ranks take part in a turn, and, for a pool, on which it is opened. */
typedef enum bench_ranks {
    BENCH_RANK_0,     /* rank 0 alone, without MPI */
    BENCH_RANK_0_MPI, /* rank 0 alone, over MPI_COMM_SELF */
    BENCH_ALL_RANKS   /* over MPI_COMM_WORLD */
} bench_ranks;

typedef struct bench_contestant bench_contestant;
struct bench_contestant {
    const char *name;
    bench_ranks ranks;
    /* One measurement, into `*value` on rank 0, in the unit of the part's rows. Called on those ranks. False: it failed, and
     * has said why on standard error. */
    bool (*run)(const bench_contestant *self, void *state, double *value);
    rp_pool_options pool; /* of contestants that are pools */
    int64_t argument;     /* the part's own */
};

#define BENCH_POOL(kind, n_threads)                                                                                                        \
    {                                                                                                                                      \
        .executor = RP_EXECUTOR_##kind, .threads = (n_threads)                                                                             \
    }

typedef struct bench_settings {
    int runs;
    bool small;
} bench_settings;

/* One round to warm up, then `runs` that count; rank 0 prints each value. False: a contestant failed. On all ranks, or, in a part that has
 * no MPI, in its one process. */
bool bench_rounds(const bench_contestant *contestants, int n, void *state, int runs);

/* For a contestant that isn't on this machine: no value. Returns true. */
bool bench_left_out(double *value);

/* Monotonic time. */
double bench_now_s(void);

/* Sleeps, whatever signals come. */
void bench_sleep(double seconds);

/* A pool's turn: opens it, calls `use` on rank 0, and closes it. With BENCH_ALL_RANKS the others serve the pool meanwhile. */
typedef bool bench_use(rp_pool *pool, const bench_contestant *self, void *state, double *value);
bool bench_with_pool(const bench_contestant *self, bench_use *use, void *state, double *value);

/* Says what went wrong, when something did: `return bench_succeeded(self, rp_map(…), &error)`. */
bool bench_succeeded(const bench_contestant *self, rp_status status, const rp_error *error);

#endif
