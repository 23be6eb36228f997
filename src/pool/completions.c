/*
 * completions.c: sets of calls, which give them as they finish; and waits for several calls.
 *
 * A call that is in a set has an entry, which has a reference to the call. The lock of a call comes before that of a set. Whoever takes an
 * entry out of the set's lists, under the set's lock, marks it as taken, and frees it.
 */
#include "pool/completions.h"

#include "base/clock.h"

#include <rankpool/completions.h>

#include <math.h>
#include <stdlib.h>

typedef struct rpi_completion {
    rpi_watch watch; /* first */
    rpi_call *call;
    rp_completions *set;
    void *tag;
    rpi_list_link link; /* of the set's waiting or done */
    bool watches;       /* guarded by the call's mutex */
    bool taken;         /* guarded by the set's */
} rpi_completion;

struct rp_completions {
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    rpi_list waiting, done;
    uint64_t n;
};

rp_status rp_completions_open(rp_completions **completions, rp_error *error)
{
    if (!completions) return rp_error_set(error, RP_USAGE, 0, "the place of the set is NULL");
    rp_completions *self = calloc(1, sizeof *self);
    if (!self) return rp_error_set(error, RP_NO_MEMORY, 0, "out of memory");
    pthread_mutex_init(&self->mutex, NULL);
    rpi_cond_init(&self->changed);
    rpi_list_init(&self->waiting);
    rpi_list_init(&self->done);
    *completions = self;
    return RP_OK;
}

/* With the set's mutex held. */
static void take_out(rp_completions *self, rpi_completion *entry)
{
    rpi_list_remove(&entry->link);
    entry->taken = true;
    self->n--;
    if (self->n == 0) pthread_cond_broadcast(&self->changed);
}

static void tell(rpi_watch *watch)
{
    rpi_completion *entry = (rpi_completion *)(void *)watch;
    rp_completions *self = entry->set;
    entry->watches = false;
    pthread_mutex_lock(&self->mutex);
    if (!entry->taken) {
        rpi_list_remove(&entry->link);
        rpi_list_add_last(&self->done, &entry->link);
        pthread_cond_signal(&self->changed);
    }
    pthread_mutex_unlock(&self->mutex);
}

/* Ends an entry that the caller has taken. */
static void end_entry(rpi_completion *entry)
{
    rpi_call *call = entry->call;
    pthread_mutex_lock(&call->mutex);
    if (entry->watches) rpi_list_remove(&entry->watch.link);
    if (call->completion == entry) call->completion = NULL;
    pthread_mutex_unlock(&call->mutex);
    free(entry);
    rpi_call_unref(call);
}

static void add(rp_completions *self, rpi_completion *entry)
{
    rpi_call *call = entry->call;
    entry->watches = !rpi_call_is_finished(call);
    call->completion = entry;
    call->references++;
    if (entry->watches) rpi_list_add_last(&call->watches, &entry->watch.link);
    pthread_mutex_lock(&self->mutex);
    self->n++;
    rpi_list_add_last(entry->watches ? &self->waiting : &self->done, &entry->link);
    if (!entry->watches) pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
}

rp_status rp_completions_add(rp_completions *self, rp_result *result, void *tag)
{
    if (!self || !result) return RP_USAGE;
    rpi_completion *entry = calloc(1, sizeof *entry);
    if (!entry) return RP_NO_MEMORY;
    *entry = (rpi_completion){.watch.tell = tell, .call = result, .set = self, .tag = tag};
    pthread_mutex_lock(&result->mutex);
    bool is_new = !result->completion;
    if (is_new) add(self, entry);
    pthread_mutex_unlock(&result->mutex);
    if (!is_new) free(entry);
    return is_new ? RP_OK : RP_USAGE;
}

rp_status rp_completions_next(rp_completions *self, double timeout_s, rp_result **result, void **tag)
{
    if (!self || !result || isnan(timeout_s)) return RP_USAGE;
    uint64_t deadline = rpi_deadline_ns(timeout_s);
    bool in_time = true;
    pthread_mutex_lock(&self->mutex);
    while (in_time && self->n > 0 && rpi_list_is_empty(&self->done)) in_time = rpi_cond_wait_until(&self->changed, &self->mutex, deadline);
    rpi_completion *entry = RPI_ENTRY(rpi_list_first(&self->done), rpi_completion, link);
    rp_status status = entry ? RP_OK : self->n == 0 ? RP_END : RP_TIMEOUT;
    if (entry) take_out(self, entry);
    pthread_mutex_unlock(&self->mutex);
    if (!entry) return status;
    *result = entry->call;
    if (tag) *tag = entry->tag;
    end_entry(entry);
    return RP_OK;
}

void rpi_completion_leave(rpi_call *call)
{
    pthread_mutex_lock(&call->mutex);
    rpi_completion *entry = call->completion;
    bool takes = false;
    if (entry) {
        pthread_mutex_lock(&entry->set->mutex);
        takes = !entry->taken;
        if (takes) take_out(entry->set, entry);
        pthread_mutex_unlock(&entry->set->mutex);
    }
    pthread_mutex_unlock(&call->mutex);
    if (takes) end_entry(entry);
}

void rp_completions_free(rp_completions *self)
{
    if (!self) return;
    for (rpi_completion *entry;;) {
        pthread_mutex_lock(&self->mutex);
        entry = RPI_ENTRY(rpi_list_first(&self->waiting), rpi_completion, link);
        if (!entry) entry = RPI_ENTRY(rpi_list_first(&self->done), rpi_completion, link);
        if (entry) take_out(self, entry);
        pthread_mutex_unlock(&self->mutex);
        if (!entry) break;
        end_entry(entry);
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
        pthread_mutex_lock(&results[k]->mutex);
        watches[k].is_listed = !rpi_call_is_finished(results[k]);
        if (watches[k].is_listed) rpi_list_add_last(&results[k]->watches, &watches[k].watch.link);
        bool is_ready = !watches[k].is_listed;
        pthread_mutex_unlock(&results[k]->mutex);
        if (is_ready) tell_several(&watches[k].watch);
    }
}

static void unwatch_all(rp_result *const *results, size_t n, several_watch *watches)
{
    for (size_t k = 0; k < n; k++) {
        pthread_mutex_lock(&results[k]->mutex);
        if (watches[k].is_listed) rpi_list_remove(&watches[k].watch.link);
        pthread_mutex_unlock(&results[k]->mutex);
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
