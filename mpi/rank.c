/*
 * rank.c: see rank.h. The calling thread talks to MPI; the teams of the pools run the parcels. Parcels come back through a list under the
 * talker's mutex, everything else belongs to the talking thread.
 */
#include "rank.h"

#include "affinity.h"
#include "executor.h"
#include "rank_internal.h"
#include "zygote.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A message that can't be made leaves the coordinator without an answer; better to end. */
void rpi_rank_reply(rank *self, rpi_message *message)
{
    if (!message) self->status = RP_NO_MEMORY;
    else if (self->link->ops->send(self->link, 0, message, NULL) != RP_OK) self->status = RP_LOST;
}

rank_pool *rpi_rank_find_pool(rank *self, uint64_t id)
{
    rank_pool *pool = self->pools;
    while (pool && pool->id != id) pool = pool->next;
    return pool;
}

rank_call *rpi_rank_find_call(rank_pool *pool, uint64_t id)
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
    size_t argument_size = message->header.body_size > name_size ? message->header.body_size - name_size : 0;
    config.initializer_argument = (rp_bytes){message->body + name_size, argument_size};
    config.isolation = (rp_isolation)message->header.status;
    config.max_tasks_per_child = message->header.limit;
    config.n_workers = (unsigned)message->header.number;
    if (config.n_workers == 0) config.n_workers = (unsigned)rpi_affinity_threads(rpi_affinity_local_ranks(), &from);
    if (*name && !(config.initializer = rp_initializer_find(name)))
        return rp_error_set(error, RP_USAGE, 0, "rank %d doesn't know initializer %s", self->link->rank, name);
    rp_status status = config.isolation ? rpi_zygote_start(error) : RP_OK;
    return status == RP_OK ? rpi_team_create(&config, rpi_executor_inner_crew(), team, error) : status;
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
    rpi_rank_reply(self, opened);
}

/* After its team is gone, and with it the last parcel. */
static void free_pool(rank_pool *pool)
{
    for (int slot = 0; slot < CALL_SLOTS; slot++)
        while (pool->calls[slot]) rpi_rank_forget_call(pool, pool->calls[slot]);
    free(pool);
}

static void close_pool(rank *self, uint64_t id)
{
    rpi_message *closed = rpi_message_create(RPI_CLOSED, 0);
    for (rank_pool **link = &self->pools; *link; link = &(*link)->next) {
        rank_pool *pool = *link;
        if (pool->id != id) continue;
        *link = pool->next;
        rpi_team_destroy(pool->team);
        (void)rpi_rank_send_back(self);
        free_pool(pool);
        break;
    }
    if (closed) closed->header.pool = id;
    rpi_rank_reply(self, closed);
}

/* ---- the loop ---- */

static void handle(rank *self, rpi_message *message)
{
    bool kept = false;
    rank_pool *pool = rpi_rank_find_pool(self, message->header.pool);
    rank_call *call = rpi_rank_find_call(pool, message->header.call);
    switch ((rpi_message_kind)message->header.kind) {
    case RPI_OPEN: open_pool(self, message); break;
    case RPI_CALL: rpi_rank_take_call(self, message); break;
    case RPI_WORK: kept = rpi_rank_take_work(self, message); break;
    case RPI_LIMIT: rpi_rank_take_limit(self, &message->header); break;
    case RPI_FORGET:
        if (call) rpi_rank_forget_call(pool, call);
        break;
    case RPI_CLOSE: close_pool(self, message->header.pool); break;
    case RPI_STOP:
        self->stopped = true;
        rpi_rank_reply(self, rpi_message_create(RPI_BYE, 0));
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
        bool any = rpi_rank_send_back(self);
        any = receive(self) || any;
        if (any) {
            rpi_talker_event(&self->talker);
            continue;
        }
        rpi_quiet quiet = {
            .moving = self->link->ops->is_moving(self->link), .working = self->n_parcels > 0, .hungry = self->n_parcels == 1};
        if (self->n_items > 0) quiet.slack_ns = (uint64_t)((double)self->n_items * self->item_s * 1e9 / self->n_workers);
        rpi_talker_rest(&self->talker, &quiet, false);
    }
}

/* After a lost link there may be parcels: stopping the teams brings them all back, before the calls go that they are part of. */
static void free_rank(rank *self)
{
    for (rank_pool *pool = self->pools; pool; pool = pool->next) {
        rpi_team_destroy(pool->team);
        pool->team = NULL;
    }
    rpi_rank_free_parcels(self->idle);
    rpi_rank_free_parcels(self->back);
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
