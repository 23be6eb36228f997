/* time_keeper.c: see time_keeper.h. */
#include "pool/time_keeper.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/pause.h"
#include "base/thread.h"
#include "pool/time_left.h"

#include <stdlib.h>
#include <string.h>

struct rpi_time_keeper {
    rpi_time_keeper_config config;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    rpi_time_left time;
    bool is_over, stopping;
};

static double now_s(void) { return rpi_seconds(rpi_now_ns()); }

/* Returns whether the time is over just now. */
static bool look(rpi_time_keeper *self, double longest_s)
{
    pthread_mutex_lock(&self->mutex);
    self->time.longest_s = longest_s;
    bool ends = !self->is_over && !rpi_time_left_may_begin(&self->time, now_s());
    self->is_over = self->is_over || ends;
    pthread_mutex_unlock(&self->mutex);
    return ends;
}

/* Returns false at the keeper's end. */
static bool sleep_until_look(rpi_time_keeper *self)
{
    pthread_mutex_lock(&self->mutex);
    double wait_s = self->is_over ? 1 : rpi_time_left_look_s(&self->time, now_s());
    if (!self->stopping) (void)rpi_cond_wait_until(&self->changed, &self->mutex, rpi_deadline_ns(wait_s));
    bool goes_on = !self->stopping;
    pthread_mutex_unlock(&self->mutex);
    return goes_on;
}

static void look_once(rpi_time_keeper *self)
{
    const rpi_time_keeper_config *config = &self->config;
    (void)rpi_pause_look();
    if (look(self, config->longest_s(config->argument))) config->is_over(config->argument);
}

static void *run(void *argument)
{
    rpi_time_keeper *self = argument;
    while (sleep_until_look(self)) look_once(self);
    return NULL;
}

rp_status rpi_time_keeper_create(const rpi_time_keeper_config *config, rpi_time_keeper **keeper, rp_error *error)
{
    rpi_time_keeper *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    self->config = *config;
    self->time = (rpi_time_left){.end_s = now_s() + config->left_s, .request_s = config->request_s};
    rpi_mutex_init(&self->mutex);
    rpi_cond_init(&self->changed);
    look_once(self); /* before the first item */
    int code = rpi_thread_create(&self->thread, 0, run, self);
    if (code == 0) {
        *keeper = self;
        return RP_OK;
    }
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
    return rpi_error_system(error, code, "no thread for the end of the time");
}

void rpi_time_keeper_set(rpi_time_keeper *self, double left_s, double closing_s)
{
    pthread_mutex_lock(&self->mutex);
    self->time.end_s = now_s() + left_s;
    self->time.closing_s = closing_s;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
}

void rpi_time_keeper_get(rpi_time_keeper *self, rp_pool_time *time)
{
    pthread_mutex_lock(&self->mutex);
    *time = (rp_pool_time){.left_s = self->time.end_s - now_s(),
                           .reserve_s = rpi_time_left_reserve_s(&self->time),
                           .longest_s = self->time.longest_s,
                           .is_over = self->is_over};
    pthread_mutex_unlock(&self->mutex);
}

void rpi_time_keeper_destroy(rpi_time_keeper *self)
{
    if (!self) return;
    pthread_mutex_lock(&self->mutex);
    self->stopping = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    pthread_join(self->thread, NULL);
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}
