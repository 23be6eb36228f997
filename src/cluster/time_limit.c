/* time_limit.c: see time_limit.h. */
#include "cluster/time_limit.h"

#include "base/clock.h"
#include "base/thread.h"

#include <pthread.h>
#include <stdlib.h>

struct rpi_time_limit {
    pthread_t thread;
    pthread_mutex_t mutex; /* guards has_ended */
    pthread_cond_t changed;
    bool has_ended;
    uint64_t deadline_ns;
    void (*passed)(void *argument);
    void *argument;
};

static void *wait_for_end(void *argument)
{
    rpi_time_limit *self = argument;
    pthread_mutex_lock(&self->mutex);
    while (!self->has_ended && rpi_cond_wait_until(&self->changed, &self->mutex, self->deadline_ns)) continue;
    bool has_ended = self->has_ended;
    pthread_mutex_unlock(&self->mutex);
    if (!has_ended) self->passed(self->argument);
    return NULL;
}

static void destroy(rpi_time_limit *self)
{
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}

rpi_time_limit *rpi_time_limit_begin(double seconds, void (*passed)(void *argument), void *argument)
{
    rpi_time_limit *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->deadline_ns = rpi_deadline_ns(seconds);
    self->passed = passed;
    self->argument = argument;
    pthread_mutex_init(&self->mutex, NULL);
    if (rpi_cond_init(&self->changed) != 0) {
        pthread_mutex_destroy(&self->mutex);
        free(self);
        return NULL;
    }
    if (rpi_thread_create(&self->thread, 0, wait_for_end, self) == 0) return self;
    destroy(self);
    return NULL;
}

void rpi_time_limit_end(rpi_time_limit *self)
{
    if (!self) return;
    pthread_mutex_lock(&self->mutex);
    self->has_ended = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    pthread_join(self->thread, NULL);
    destroy(self);
}
