/*
 * rank.c: see rank.h. The calling thread talks to MPI; the teams of the pools run the parcels. Parcels come back through a list under the
 * talker's mutex, everything else belongs to the talking thread.
 */
#include "rank.h"

#include "affinity.h"
#include "clock.h"
#include "executor.h"
#include "talker.h"
#include "team.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One call, as this rank knows it. */
typedef struct rank_call {
    rpi_work work; /* first */
    struct rank_call *next;
} rank_call;

enum { CALL_SLOTS = 1024 };

typedef struct rank_pool {
    struct rank_pool *next;
    uint64_t id;
    rpi_team *team;
    rank_call *calls[CALL_SLOTS]; /* by their number */
} rank_pool;

/* Items that are here. */
typedef struct rank_parcel {
    struct rank_parcel *next;
    struct rank *rank;
    rpi_batch *batch;
    rpi_message *work, *done;
} rank_parcel;

typedef struct rank {
    rpi_link *link;
    char host[RP_ERROR_HOST_SIZE];
    rank_pool *pools;
    uint64_t n_parcels;
    rank_parcel *idle;
    bool stopped;
    rp_status status;
    rpi_talker talker;
    rank_parcel *back; /* guarded by the talker's mutex */
} rank;

/* A message that can't be made leaves the coordinator without an answer; better to end. */
static void reply(rank *self, rpi_message *message)
{
    if (!message) self->status = RP_NO_MEMORY;
    else if (self->link->ops->send(self->link, 0, message, NULL) != RP_OK) self->status = RP_LOST;
}

static rank_pool *find_pool(rank *self, uint64_t id)
{
    rank_pool *pool = self->pools;
    while (pool && pool->id != id) pool = pool->next;
    return pool;
}

static rank_call *find_call(rank_pool *pool, uint64_t id)
{
    rank_call *call = pool ? pool->calls[id % CALL_SLOTS] : NULL;
    while (call && call->work.id != id) call = call->next;
    return call;
}

/* ---- pools ---- */

static rp_status open_team(rank *self, rpi_message *message, rpi_team **team, rp_error *error)
{
    const char *name = rpi_message_text(message, 0), *from;
    size_t name_size = strlen(name) + 1;
    rpi_team_config config = {.rank = self->link->rank, .host = self->host, .remote = true};
    config.initializer_argument = (rp_bytes){message->body + name_size, message->header.body_size - name_size};
    config.n_workers = (unsigned)message->header.number;
    if (config.n_workers == 0) config.n_workers = (unsigned)rpi_affinity_threads(rpi_affinity_local_ranks(), &from);
    if (*name && !(config.initializer = rp_initializer_find(name)))
        return rp_error_set(error, RP_USAGE, 0, "rank %d doesn't know initializer %s", self->link->rank, name);
    return rpi_team_create(&config, rpi_executor_inner_crew(), team, error);
}

static void open_pool(rank *self, rpi_message *message)
{
    rp_error error;
    rank_pool *pool = calloc(1, sizeof *pool);
    rp_status status = pool ? open_team(self, message, &pool->team, &error) : rpi_error_no_memory(&error);
    const char *text = status == RP_OK ? "" : rp_error_text(&error);
    rpi_message *opened = rpi_message_create(RPI_OPENED, status == RP_OK ? sizeof(rp_rank_info) : strlen(text) + 1);
    if (opened && status == RP_OK) {
        rp_rank_info info;
        rpi_affinity_rank_info(self->host, (int)rpi_team_n_workers(pool->team), &info);
        memcpy(opened->body, &info, sizeof info);
    } else if (opened) {
        strcpy(opened->body, text);
        opened->header.number = (uint64_t)error.code;
    }
    if (opened) {
        opened->header.pool = message->header.pool;
        opened->header.status = status;
    }
    if (pool) {
        pool->id = message->header.pool;
        pool->next = self->pools;
        self->pools = pool;
    }
    reply(self, opened);
}

static void free_call(rank_pool *pool, rank_call *call)
{
    rank_call **link = &pool->calls[call->work.id % CALL_SLOTS];
    while (*link != call) link = &(*link)->next;
    *link = call->next;
    rpi_work_fini(&call->work);
    free(call);
}

static void free_pool(rank_pool *pool)
{
    rpi_team_destroy(pool->team);
    for (int slot = 0; slot < CALL_SLOTS; slot++)
        while (pool->calls[slot]) free_call(pool, pool->calls[slot]);
    free(pool);
}

static void close_pool(rank *self, uint64_t id)
{
    rpi_message *closed = rpi_message_create(RPI_CLOSED, 0);
    for (rank_pool **link = &self->pools; *link; link = &(*link)->next) {
        rank_pool *pool = *link;
        if (pool->id != id) continue;
        *link = pool->next;
        free_pool(pool);
        break;
    }
    if (closed) closed->header.pool = id;
    reply(self, closed);
}

/* ---- calls and parcels ---- */

static void take_call(rank *self, const rpi_message *message)
{
    rank_pool *pool = find_pool(self, message->header.pool);
    rank_call *call = calloc(1, sizeof *call);
    if (!pool || !call || rpi_message_unpack_call(message, &call->work, NULL) != RP_OK) {
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
    reply(self, done);
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
    batch->schedule = (rpi_schedule){.kind = (rp_schedule)header->schedule,
                                     .n_items = header->count,
                                     .chunk = header->chunk,
                                     .n_workers = rpi_team_n_workers(pool->team),
                                     .target_s = RPI_GRAIN_S};
    parcel->done = rpi_message_create_done(&call->work, header->count, &batch->results);
    if (!parcel->done || !rpi_message_unpack_work(message, batch)) {
        if (parcel->done) rpi_message_drop_results(batch);
        rpi_message_free(parcel->done);
        parcel->next = self->idle;
        self->idle = parcel;
        return false;
    }
    parcel->work = message;
    self->n_parcels++;
    rpi_team_submit(pool->team, batch);
    return true;
}

static bool take_work(rank *self, rpi_message *message)
{
    rank_pool *pool = find_pool(self, message->header.pool);
    rank_call *call = find_call(pool, message->header.call);
    if (call && start_parcel(self, pool, call, message)) return true;
    refuse_work(self, &message->header, call ? RP_NO_MEMORY : RP_USAGE);
    return false;
}

static void take_limit(rank *self, const rpi_header *header)
{
    rank_pool *pool = find_pool(self, header->pool);
    rank_call *call = find_call(pool, header->call);
    if (!call) return;
    rpi_work_lower_limit(&call->work, header->limit);
    rpi_team_interrupt(pool->team, &call->work);
}

static void send_done(rank *self, rank_parcel *parcel)
{
    rpi_batch *batch = parcel->batch;
    rpi_message *done = rpi_message_finish_done(parcel->done, batch);
    if (done) {
        rpi_header *header = &done->header;
        const rpi_header *work = &parcel->work->header;
        header->pool = work->pool;
        header->call = work->call;
        header->parcel = work->parcel;
        header->first = work->first;
        header->n_run = atomic_load(&batch->n_run);
        header->busy_ns = atomic_load(&batch->busy_ns);
        header->limit = atomic_load(&batch->work->limit);
    }
    rpi_message_drop_results(batch);
    rpi_message_free(parcel->work);
    parcel->work = parcel->done = NULL;
    parcel->next = self->idle;
    self->idle = parcel;
    self->n_parcels--;
    reply(self, done);
}

static bool send_back(rank *self)
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

/* ---- the loop ---- */

static void handle(rank *self, rpi_message *message)
{
    bool kept = false;
    rank_pool *pool = find_pool(self, message->header.pool);
    rank_call *call = find_call(pool, message->header.call);
    switch ((rpi_message_kind)message->header.kind) {
    case RPI_OPEN: open_pool(self, message); break;
    case RPI_CALL: take_call(self, message); break;
    case RPI_WORK: kept = take_work(self, message); break;
    case RPI_LIMIT: take_limit(self, &message->header); break;
    case RPI_FORGET:
        if (call) free_call(pool, call);
        break;
    case RPI_CLOSE: close_pool(self, message->header.pool); break;
    case RPI_STOP:
        self->stopped = true;
        reply(self, rpi_message_create(RPI_BYE, 0));
        break;
    default: break;
    }
    if (!kept) rpi_message_free(message);
}

static bool receive(rank *self)
{
    int from;
    rpi_message *message;
    rp_status status = self->link->ops->receive(self->link, &from, &message, NULL);
    if (status == RP_OK) handle(self, message);
    else if (status != RP_AGAIN) self->status = RP_LOST;
    return status == RP_OK;
}

static void serve(rank *self)
{
    while (!self->stopped && self->status == RP_OK) {
        bool any = send_back(self);
        any = receive(self) || any;
        if (any) {
            rpi_talker_event(&self->talker);
            continue;
        }
        rpi_quiet quiet = {
            .moving = self->link->ops->is_moving(self->link), .working = self->n_parcels > 0, .hungry = self->n_parcels == 1};
        rpi_talker_rest(&self->talker, &quiet, false);
    }
}

static void free_parcels(rank_parcel *parcel)
{
    while (parcel) {
        rank_parcel *next = parcel->next;
        if (parcel->done) rpi_message_drop_results(parcel->batch);
        rpi_message_free(parcel->work);
        rpi_message_free(parcel->done);
        rpi_batch_destroy(parcel->batch);
        free(parcel);
        parcel = next;
    }
}

/* After a lost link there may be parcels: stopping the teams brings them all back, before the calls go that they are part of. */
static void free_rank(rank *self)
{
    for (rank_pool *pool = self->pools; pool; pool = pool->next) {
        rpi_team_destroy(pool->team);
        pool->team = NULL;
    }
    free_parcels(self->idle);
    free_parcels(self->back);
    while (self->pools) {
        rank_pool *pool = self->pools;
        self->pools = pool->next;
        free_pool(pool);
    }
    rpi_talker_fini(&self->talker);
}

rp_status rpi_rank_serve(rpi_link *link, rp_error *error)
{
    rank self = {.link = link};
    gethostname(self.host, sizeof self.host - 1);
    rpi_talker_init(&self.talker);
    unsigned long slack = rpi_talker_prepare();
    serve(&self);
    free_rank(&self);
    rpi_talker_restore(slack);
    if (self.status != RP_OK) rp_error_set(error, self.status, 0, "rank %d ends: %s", link->rank, rp_status_text(self.status));
    link->ops->destroy(link, 5);
    return self.status;
}
