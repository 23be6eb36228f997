/*
 * completions.c: sets of calls, which give them as they finish; and waits for several calls.
 *
 * What a set keeps of a call is in the call itself. The set has a reference to it. The lock of a call comes before that of a set. Whoever
 * takes a call out of the set's lists, under the set's lock, then ends its membership.
 */
#include "pool/completions.h"

#include "base/clock.h"

#include <rankpool/completions.h>

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

struct rp_completions {
    rpi_call_set set;      /* first */
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    rpi_list waiting, done; /* calls */
    uint64_t n;
};

static rp_completions *self_of(rpi_call_set *set) { return (rp_completions *)(void *)set; }

/* The call may have been taken out. */
static void finished(rpi_call_set *set, rpi_call *call)
{
    rp_completions *self = self_of(set);
    pthread_mutex_lock(&self->mutex);
    if (rpi_list_is_linked(&call->in_set)) {
        rpi_list_remove(&call->in_set);
        rpi_list_add_last(&self->done, &call->in_set);
        pthread_cond_signal(&self->changed);
    }
    pthread_mutex_unlock(&self->mutex);
}

rp_status rp_completions_open(rp_completions **completions, rp_error *error)
{
    if (!completions) return rp_error_set(error, RP_USAGE, 0, "the place of the set is NULL");
    rp_completions *self = calloc(1, sizeof *self);
    if (!self) return rp_error_set(error, RP_NO_MEMORY, 0, "out of memory");
    self->set.finished = finished;
    pthread_mutex_init(&self->mutex, NULL);
    rpi_cond_init(&self->changed);
    rpi_list_init(&self->waiting);
    rpi_list_init(&self->done);
    *completions = self;
    return RP_OK;
}

/* With the set's mutex held. */
static void take_out(rp_completions *self, rpi_call *call)
{
    rpi_list_remove(&call->in_set);
    self->n--;
    if (self->n == 0) pthread_cond_broadcast(&self->changed);
}

/* Ends the membership of a call that the caller has taken out. */
static void end_membership(rpi_call *call)
{
    rpi_call_lock(call);
    call->set = NULL;
    rpi_call_unlock(call);
    rpi_call_unref(call);
}

static void add(rp_completions *self, rpi_call *call, void *tag)
{
    bool is_finished = rpi_call_is_finished(call);
    call->set = &self->set;
    call->references++;
    pthread_mutex_lock(&self->mutex);
    call->tag = tag;
    self->n++;
    rpi_list_add_last(is_finished ? &self->done : &self->waiting, &call->in_set);
    if (is_finished) pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
}

rp_status rp_completions_add(rp_completions *self, rp_result *result, void *tag)
{
    if (!self || !result) return RP_USAGE;
    rpi_call_lock(result);
    bool is_new = !result->set;
    if (is_new) add(self, result, tag);
    rpi_call_unlock(result);
    return is_new ? RP_OK : RP_USAGE;
}

static rpi_call *first_of(const rpi_list *list) { return RPI_ENTRY(rpi_list_first(list), rpi_call, in_set); }

rp_status rp_completions_next(rp_completions *self, double timeout_s, rp_result **result, void **tag)
{
    if (!self || !result || isnan(timeout_s)) return RP_USAGE;
    uint64_t deadline = rpi_deadline_ns(timeout_s);
    bool in_time = true;
    pthread_mutex_lock(&self->mutex);
    while (in_time && self->n > 0 && rpi_list_is_empty(&self->done)) in_time = rpi_cond_wait_until(&self->changed, &self->mutex, deadline);
    rpi_call *call = first_of(&self->done);
    rp_status status = call ? RP_OK : self->n == 0 ? RP_END : RP_TIMEOUT;
    if (call && tag) *tag = call->tag;
    if (call) take_out(self, call);
    pthread_mutex_unlock(&self->mutex);
    if (!call) return status;
    *result = call;
    end_membership(call);
    return RP_OK;
}

void rpi_completion_leave(rpi_call *call)
{
    rpi_call_lock(call);
    rp_completions *self = call->set ? self_of(call->set) : NULL;
    bool takes = false;
    if (self) {
        pthread_mutex_lock(&self->mutex);
        takes = rpi_list_is_linked(&call->in_set);
        if (takes) take_out(self, call);
        pthread_mutex_unlock(&self->mutex);
    }
    rpi_call_unlock(call);
    if (takes) end_membership(call);
}

void rp_completions_free(rp_completions *self)
{
    if (!self) return;
    for (rpi_call *call;;) {
        pthread_mutex_lock(&self->mutex);
        call = first_of(&self->waiting);
        if (!call) call = first_of(&self->done);
        if (call) take_out(self, call);
        pthread_mutex_unlock(&self->mutex);
        if (!call) break;
        end_membership(call);
    }
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}

/* ---- waits for several ---- */

typedef struct several {
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    bool any;
} several;

typedef struct several_watch {
    rpi_watch watch; /* first */
    several *of;
    bool is_listed; /* guarded by the call's mutex */
} several_watch;

static void tell_several(rpi_watch *watch)
{
    several_watch *own = (several_watch *)(void *)watch;
    own->is_listed = false;
    pthread_mutex_lock(&own->of->mutex);
    own->of->any = true;
    pthread_cond_signal(&own->of->changed);
    pthread_mutex_unlock(&own->of->mutex);
}

/* The index of the first call that is finished; n: none is. */
static size_t first_ready(rp_result *const *results, size_t n)
{
    size_t k = 0;
    while (k < n && !rp_result_ready(results[k])) k++;
    return k;
}

static void watch_all(several *self, rp_result *const *results, size_t n, several_watch *watches)
{
    for (size_t k = 0; k < n; k++) {
        watches[k] = (several_watch){.watch.tell = tell_several, .of = self};
        rpi_call_lock(results[k]);
        watches[k].is_listed = !rpi_call_is_finished(results[k]);
        if (watches[k].is_listed) rpi_list_add_last(&results[k]->watches, &watches[k].watch.link);
        bool is_ready = !watches[k].is_listed;
        rpi_call_unlock(results[k]);
        if (is_ready) tell_several(&watches[k].watch);
    }
}

static void unwatch_all(rp_result *const *results, size_t n, several_watch *watches)
{
    for (size_t k = 0; k < n; k++) {
        rpi_call_lock(results[k]);
        if (watches[k].is_listed) rpi_list_remove(&watches[k].watch.link);
        rpi_call_unlock(results[k]);
    }
}

static rp_status wait_for_any(rp_result *const *results, size_t n, double timeout_s)
{
    several self = {.any = false};
    uint64_t deadline = rpi_deadline_ns(timeout_s);
    several_watch *watches = n <= SIZE_MAX / sizeof *watches ? malloc(n * sizeof *watches) : NULL;
    if (!watches) return RP_NO_MEMORY;
    pthread_mutex_init(&self.mutex, NULL);
    rpi_cond_init(&self.changed);
    watch_all(&self, results, n, watches);
    pthread_mutex_lock(&self.mutex);
    while (!self.any && rpi_cond_wait_until(&self.changed, &self.mutex, deadline)) {}
    pthread_mutex_unlock(&self.mutex);
    unwatch_all(results, n, watches);
    pthread_cond_destroy(&self.changed);
    pthread_mutex_destroy(&self.mutex);
    free(watches);
    return RP_OK;
}

static rp_status check_waits(rp_result *const *results, size_t n, double timeout_s)
{
    if (isnan(timeout_s) || (n > 0 && !results)) return RP_USAGE;
    for (size_t k = 0; k < n; k++)
        if (!results[k]) return RP_USAGE;
    for (size_t k = 0; k < n && timeout_s < 0; k++)
        if (!rp_result_ready(results[k]) && rpi_call_check_wait(results[k]->pool, NULL) != RP_OK) return RP_USAGE;
    return RP_OK;
}

rp_status rp_result_wait_any(rp_result *const *results, size_t n, double timeout_s, size_t *which)
{
    rp_status status = which ? check_waits(results, n, timeout_s) : RP_USAGE;
    if (status != RP_OK || n == 0) return status == RP_OK ? RP_END : status;
    size_t k = first_ready(results, n);
    if (k == n) status = wait_for_any(results, n, timeout_s);
    if (status != RP_OK) return status;
    if (k == n) k = first_ready(results, n);
    if (k == n) return RP_TIMEOUT;
    *which = k;
    return RP_OK;
}

rp_status rp_result_wait_all(rp_result *const *results, size_t n, double timeout_s)
{
    uint64_t deadline = rpi_deadline_ns(timeout_s);
    rp_status status = check_waits(results, n, timeout_s);
    for (size_t k = 0; k < n && status == RP_OK; k++) {
        uint64_t now = rpi_now_ns();
        double left = deadline == RPI_NEVER ? -1 : deadline > now ? rpi_seconds(deadline - now) : 0;
        status = rp_result_wait(results[k], left);
    }
    return status;
}
