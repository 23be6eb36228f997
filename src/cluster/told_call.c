/* told_call.c: see told_call.h. */
#include "cluster/told_call.h"

#include "task/pack_call.h"

#include <string.h>

enum { MOST_KEPT = 512 }; /* bytes of a CALL */

void rpi_told_call_fini(rpi_told_call *self)
{
    rpi_message_free(self->call);
    rpi_message_free(self->next);
    self->call = self->next = NULL;
}

static bool is_next(const rpi_told_call *self, uint64_t id) { return self->next && self->next->header.call.call == id; }

static void send_forget(rpi_told_call *self, uint64_t id)
{
    rpi_message *message = rpi_message_create(RPI_FORGET, self->pool, 0);
    if (message) message->header.forget.call = id;
    self->send(self->to, message);
}

/* The last call is the member's no more. */
static void forget(rpi_told_call *self)
{
    if (self->is_over) send_forget(self, self->id);
    self->is_over = false;
    self->id = 0;
}

/* ---- telling ---- */

static bool is_like(const rpi_told_call *self, const rpi_message *call)
{
    return self->is_over && !self->next && self->call->header.size == call->header.size &&
           rpi_packed_calls_match(self->call->data, call->data, (size_t)call->header.size);
}

/* The next one is like the last, and is sent as it is. */
static void send_next(rpi_told_call *self)
{
    rpi_message *call = self->next;
    forget(self);
    self->next = NULL;
    self->id = call->header.call.call;
    self->send(self->to, call);
}

/* NULL: no memory, and then the next call isn't compared with it. */
static rpi_message *copy_of(const rpi_message *call)
{
    size_t size = (size_t)call->header.size;
    rpi_message *copy = rpi_message_create(RPI_CALL, call->header.pool, size);
    if (copy) memcpy(copy->data, call->data, size);
    return copy;
}

void rpi_told_call_tell(rpi_told_call *self, rpi_message *call, bool names_memory)
{
    bool may_keep = !names_memory && call->header.size <= MOST_KEPT;
    if (may_keep && is_like(self, call)) {
        self->next = call;
        return;
    }
    if (self->next) send_next(self);
    forget(self);
    rpi_message_free(self->call);
    self->call = may_keep ? copy_of(call) : NULL;
    if (self->call) self->id = call->header.call.call;
    self->send(self->to, call);
}

void rpi_told_call_settle(rpi_told_call *self, uint64_t id)
{
    if (is_next(self, id)) send_next(self);
}

uint64_t rpi_told_call_begin(rpi_told_call *self, uint64_t id)
{
    if (!is_next(self, id)) return 0;
    uint64_t like = self->id;
    rpi_message_free(self->next);
    self->next = NULL;
    self->id = id;
    self->is_over = false;
    return like;
}

/* ---- the end ---- */

void rpi_told_call_end(rpi_told_call *self, uint64_t id)
{
    if (is_next(self, id)) { /* the member has never heard of it */
        rpi_message_free(self->next);
        self->next = NULL;
    } else if (self->id == id) {
        self->is_over = true;
    } else {
        send_forget(self, id);
    }
}

bool rpi_told_call_rest(rpi_told_call *self)
{
    bool is_over = self->is_over && !self->next;
    if (is_over) forget(self);
    return is_over;
}
