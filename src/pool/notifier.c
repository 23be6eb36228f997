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
    rpi_list calls;   /* that are finished */
    rpi_list watched; /* whose progress is told */
    bool stopping;
};

/* ---- progress ---- */

static rp_progress_info info_of(rpi_wishes *self, bool is_over)
{
    const rpi_call *call = self->call;
    rp_progress_info info = {.completed = rpi_call_n_completed(call),
                             .failed = atomic_load(&call->work.n_failed),
                             .total = call->n_items,
                             .elapsed_s = rpi_seconds(rpi_now_ns() - call->more->started_ns),
                             .left_s = -1,
                             .is_over = is_over};
    rpi_progress_rate_add(&self->rate, info.elapsed_s, info.completed);
    info.rate = rpi_progress_rate_now(&self->rate);
    if (is_over) info.left_s = 0;
    else if (info.total != UINT64_MAX && info.completed <= info.total)
        info.left_s = rpi_progress_rate_left_s(&self->rate, info.total - info.completed);
    return info;
}

typedef struct progress_call {
    const rpi_wishes *self;
    rp_progress_info info;
    int code;
} progress_call;

static void call_progress(void *argument)
{
    progress_call *made = argument;
    made->code = made->self->progress(&made->info, made->self->progress_argument);
}

static void tell_progress(rpi_wishes *self, bool is_over)
{
    if (!self->progress) return;
    progress_call made = {self, info_of(self, is_over), 0};
    bool has_returned = rpi_thread_guard(call_progress, &made);
    if (!has_returned) atomic_fetch_add(&self->call->pool->callback_failures, 1);
    if (has_returned && made.code && !is_over) (void)rpi_call_cancel(self->call);
}

/* ---- callbacks ---- */

typedef struct notice {
    const rpi_wishes *self;
    rp_callback *callback;
    const rp_error *error;
    int code;
} notice;

static void call_back(void *argument)
{
    notice *made = argument;
    made->code = made->callback(made->self->call, made->error, made->self->callback_argument);
}

/* A callback that ends this thread has failed; the thread goes on. */
static void call_callback(rpi_wishes *self)
{
    rp_error error;
    rpi_call_lock(self->call);
    rp_status status = rpi_call_outcome(self->call, &error);
    rpi_call_unlock(self->call);
    notice made = {self, status == RP_OK ? self->callback : self->error_callback, status == RP_OK ? NULL : &error, 0};
    if (!made.callback) return;
    bool has_returned = rpi_thread_guard(call_back, &made);
    if (!has_returned || made.code) atomic_fetch_add(&self->call->pool->callback_failures, 1);
}

/* ---- the thread ---- */

/* With the mutex held. The first call whose progress is due by then; NULL: none. `*next_ns`: when the next one is. */
static rpi_wishes *find_due(const rpi_notifier *self, uint64_t now_ns, uint64_t *next_ns)
{
    *next_ns = RPI_NEVER;
    RPI_LIST_EACH(at, &self->watched) {
        rpi_wishes *wishes = RPI_ENTRY(at, rpi_wishes, watched);
        if (wishes->due_ns <= now_ns) return wishes;
        if (wishes->due_ns < *next_ns) *next_ns = wishes->due_ns;
    }
    return NULL;
}

static void end_call(rpi_notifier *self, rpi_wishes *wishes)
{
    tell_progress(wishes, true);
    call_callback(wishes);
    self->finished(wishes->call);
}

/* One thing to do, or a wait for one. With the mutex held, which it releases meanwhile. */
static void step(rpi_notifier *self)
{
    uint64_t next_ns;
    rpi_wishes *over = RPI_ENTRY(rpi_list_take_first(&self->calls), rpi_wishes, notified);
    rpi_wishes *due = over ? NULL : find_due(self, rpi_now_ns(), &next_ns);
    if (over && over->progress) rpi_list_remove(&over->watched);
    if (!over && !due) {
        (void)rpi_cond_wait_until(&self->posted, &self->mutex, next_ns);
        return;
    }
    pthread_mutex_unlock(&self->mutex);
    if (over) end_call(self, over);
    else tell_progress(due, false); /* this thread alone ends it */
    pthread_mutex_lock(&self->mutex);
    if (due) due->due_ns = rpi_now_ns() + due->interval_ns;
}

static void *run(void *argument)
{
    rpi_notifier *self = argument;
    pthread_mutex_lock(&self->mutex);
    while (!self->stopping || !rpi_list_is_empty(&self->calls)) step(self);
    pthread_mutex_unlock(&self->mutex);
    return NULL;
}

rp_status rpi_notifier_create(void (*finished)(rpi_call *call), rpi_notifier **notifier, rp_error *error)
{
    rpi_notifier *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    self->finished = finished;
    rpi_list_init(&self->calls);
    rpi_list_init(&self->watched);
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
    rpi_list_add_last(&self->calls, &call->wishes->notified);
    pthread_cond_signal(&self->posted);
    pthread_mutex_unlock(&self->mutex);
}

void rpi_notifier_watch(rpi_notifier *self, rpi_call *call)
{
    rpi_wishes *wishes = call->wishes;
    if (!wishes->progress) return;
    pthread_mutex_lock(&self->mutex);
    wishes->due_ns = rpi_now_ns() + wishes->interval_ns;
    rpi_list_add_last(&self->watched, &wishes->watched);
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
