/* rank_parcels.c: on a serving rank: what is known of calls, items that came, and their results on the way back. */
#include "cluster/rank_internal.h"
#include "worker/executor.h"

#include <stdlib.h>

static void free_call(rank_call *call)
{
    rpi_work_fini(&call->work);
    free(call);
}

/* Normally none of its parcels is here any more; after a lost link there may be. */
void rpi_rank_forget_call(rank_pool *pool, rank_call *call)
{
    rank_call **link = &pool->calls[call->work.id % CALL_SLOTS];
    while (*link != call) link = &(*link)->next;
    *link = call->next;
    call->forgotten = true;
    if (call->n_parcels == 0) free_call(call);
}

static void leave_call(rank_call *call)
{
    if (--call->n_parcels == 0 && call->forgotten) free_call(call);
}

void rpi_rank_take_call(rank *self, const rpi_message *message)
{
    rank_pool *pool = rpi_rank_find_pool(self, message->header.pool);
    if (!pool) return;
    rank_call *call = calloc(1, sizeof *call);
    rp_status status = call ? rpi_message_unpack_call(message, &call->work, NULL) : RP_NO_MEMORY;
    if (status != RP_OK) {
        if (status == RP_NO_MEMORY) pool->lacks_call = true;
        free(call); /* its parcels will find no call, and say so */
        return;
    }
    rank_call **slot = &pool->calls[call->work.id % CALL_SLOTS];
    call->next = *slot;
    *slot = call;
}

static void parcel_done(rpi_batch *batch)
{
    rank_parcel *parcel = batch->owner;
    rpi_talker *talker = &parcel->rank->talker;
    pthread_mutex_lock(&talker->mutex);
    parcel->next = parcel->rank->back;
    parcel->rank->back = parcel;
    rpi_talker_wake(talker);
    pthread_mutex_unlock(&talker->mutex);
}

static rank_parcel *take_parcel(rank *self)
{
    rank_parcel *parcel = self->idle;
    if (parcel) {
        self->idle = parcel->next;
        return parcel;
    }
    parcel = calloc(1, sizeof *parcel);
    rpi_batch *batch = parcel ? rpi_batch_create() : NULL;
    if (!batch) {
        free(parcel);
        return NULL;
    }
    parcel->rank = self;
    parcel->batch = batch;
    batch->owner = parcel;
    batch->done = parcel_done;
    return parcel;
}

static void refuse_work(rank *self, const rpi_header *header, rp_status status)
{
    rpi_message *done = rpi_message_create(RPI_DONE, 0);
    if (done) {
        done->header.pool = header->pool;
        done->header.call = header->call;
        done->header.parcel = header->parcel;
        done->header.status = status;
    }
    rpi_rank_reply(self, done);
}

/* True: the parcel has taken the message over. */
static bool start_parcel(rank *self, rank_pool *pool, rank_call *call, rpi_message *message)
{
    rank_parcel *parcel = take_parcel(self);
    if (!parcel) return false;
    const rpi_header *header = &message->header;
    rpi_batch *batch = parcel->batch;
    rpi_batch_reset(batch, &call->work, 0, header->count);
    batch->first = header->first;
    batch->attempt = (unsigned)header->number;
    batch->urgent = batch->attempt > 1;
    batch->schedule = (rpi_schedule){.kind = (rp_schedule)header->schedule,
                                     .n_items = header->count,
                                     .chunk = header->chunk,
                                     .n_workers = rpi_team_n_workers(pool->team),
                                     .target_s = RPI_GRAIN_S,
                                     .short_s = RPI_SHORT_GRAIN_S};
    parcel->done = rpi_message_create_done(&call->work, header->count, &batch->results);
    if (!parcel->done || !rpi_message_unpack_work(message, batch)) {
        if (parcel->done) rpi_message_drop_results(batch);
        rpi_message_free(parcel->done);
        parcel->done = NULL;
        parcel->next = self->idle;
        self->idle = parcel;
        return false;
    }
    parcel->work = message;
    self->n_parcels++;
    call->n_parcels++;
    self->n_items += header->count;
    self->n_workers = rpi_team_n_workers(pool->team);
    rpi_team_submit(pool->team, batch);
    return true;
}

bool rpi_rank_take_work(rank *self, rpi_message *message)
{
    rank_pool *pool = rpi_rank_find_pool(self, message->header.pool);
    rank_call *call = rpi_rank_find_call(pool, message->header.call);
    if (call && pool->team && start_parcel(self, pool, call, message)) return true;
    bool unknown = !call && !(pool && pool->lacks_call);
    refuse_work(self, &message->header, unknown ? RP_USAGE : RP_NO_MEMORY);
    return false;
}

void rpi_rank_take_limit(rank *self, const rpi_header *header)
{
    rank_pool *pool = rpi_rank_find_pool(self, header->pool);
    rank_call *call = rpi_rank_find_call(pool, header->call);
    if (!call || !pool->team) return;
    rpi_work_lower_limit(&call->work, header->limit);
    rpi_team_interrupt(pool->team, &call->work);
}

static void send_done(rank *self, rank_parcel *parcel)
{
    rpi_batch *batch = parcel->batch;
    self->n_items -= batch->count;
    self->item_s = rpi_work_item_s(batch->work);
    rpi_message *done = rpi_message_finish_done(parcel->done, batch);
    if (done) {
        rpi_header *header = &done->header;
        const rpi_header *work = &parcel->work->header;
        header->pool = work->pool;
        header->call = work->call;
        header->parcel = work->parcel;
        header->first = work->first;
        header->status = batch->status;
        header->n_run = atomic_load(&batch->n_run);
        header->busy_ns = atomic_load(&batch->busy_ns);
        header->limit = atomic_load(&batch->work->limit);
    }
    rpi_message_drop_results(batch);
    rpi_message_free(parcel->work);
    leave_call((rank_call *)batch->work);
    parcel->work = parcel->done = NULL;
    parcel->next = self->idle;
    self->idle = parcel;
    self->n_parcels--;
    rpi_rank_reply(self, done);
}

bool rpi_rank_send_back(rank *self)
{
    pthread_mutex_lock(&self->talker.mutex);
    rank_parcel *back = self->back;
    self->back = NULL;
    pthread_mutex_unlock(&self->talker.mutex);
    bool any = back != NULL;
    while (back) {
        rank_parcel *next = back->next;
        send_done(self, back);
        back = next;
    }
    return any;
}

void rpi_rank_free_parcels(rank_parcel *parcel)
{
    while (parcel) {
        rank_parcel *next = parcel->next;
        if (parcel->work) {
            rpi_message_drop_results(parcel->batch);
            leave_call((rank_call *)parcel->batch->work);
        }
        rpi_message_free(parcel->work);
        rpi_message_free(parcel->done);
        rpi_batch_destroy(parcel->batch);
        free(parcel);
        parcel = next;
    }
}
