/* waiting.c: see waiting.h. */
#include "pool/waiting.h"

enum { OUT_FOR_EACH = 8, OUT_MORE = 64 };       /* calls for each worker, and beside */
enum { LEAST_AT_ONCE = 32, MOST_AT_ONCE = 64 }; /* calls that a thread begins before it goes back to what it was at */

void rpi_waiting_init(rpi_waiting *self, pthread_mutex_t *mutex, pthread_cond_t *changed, const rpi_list *calls)
{
    *self = (rpi_waiting){.mutex = mutex, .changed = changed, .calls = calls};
    rpi_waiting_set_workers(self, 1);
}

void rpi_waiting_set_workers(rpi_waiting *self, unsigned n_workers) { self->most_out = OUT_MORE + (uint64_t)OUT_FOR_EACH * n_workers; }

/* The calling thread begins those that wait, from here on. */
static void claim(rpi_waiting *self)
{
    self->is_beginning = true;
    self->beginner = pthread_self();
}

static bool has_room(const rpi_waiting *self) { return self->begins_all || self->n_out < self->most_out; }

/* The one that was made next after a call that waits. */
static rpi_call *next_waiting(const rpi_waiting *self, const rpi_call *call)
{
    const rpi_list_link *at = call->link.previous;
    while (at != &self->calls->ends && !RPI_ENTRY((rpi_list_link *)(uintptr_t)at, rpi_call, link)->waits) at = at->previous;
    return at == &self->calls->ends ? NULL : RPI_ENTRY((rpi_list_link *)(uintptr_t)at, rpi_call, link);
}

static void end_wait(rpi_waiting *self, rpi_call *call)
{
    call->waits = false;
    if (self->oldest == call) self->oldest = next_waiting(self, call);
}

bool rpi_waiting_add(rpi_waiting *self, rpi_call *call)
{
    call->is_out = !self->oldest && !self->is_beginning && has_room(self);
    call->waits = !call->is_out;
    self->n_out += call->is_out;
    if (call->waits && !self->oldest) self->oldest = call;
    return call->is_out;
}

bool rpi_waiting_leave(rpi_waiting *self, rpi_call *call)
{
    if (!call->is_out) return false;
    call->is_out = false;
    self->n_out--;
    if (self->is_beginning || !self->oldest || self->n_out + LEAST_AT_ONCE > self->most_out) return false;
    claim(self);
    return true;
}

static rpi_call *take(rpi_waiting *self)
{
    rpi_call *call = has_room(self) ? self->oldest : NULL;
    if (!call) return NULL;
    end_wait(self, call);
    call->is_out = true;
    self->n_out++;
    return call;
}

/* With the mutex, which is free meanwhile, as in the next one. Where nothing was begun, NULL. */
static rpi_executor *begin_some(rpi_waiting *self)
{
    rpi_executor *executor = NULL;
    rpi_call *call;
    for (unsigned n = 0; n < MOST_AT_ONCE && (call = take(self)); n++) {
        executor = call->pool->executor;
        pthread_mutex_unlock(self->mutex);
        call->kind->begin(call, RPI_BEGIN_WITH_OTHERS);
        pthread_mutex_lock(self->mutex);
    }
    return executor;
}

static void carry_out(rpi_waiting *self, rpi_executor *executor)
{
    if (!executor || !executor->ops->put) return;
    pthread_mutex_unlock(self->mutex);
    executor->ops->carry_out(executor);
    pthread_mutex_lock(self->mutex);
}

/* Calls that are out bring their thread here again. Where there is none any more, all have ended while this one was busy. */
void rpi_waiting_go(rpi_waiting *self)
{
    pthread_mutex_lock(self->mutex);
    do carry_out(self, begin_some(self));
    while (self->oldest && (self->begins_all || self->n_out == 0));
    self->is_beginning = self->begins_all = false;
    pthread_cond_broadcast(self->changed);
    pthread_mutex_unlock(self->mutex);
}

void rpi_waiting_leave_and_go(rpi_waiting *self, rpi_call *call)
{
    pthread_mutex_lock(self->mutex);
    bool goes = rpi_waiting_leave(self, call);
    pthread_mutex_unlock(self->mutex);
    if (goes) rpi_waiting_go(self);
}

/* An executor that has no thread runs the items of a call that is begun, and they may make calls. */
static bool is_beginner(const rpi_waiting *self) { return self->is_beginning && pthread_equal(self->beginner, pthread_self()); }

void rpi_waiting_go_all(rpi_waiting *self)
{
    pthread_mutex_lock(self->mutex);
    while (self->is_beginning && !is_beginner(self)) pthread_cond_wait(self->changed, self->mutex);
    bool goes = self->oldest && !self->is_beginning;
    if (goes) claim(self);
    self->begins_all = self->begins_all || goes;
    pthread_mutex_unlock(self->mutex);
    if (goes) rpi_waiting_go(self);
}

bool rpi_waiting_withdraw(rpi_waiting *self, rpi_call *call)
{
    pthread_mutex_lock(self->mutex);
    bool waits = call->waits;
    if (waits) end_wait(self, call);
    pthread_mutex_unlock(self->mutex);
    return waits;
}
