/* notifier.c: see notifier.h. */
#include "pool/notifier.h"

#include "base/clock.h"
#include "base/thread.h"

#include <stdlib.h>

struct rpi_notifier {
    void (*finished)(rpi_call *call);
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t posted;
    rpi_list calls;
    bool stopping;
};

typedef struct notice {
    rpi_call *call;
    rp_callback *callback;
    const rp_error *error;
    int code;
} notice;

static void call_back(void *argument)
{
    notice *self = argument;
    self->code = self->callback(self->call, self->error, self->call->callback_argument);
}

/* A callback that ends this thread has failed; the thread goes on. */
static void notify(rpi_call *call)
{
    rp_error error;
    pthread_mutex_lock(&call->mutex);
    rp_status status = rpi_call_outcome(call, &error);
    pthread_mutex_unlock(&call->mutex);
    notice made = {call, status == RP_OK ? call->callback : call->error_callback, status == RP_OK ? NULL : &error, 0};
    if (!made.callback) return;
    bool has_returned = rpi_thread_guard(call_back, &made);
    if (!has_returned || made.code) atomic_fetch_add(&call->pool->callback_failures, 1);
}

static void *run(void *argument)
{
    rpi_notifier *self = argument;
    pthread_mutex_lock(&self->mutex);
    for (;;) {
        while (rpi_list_is_empty(&self->calls) && !self->stopping) pthread_cond_wait(&self->posted, &self->mutex);
        rpi_call *call = RPI_ENTRY(rpi_list_take_first(&self->calls), rpi_call, notified);
        if (!call) break;
        pthread_mutex_unlock(&self->mutex);
        notify(call);
        self->finished(call);
        pthread_mutex_lock(&self->mutex);
    }
    pthread_mutex_unlock(&self->mutex);
    return NULL;
}

rp_status rpi_notifier_create(void (*finished)(rpi_call *call), rpi_notifier **notifier, rp_error *error)
{
    rpi_notifier *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    self->finished = finished;
    rpi_list_init(&self->calls);
    pthread_mutex_init(&self->mutex, NULL);
    rpi_cond_init(&self->posted);
    int code = rpi_thread_create(&self->thread, 0, run, self);
    if (code) {
        free(self);
        return rpi_error_system(error, code, "pthread_create");
    }
    *notifier = self;
    return RP_OK;
}

void rpi_notifier_post(rpi_notifier *self, rpi_call *call)
{
    pthread_mutex_lock(&self->mutex);
    rpi_list_add_last(&self->calls, &call->notified);
    pthread_cond_signal(&self->posted);
    pthread_mutex_unlock(&self->mutex);
}

bool rpi_notifier_is_here(const rpi_notifier *self) { return pthread_equal(self->thread, pthread_self()); }

void rpi_notifier_destroy(rpi_notifier *self)
{
    if (!self) return;
    pthread_mutex_lock(&self->mutex);
    self->stopping = true;
    pthread_cond_signal(&self->posted);
    pthread_mutex_unlock(&self->mutex);
    pthread_join(self->thread, NULL);
    pthread_cond_destroy(&self->posted);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}
