/* member_chunks.c: see member_chunks.h. */
#include "cluster/member_chunks.h"

#include "base/clock.h"
#include "cluster/member_log.h"
#include "task/claims.h"
#include "worker/executor.h"
#include "worker/team_queue.h"

#include <stdlib.h>

/* How long rank 0's client may take to come for results by itself: a quarter of the time that the chunk took, within these bounds. Less
 * than a wake costs isn't worth it; and another rank may wait for what rank 0 gives out next. */
static const uint64_t least_patience_ns = 10 * 1000, most_patience_ns = 100 * 1000;

static uint64_t patience_ns(uint64_t held_ns)
{
    uint64_t part = held_ns / 4;
    return part < least_patience_ns ? least_patience_ns : part > most_patience_ns ? most_patience_ns : part;
}

static void free_call(member_call *call)
{
    rpi_work_fini(&call->work);
    free(call);
}

/* Normally none of the call's chunks is left. After a lost link some may be. */
void rpi_member_forget_call(member_call *call)
{
    rpi_list_remove(&call->link);
    call->forgotten = true;
    if (call->n_chunks == 0) free_call(call);
}

static void leave_call(member_chunk *chunk)
{
    member_call *call = (member_call *)chunk->batch->work;
    rpi_list_remove(&chunk->here);
    if (--call->n_chunks == 0 && call->forgotten) free_call(call);
}

bool rpi_member_take_forget(member *self, rpi_message *message)
{
    member_pool *pool = rpi_member_find_pool(self, message->header.pool);
    member_call *call = rpi_member_find_call(pool, message->header.forget.call);
    if (call) rpi_member_forget_call(call);
    return false;
}

bool rpi_member_take_call(member *self, rpi_message *message)
{
    member_pool *pool = rpi_member_find_pool(self, message->header.pool);
    if (!pool) return false;
    member_call *call = calloc(1, sizeof *call);
    rp_status status = call ? rpi_call_message_unpack(message, &call->work, NULL) : RP_NO_MEMORY;
    if (status != RP_OK) {
        if (status == RP_NO_MEMORY) pool->lacks_call = true;
        free(call); /* its chunks will find no call, and are refused */
        return false;
    }
    rpi_list_init(&call->chunks);
    rpi_list_add_first(&pool->calls[call->work.id % CALL_BUCKETS], &call->link);
    return false;
}

/* In a worker's thread, which takes a turn next, so nobody has to be woken. Results are packed before that: copying gigabytes may take a
 * minute, in which this rank must not be silent. Not where items were given back: a recall that comes before the turn reads the count. */
static void chunk_done(rpi_batch *batch)
{
    member_chunk *chunk = batch->owner;
    chunk->is_packed = rpi_claims_end(batch) == batch->count;
    if (chunk->is_packed) chunk->done = rpi_done_message_finish(chunk->done, batch);
    pthread_mutex_lock(&chunk->member->progress_thread.mutex);
    rpi_list_add_last(&chunk->member->back, &chunk->link);
    rpi_progress_thread_leave_work(&chunk->member->progress_thread);
    pthread_mutex_unlock(&chunk->member->progress_thread.mutex);
}

static member_chunk *take_chunk(member *self)
{
    member_chunk *chunk = RPI_ENTRY(rpi_list_take_first(&self->idle), member_chunk, link);
    if (chunk) return chunk;
    chunk = calloc(1, sizeof *chunk);
    rpi_batch *batch = chunk ? rpi_batch_create() : NULL;
    if (!batch) {
        free(chunk);
        return NULL;
    }
    chunk->member = self;
    chunk->batch = batch;
    batch->owner = chunk;
    batch->done = chunk_done;
    return chunk;
}

void rpi_member_refuse_work(member *self, const rpi_header *header, rp_status status)
{
    rpi_message *done = rpi_message_create(RPI_DONE, header->pool, 0);
    if (done) {
        done->header.done.call = header->work.call;
        done->header.done.chunk = header->work.chunk;
        done->header.done.status = status;
    }
    rpi_member_reply(self, done);
}

/* Starts a chunk. True: the chunk has taken the message over. */
static bool start_chunk(member *self, member_pool *pool, member_call *call, rpi_message *message)
{
    member_chunk *chunk = take_chunk(self);
    if (!chunk) return false;
    const rpi_work_sent *header = &message->header.work;
    rpi_batch *batch = chunk->batch;
    rpi_batch_reset(batch, &call->work, 0, header->count);
    batch->first = header->first;
    batch->attempt = (unsigned)header->attempt;
    batch->earlier = (unsigned)header->earlier;
    batch->urgent = batch->attempt > 1;
    batch->schedule = (rpi_schedule){.kind = (rp_schedule)header->schedule,
                                     .n_items = header->count,
                                     .chunk = header->grain_size,
                                     .n_workers = rpi_team_n_at_once(pool->team),
                                     .target_s = RPI_GRAIN_S,
                                     .short_s = RPI_SHORT_GRAIN_S};
    batch->results = NULL;
    bool placed = rpi_work_message_places_results(&message->header);
    chunk->done = rpi_done_message_create(message->header.pool, &call->work, header->count, placed, &batch->results);
    if (call->work.reduction) batch->partials = rpi_partials_create(call->work.reduction);
    bool lacks = !chunk->done || (call->work.reduction && !batch->partials);
    if (lacks || rpi_work_message_unpack(message, batch, &chunk->held) != RP_OK) {
        rpi_done_message_drop_results(batch);
        rpi_message_free(chunk->done);
        chunk->done = NULL;
        rpi_list_add_first(&self->idle, &chunk->link);
        return false;
    }
    chunk->work = message;
    chunk->came_ns = rpi_now_ns();
    self->n_chunks++;
    call->n_chunks++;
    rpi_list_add_last(&call->chunks, &chunk->here);
    self->n_items += header->count;
    self->n_workers = rpi_team_n_at_once(pool->team);
    rpi_team_submit(pool->team, batch);
    return true;
}

/* Items that were with a lost rank may end this one too. What says that they are here has left this process before they begin. */
static void accept(member *self, const rpi_header *header)
{
    rpi_message *accepted = rpi_message_create(RPI_ACCEPTED, header->pool, 0);
    if (accepted) accepted->header.accepted = (rpi_accepted){header->work.call, header->work.chunk};
    rpi_member_reply(self, accepted);
    if (rpi_link_flush(self->link, NULL) != RP_OK && self->status == RP_OK) self->status = RP_LOST;
}

/* A call that is over becomes the one that a WORK is of. NULL: there is none. */
static member_call *renew_call(member_pool *pool, const rpi_work_sent *work)
{
    member_call *call = work->like ? rpi_member_find_call(pool, work->like) : NULL;
    if (!call || call->n_chunks > 0) return NULL;
    rpi_list_remove(&call->link);
    rpi_work_renew(&call->work, work->call, work->seed);
    rpi_list_add_first(&pool->calls[work->call % CALL_BUCKETS], &call->link);
    return call;
}

bool rpi_member_take_work(member *self, rpi_message *message)
{
    member_pool *pool = rpi_member_find_pool(self, message->header.pool);
    member_call *call = rpi_member_find_call(pool, message->header.work.call);
    if (!call) call = renew_call(pool, &message->header.work);
    if (message->header.work.n_losses > 0) accept(self, &message->header);
    if (call && pool->team && start_chunk(self, pool, call, message)) return true;
    bool unknown = !call && !(pool && pool->lacks_call);
    rpi_member_refuse_work(self, &message->header, unknown ? RP_USAGE : RP_NO_MEMORY);
    return false;
}

static member_chunk *find_chunk(const member_call *call, uint64_t id)
{
    if (!call) return NULL;
    RPI_LIST_EACH(at, &call->chunks) {
        member_chunk *chunk = RPI_ENTRY(at, member_chunk, here);
        if (chunk->work->header.work.chunk == id) return chunk;
    }
    return NULL;
}

/* A chunk that isn't here any more has been answered by its DONE. */
bool rpi_member_take_recall(member *self, rpi_message *message)
{
    const rpi_recall *recall = &message->header.recall;
    member_pool *pool = rpi_member_find_pool(self, message->header.pool);
    member_chunk *chunk = find_chunk(rpi_member_find_call(pool, recall->call), recall->chunk);
    if (!chunk || !pool->team) return false;
    uint64_t had = rpi_claims_end(chunk->batch), kept = rpi_team_take_back(pool->team, chunk->batch, recall->from);
    self->n_items -= had - kept;
    rpi_message *returned = rpi_message_create(RPI_RECALLED, message->header.pool, 0);
    if (returned) returned->header.recalled = (rpi_recalled){recall->call, recall->chunk, kept};
    rpi_member_reply(self, returned);
    return false;
}

bool rpi_member_take_cutoff(member *self, rpi_message *message)
{
    const rpi_header *header = &message->header;
    member_pool *pool = rpi_member_find_pool(self, header->pool);
    member_call *call = rpi_member_find_call(pool, header->cutoff.call);
    if (!call || !pool->team) return false;
    rpi_work_lower_cutoff(&call->work, header->cutoff.cutoff);
    if (header->cutoff.begins_none)
        rpi_work_end_running(&call->work, header->cutoff.ends_running > 1 ? 2 : (int)header->cutoff.ends_running);
    rpi_team_interrupt(pool->team, &call->work);
    return false;
}

static void send_done(member *self, member_chunk *chunk)
{
    rpi_batch *batch = chunk->batch;
    batch->count = rpi_claims_end(batch);
    if (!chunk->is_packed) chunk->done = rpi_done_message_finish(chunk->done, batch);
    self->n_items -= batch->count;
    self->item_s = rpi_work_item_s(batch->work);
    rpi_message *done = chunk->done; /* NULL: no memory */
    if (done) {
        rpi_done *fields = &done->header.done;
        fields->call = chunk->work->header.work.call;
        fields->chunk = chunk->work->header.work.chunk;
        fields->status = batch->status;
        fields->n_run = atomic_load(&batch->n_run);
        fields->busy_ns = atomic_load(&batch->busy_ns);
        fields->cutoff = atomic_load(&batch->work->cutoff);
        fields->held_ns = rpi_now_ns() - chunk->came_ns;
        self->patience_ns = patience_ns(fields->held_ns);
        fields->longest_ns = atomic_load(&batch->work->longest_ns);
    }
    rpi_done_message_drop_results(batch);
    rpi_message_free(chunk->work);
    rpi_held_release(&chunk->held);
    leave_call(chunk);
    chunk->work = chunk->done = NULL;
    rpi_list_add_first(&self->idle, &chunk->link);
    self->n_chunks--;
    rpi_member_reply(self, done);
}

bool rpi_member_send_back(member *self)
{
    rpi_list back;
    rpi_list_init(&back);
    pthread_mutex_lock(&self->progress_thread.mutex);
    rpi_list_take_all(&back, &self->back);
    pthread_mutex_unlock(&self->progress_thread.mutex);
    bool any = rpi_member_send_log(self) || !rpi_list_is_empty(&back); /* what the chunks' items have logged goes first */
    for (rpi_list_link *at; (at = rpi_list_take_first(&back));) send_done(self, RPI_ENTRY(at, member_chunk, link));
    return any;
}

void rpi_member_free_chunks(rpi_list *chunks)
{
    for (rpi_list_link *at; (at = rpi_list_take_first(chunks));) {
        member_chunk *chunk = RPI_ENTRY(at, member_chunk, link);
        if (chunk->work) {
            rpi_done_message_drop_results(chunk->batch);
            rpi_held_release(&chunk->held);
            leave_call(chunk);
        }
        rpi_message_free(chunk->work);
        rpi_message_free(chunk->done);
        rpi_batch_destroy(chunk->batch);
        free(chunk);
    }
}
