/* remote_member.c: see remote_member.h. All functions but the report run in the progress thread. */
#include "cluster/remote_member.h"

#include "base/clock.h"
#include "base/text.h"
#include "cluster/coordinator_turn.h"
#include "cluster/cutoffs.h"
#include "cluster/pool_life.h"
#include "cluster/reports.h"
#include "cluster/sharing.h"
#include "cluster/work_messages.h"
#include "task/not_begun.h"
#include "task/pack_call.h"

#include <string.h>

static void send_message(rpi_member_port *port, rpi_message *message)
{
    rpi_coordinator_send(port->pool->coordinator, port->rank, message);
}

/* ---- opening and closing ---- */

rpi_message *rpi_remote_member_open(const rpi_executor_config *config)
{
    const rpi_worker_config *worker = &config->worker;
    const char *name = worker->initializer ? worker->initializer->name : "";
    size_t options_size = rpi_options_packed_size(), name_size = strlen(name) + 1, size = worker->initializer_argument.size;
    rpi_message *message = rpi_message_create(RPI_OPEN, 0, options_size + name_size + size);
    if (!message) return NULL;
    rpi_options_pack(&worker->options, message->data);
    memcpy(message->data + options_size, name, name_size);
    if (size) memcpy(message->data + options_size + name_size, worker->initializer_argument.data, size);
    message->header.open.goes_on = config->on_loss.goes_on;
    message->header.open.n_threads = config->threads_given ? config->n_threads : 0;
    return message;
}

static void open_remote(rpi_member_port *port)
{
    const rpi_message *like = port->pool->open;
    rpi_message *message = rpi_message_create(RPI_OPEN, port->pool->id, (size_t)like->header.size);
    if (message) {
        message->header.open = like->header.open;
        memcpy(message->data, like->data, (size_t)like->header.size);
    }
    send_message(port, message);
}

static void close_remote(rpi_member_port *port) { send_message(port, rpi_message_create(RPI_CLOSE, port->pool->id, 0)); }

void rpi_remote_member_opened(rpi_coordinator_pool *pool, int rank, rpi_message **answer)
{
    rpi_message *message = *answer;
    rp_status status = (rp_status)message->header.opened.status;
    rp_rank_info info;
    if (status == RP_OK && message->header.size == sizeof info) {
        memcpy(&info, message->data, sizeof info);
        rpi_text_clean(info.host, sizeof info.host);
        rpi_text_clean(info.affinity, sizeof info.affinity);
        pool->members[rank].attaches = message->header.opened.attaches;
        info.shares_memory = pool->members[rank].attaches;
        rpi_pool_life_opened(pool, rank, &info);
    } else {
        rp_error why;
        if (status == RP_OK) status = RP_LOST;
        rp_error_set(&why, status, (int)message->header.opened.code, "%s", rpi_message_text(message, 0));
        rpi_pool_life_refused(pool, rank, &why);
    }
}

void rpi_remote_member_closed(rpi_coordinator_pool *pool, int rank, rpi_message **message)
{
    (void)message;
    rpi_pool_life_closed(pool, rank);
}

/* ---- items out ---- */

static void send_told(void *to, rpi_message *message)
{
    rpi_member_port *port = to;
    if (message && message->header.kind == RPI_CALL) rpi_reports_sent(port, message);
    send_message(port, message);
}

void rpi_remote_member_init(rpi_member_port *port) { port->told = (rpi_told_call){.send = send_told, .to = port}; }

static bool send_call(rpi_member_port *port, const rpi_work *work)
{
    rpi_namer at;
    rpi_call_places places;
    const rpi_namer *namer = rpi_sharing_namer(port, &at);
    rpi_message *message = rpi_call_message_pack(port->pool->id, work, namer);
    if (!message) return false;
    rpi_call_places_find(work, namer, &places);
    port->told.pool = port->pool->id;
    rpi_told_call_tell(&port->told, message, places.mask != 0);
    return true;
}

/* The call was cancelled, or begins none, in the moment in which a chunk is sent. None of its items may run then. A canceller was told so;
 * and a member that didn't know the call hasn't heard that it begins none. */
static void send_early_cutoff(rpi_member_port *port, const rpi_distribution_call *call, uint64_t cutoff)
{
    const rpi_work *work = call->owner;
    rpi_told_call_settle(&port->told, call->id);
    rpi_message *message = rpi_message_create(RPI_CUTOFF, port->pool->id, 0);
    if (message)
        message->header.cutoff = (rpi_cutoff){call->id, cutoff, rpi_work_begins_none(work), (uint64_t)atomic_load(&work->ends_running)};
    send_message(port, message);
}

static bool send_chunk(rpi_member_port *port, rpi_chunk *chunk)
{
    rpi_namer namer;
    const rpi_batch *batch = rpi_coordinator_batch_of(chunk);
    rpi_message *message = rpi_work_message_pack(port->pool->id, batch, chunk->first, chunk->count, rpi_sharing_namer(port, &namer));
    if (!message) return false;
    ((coordinator_chunk *)chunk)->placed = rpi_work_message_places_results(&message->header);
    rpi_work_sent *work = &message->header.work;
    work->call = chunk->entry->call->id;
    work->chunk = chunk->id;
    work->schedule = chunk->grains.kind;
    work->grain_size = chunk->grains.chunk;
    work->n_losses = chunk->n_losses;
    rpi_work_begin(batch->work);
    if (rpi_work_stopped(batch->work, 0)) send_early_cutoff(port, chunk->entry->call, 0);
    else if (rpi_work_begins_none(batch->work)) send_early_cutoff(port, chunk->entry->call, chunk->entry->call->cutoff);
    work->like = rpi_told_call_begin(&port->told, work->call);
    work->seed = batch->work->seed;
    rpi_reports_sent(port, message);
    send_message(port, message);
    return true;
}

static void send_recall(rpi_member_port *port, rpi_chunk *chunk)
{
    rpi_message *message = rpi_message_create(RPI_RECALL, port->pool->id, 0);
    if (message) message->header.recall = (rpi_recall){chunk->entry->call->id, chunk->id, chunk->recalled->first - chunk->first};
    send_message(port, message);
}

static void send_cutoff(rpi_member_port *port, const rpi_distribution_call *call)
{
    rpi_told_call_settle(&port->told, call->id);
    rpi_message *message = rpi_message_create(RPI_CUTOFF, port->pool->id, 0);
    if (message) message->header.cutoff = (rpi_cutoff){call->id, call->cutoff, call->begins_none, (uint64_t)call->ends_running};
    send_message(port, message);
}

static void send_forget(rpi_member_port *port, const rpi_distribution_call *call) { rpi_told_call_end(&port->told, call->id); }

/* ---- items back ---- */

void rpi_remote_member_returned(rpi_coordinator_pool *pool, int rank, rpi_message **message)
{
    const rpi_recalled *returned = &(*message)->header.recalled;
    rpi_chunk *chunk = rpi_distribution_find(&pool->distribution, rank, returned->chunk);
    if (chunk) (void)rpi_distribution_returned(&pool->distribution, chunk, returned->kept, rpi_seconds(rpi_now_ns()));
}

/* A client that has given the pool up has taken the sink away. */
void rpi_remote_member_logged(rpi_coordinator_pool *pool, int rank, rpi_message **message)
{
    (void)rank;
    size_t size = (size_t)(*message)->header.size; /* they are in memory */
    const char *lines = rpi_message_bytes(*message);
    bool is_sound = size == 0 || lines[size - 1] == '\n';
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    if (is_sound && pool->log.put) pool->log.put(pool->log.argument, lines, size, (*message)->header.logged.n_dropped);
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
}

void rpi_remote_member_accepted(rpi_coordinator_pool *pool, int rank, rpi_message **message)
{
    rpi_chunk *chunk = rpi_distribution_find(&pool->distribution, rank, (*message)->header.accepted.chunk);
    if (chunk) chunk->is_accepted = true;
}

/* ---- results in ---- */

/* Where the pool goes on after losses, a rank that was given up may not write to the caller's memory any more. One that shares memory with
 * this process is read by it, and has ended before it counts as lost (failure_detector.h). Of others MPI may go on to receive: their
 * results are copied from their message. */
char *rpi_remote_member_destination(const rpi_coordinator_pool *pool, int rank, const rpi_header *header)
{
    if (pool->on_loss.goes_on && !pool->members[rank].attaches) return NULL;
    const rpi_chunk *chunk = rpi_distribution_find(&pool->distribution, rank, header->done.chunk);
    return chunk ? rpi_done_message_destination(header, rpi_coordinator_batch_of(chunk), chunk->first, chunk->count) : NULL;
}

/* The first n failures of the batch are the message's. Those of items that didn't begin don't count as failed. A member may have lowered
 * its cutoff too, where there were very many. */
static uint64_t take_not_begun(rpi_batch *batch, uint64_t n)
{
    uint64_t found = rpi_not_begun_count(atomic_load(&batch->failures), n);
    if (found > 0) atomic_store(&batch->work->drained, true);
    return found;
}

/* Counts in the work what the member ran, as if it had run here. */
static void count(rpi_work *work, rpi_batch *batch, const rpi_done *done, bool sound)
{
    uint64_t n_failed = done->n_failures;
    if (sound && rpi_work_begins_none(work)) n_failed -= take_not_begun(batch, n_failed);
    bool failures_count = n_failed > 0 && batch->attempt >= work->max_attempts;
    /* A chunk without failures lowers the cutoff too: a failure in another chunk, which is still on its way, may have stopped it. Who sees
     * the failure counted finds the cutoff lowered. */
    if (sound && rpi_work_begins_none(work)) rpi_work_drain(work, done->cutoff);
    if (sound && work->on_error == RP_ON_ERROR_STOP) rpi_work_lower_cutoff(work, done->cutoff);
    if (failures_count) atomic_fetch_add(&work->n_failed, n_failed);
    else atomic_fetch_add(&work->n_repeated, n_failed);
    rpi_work_note_longest(work, done->longest_ns);
    atomic_fetch_add(&work->n_finished, done->n_run);
    atomic_fetch_add(&batch->n_run, done->n_run);
    if (failures_count) rpi_work_tell_of_failure(work);
    rpi_work_measure(work, done->n_run, done->busy_ns);
}

/* As many as the chunk has. Where this is wrong, nothing in the message is taken. */
static bool counts_are_right(const rpi_done *done, const rpi_chunk *chunk)
{
    return done->count == chunk->count && done->n_run <= chunk->count && done->n_failures <= chunk->count;
}

void rpi_remote_member_done(rpi_coordinator_pool *pool, int rank, rpi_message **message)
{
    rpi_done *done = &(*message)->header.done;
    rpi_chunk *chunk = rpi_distribution_find(&pool->distribution, rank, done->chunk);
    if (!chunk) return;
    rpi_reports_received(&pool->members[rank], *message);
    rpi_batch *batch = rpi_coordinator_batch_of(chunk);
    rp_status status = (rp_status)done->status;
    if (status == RP_OK &&
        (!counts_are_right(done, chunk) || !rpi_done_message_unpack(*message, batch, chunk->first, ((coordinator_chunk *)chunk)->placed)))
        status = RP_NO_MEMORY;
    if (done->n_run > chunk->count || done->n_failures > chunk->count) done->n_run = done->n_failures = 0;
    if (status != RP_OK) rpi_cutoffs_spoil(batch, status);
    count(batch->work, batch, done, status == RP_OK);
    chunk->held_s = rpi_seconds(done->held_ns);
    rpi_coordinator_take_back(pool, chunk, done->n_run, done->busy_ns);
}

const rpi_member_port_ops rpi_remote_member = {open_remote, close_remote, send_call,   send_chunk,
                                               send_recall, send_cutoff,  send_forget, rpi_reports_ask_rank};
