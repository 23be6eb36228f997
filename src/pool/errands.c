/* errands.c: see errands.h. */
#include "pool/errands.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/thread.h"

#include <stdlib.h>

struct rpi_errands {
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    rpi_list queue;
    bool is_ending;
};

/* The next errand; NULL: the end. */
static rpi_errand *take_next(rpi_errands *self)
{
    pthread_mutex_lock(&self->mutex);
    while (rpi_list_is_empty(&self->queue) && !self->is_ending) pthread_cond_wait(&self->changed, &self->mutex);
    rpi_errand *errand = RPI_ENTRY(rpi_list_take_first(&self->queue), rpi_errand, link);
    pthread_mutex_unlock(&self->mutex);
    return errand;
}

static void *run(void *argument)
{
    for (rpi_errand *errand; (errand = take_next(argument));) errand->run(errand);
    return NULL;
}

rp_status rpi_errands_create(rpi_errands **errands, rp_error *error)
{
    rpi_errands *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    rpi_list_init(&self->queue);
    rpi_mutex_init(&self->mutex);
    rpi_cond_init(&self->changed);
    int code = rpi_thread_create(&self->thread, 0, run, self);
    if (code == 0) {
        *errands = self;
        return RP_OK;
    }
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
    return rpi_error_system(error, code, "starting the journal's second thread");
}

void rpi_errands_destroy(rpi_errands *self)
{
    if (!self) return;
    pthread_mutex_lock(&self->mutex);
    self->is_ending = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    pthread_join(self->thread, NULL);
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}

void rpi_errands_post(rpi_errands *self, rpi_errand *errand)
{
    pthread_mutex_lock(&self->mutex);
    rpi_list_add_last(&self->queue, &errand->link);
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
}
