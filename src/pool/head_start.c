/* head_start.c: see head_start.h. */
#include "pool/head_start.h"

#include "base/clock.h"
#include "base/thread.h"

#include <stdlib.h>

static const double look_s = 0.01;

struct rpi_head_start {
    _Atomic(rpi_batch *) batch; /* that the client is at; NULL: none; `given`: its rest was given to others */
    _Atomic uint64_t n_begun;   /* how often a client began */
    atomic_bool looks;          /* the thread looks soon, or is about to be woken */
    void (*give_rest)(rpi_batch *batch);
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows; held while the rest is given to others */
    pthread_cond_t changed;
    bool is_ending;
};

static rpi_batch given_batch;
static rpi_batch *const given = &given_batch;

/* ---- the thread that looks ---- */

/* Gives the rest of the batch away, if the client is still at it. */
static void give(rpi_head_start *self, rpi_batch *batch)
{
    if (batch && batch != given && atomic_compare_exchange_strong(&self->batch, &batch, given)) self->give_rest(batch);
}

/* A client that begins after this thread has said that it doesn't look wakes it; one that began before is seen here. */
static void sleep_until_begun(rpi_head_start *self, uint64_t n_begun)
{
    atomic_store(&self->looks, false);
    if (atomic_load(&self->n_begun) != n_begun) atomic_store(&self->looks, true);
    while (!atomic_load(&self->looks) && !self->is_ending) pthread_cond_wait(&self->changed, &self->mutex);
}

static void *look(void *argument)
{
    rpi_head_start *self = argument;
    uint64_t seen = 0;
    pthread_mutex_lock(&self->mutex);
    while (!self->is_ending) {
        uint64_t n_begun = atomic_load(&self->n_begun);
        rpi_batch *batch = atomic_load(&self->batch);
        if (n_begun == seen) give(self, batch);
        if (n_begun == seen && (!batch || batch == given)) sleep_until_begun(self, n_begun);
        else (void)rpi_cond_wait_until(&self->changed, &self->mutex, rpi_deadline_ns(look_s));
        seen = n_begun;
    }
    pthread_mutex_unlock(&self->mutex);
    return NULL;
}

/* ---- life ---- */

static void free_all(rpi_head_start *self)
{
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}

rpi_head_start *rpi_head_start_create(void (*give_rest)(rpi_batch *batch))
{
    rpi_head_start *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->give_rest = give_rest;
    rpi_mutex_init(&self->mutex);
    rpi_cond_init(&self->changed);
    if (rpi_thread_create(&self->thread, 0, look, self) == 0) return self;
    free_all(self);
    return NULL;
}

void rpi_head_start_destroy(rpi_head_start *self)
{
    if (!self) return;
    pthread_mutex_lock(&self->mutex);
    self->is_ending = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    pthread_join(self->thread, NULL);
    free_all(self);
}

/* ---- the client ---- */

static void wake(rpi_head_start *self)
{
    pthread_mutex_lock(&self->mutex);
    atomic_store(&self->looks, true);
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
}

bool rpi_head_start_begin(rpi_head_start *self, rpi_batch *batch)
{
    rpi_batch *none = NULL;
    if (!atomic_compare_exchange_strong(&self->batch, &none, batch)) return false;
    atomic_fetch_add(&self->n_begun, 1);
    if (!atomic_load(&self->looks)) wake(self);
    return true;
}

bool rpi_head_start_end(rpi_head_start *self)
{
    if (atomic_exchange(&self->batch, NULL) != given) return false;
    pthread_mutex_lock(&self->mutex); /* until it is done */
    pthread_mutex_unlock(&self->mutex);
    return true;
}
