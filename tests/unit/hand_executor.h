/* hand_executor.h: an executor for a serial pool. The test says when its batches finish, and in what order. */
#ifndef HAND_EXECUTOR_H
#define HAND_EXECUTOR_H

#include "unit.h"

#include "pool/pool.h"
#include "worker/executor.h"
#include "worker/worker.h"

enum { HAND_MOST = 256 };

typedef struct hand {
    rpi_executor base;
    rp_pool *pool;
    rpi_executor *own; /* the pool's, put back at the end */
    rpi_worker worker;
    pthread_mutex_t mutex;     /* guards what follows; further tries are submitted by a thread of the pool's */
    rpi_batch *out[HAND_MOST]; /* submitted and not finished, in order */
    size_t n_out;
    uint64_t n_submitted, n_items, most_items_out;
    atomic_int n_stops, n_drains, n_forgets;
    bool at_once;       /* what is submitted runs within submit */
    int depth, deepest; /* such submits within each other */
    uint64_t n_done;    /* items that workers finished but haven't added yet, as it reports them */
} hand;

/* A pool whose executor reports so many workers, and runs nothing by itself. */
hand *hand_open(unsigned n_workers);
hand *hand_open_with(unsigned n_workers, rp_pool_options options);
void hand_close(hand *self);

/* For cmocka: a test's state is such an executor with two workers. */
int hand_set_up(void **state);
int hand_tear_down(void **state);

/* Waits until so many batches are out, and returns the last of them. Fails the test after 20 s. */
rpi_batch *hand_await(hand *self, size_t n_out);

/* Runs and finishes the k-th of the batches that are out. */
void hand_finish(hand *self, size_t k);
/* Finishes it with that status instead, nothing run. */
void hand_drop(hand *self, size_t k, rp_status status);

#endif
