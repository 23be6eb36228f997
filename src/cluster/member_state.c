/* member_state.c: see member_state.h. */
#include "cluster/member_state.h"

/* Without memory for the message the coordinator would wait in vain, so the member ends. */
void rpi_member_reply(member *self, rpi_message *message)
{
    uint64_t kind = message ? message->header.kind : 0;
    if (!message) self->status = RP_NO_MEMORY;
    else if (self->link->ops->send(self->link, 0, message, NULL) != RP_OK) self->status = RP_LOST;
    else rpi_bells_plan(self->bells, 0, kind);
}

member_pool *rpi_member_find_pool(member *self, uint64_t id)
{
    RPI_LIST_EACH(at, &self->pools)
        if (RPI_ENTRY(at, member_pool, link)->id == id) return RPI_ENTRY(at, member_pool, link);
    return NULL;
}

member_call *rpi_member_find_call(member_pool *pool, uint64_t id)
{
    if (!pool) return NULL;
    RPI_LIST_EACH(at, &pool->calls[id % CALL_BUCKETS])
        if (RPI_ENTRY(at, member_call, link)->work.id == id) return RPI_ENTRY(at, member_call, link);
    return NULL;
}
