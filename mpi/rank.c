/*
 * rank.c: see rank.h. The calling thread talks to MPI; the teams of the pools run the parcels, and helpers open and close the teams.
 * Parcels, and pools that helpers had, come back through lists under the talker's mutex; everything else belongs to the talking thread.
 */
#include "rank.h"

#include "affinity.h"
#include "executor.h"
#include "rank_internal.h"
#include "zygote.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
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

static void hand_back(rank_pool *pool)
{
    rank *self = pool->rank;
    pthread_mutex_lock(&self->talker.mutex);
    pool->next_helped = self->helped;
    self->helped = pool;
    rpi_talker_wake(&self->talker);
    pthread_mutex_unlock(&self->talker.mutex);
}

static void *help(void *argument)
{
    rank_pool *pool = argument;
    if (pool->open) pool->status = open_team(pool->rank, pool->open, &pool->helped, &pool->error);
    else rpi_team_destroy(pool->helped);
    hand_back(pool);
    return NULL;
}

/* Without a thread it is done here and now: the coordinator hears nothing meanwhile. */
static void get_help(rank_pool *pool)
{
    pool->is_helped = true;
    pool->has_thread = pthread_create(&pool->helper, NULL, help, pool) == 0;
    if (!pool->has_thread) (void)help(pool);
}

static void end_help(rank_pool *pool)
{
    if (pool->has_thread) pthread_join(pool->helper, NULL);
    pool->has_thread = pool->is_helped = false;
}

/* True: the message is kept. */
static bool open_pool(rank *self, rpi_message *message)
{
    rank_pool *pool = calloc(1, sizeof *pool);
    if (!pool) {
        rpi_rank_reply(self, NULL);
        return false;
    }
    pool->rank = self;
    pool->id = message->header.pool;
    pool->open = message;
    pool->next = self->pools;
    self->pools = pool;
    get_help(pool);
    return true;
}

static rpi_message *make_opened(const rank *self, const rank_pool *pool)
{
    const char *text = pool->status == RP_OK ? "" : rp_error_text(&pool->error);
    rpi_message *opened = rpi_message_create(RPI_OPENED, pool->status == RP_OK ? sizeof(rp_rank_info) : strlen(text) + 1);
    if (!opened) return NULL;
    if (pool->status == RP_OK) {
        rp_rank_info info;
        rpi_affinity_rank_info(self->host, (int)rpi_team_n_workers(pool->team), &info);
        memcpy(opened->body, &info, sizeof info);
    } else {
        strcpy(opened->body, text);
        opened->header.number = (uint64_t)pool->error.code;
    }
    opened->header.pool = pool->id;
    opened->header.status = pool->status;
    return opened;
}

/* After its team is gone, and with it the last parcel. */
static void free_pool(rank_pool *pool)
{
    for (int slot = 0; slot < CALL_SLOTS; slot++)
        while (pool->calls[slot]) rpi_rank_forget_call(pool, pool->calls[slot]);
    rpi_message_free(pool->open);
    free(pool);
}

static void reply_closed(rank *self, uint64_t id)
{
    rpi_message *closed = rpi_message_create(RPI_CLOSED, 0);
    if (closed) closed->header.pool = id;
    rpi_rank_reply(self, closed);
}

/* Of a pool that is being opened, its end comes after that. */
static void close_pool(rank *self, rank_pool *pool, uint64_t id)
{
    if (!pool) {
        reply_closed(self, id);
        return;
    }
    pool->close_asked = true;
    if (pool->is_helped) return;
    pool->helped = pool->team;
    pool->team = NULL;
    get_help(pool);
}

static void finish_opening(rank *self, rank_pool *pool)
{
    pool->team = pool->status == RP_OK ? pool->helped : NULL;
    rpi_message_free(pool->open);
    pool->open = NULL;
    rpi_rank_reply(self, make_opened(self, pool));
    if (pool->close_asked) close_pool(self, pool, pool->id);
}

static void finish_closing(rank *self, rank_pool *pool)
{
    rank_pool **link = &self->pools;
    while (*link != pool) link = &(*link)->next;
    *link = pool->next;
    (void)rpi_rank_send_back(self);
    uint64_t id = pool->id;
    free_pool(pool);
    reply_closed(self, id);
}

/* What helpers are through with. */
static bool take_helped(rank *self)
{
    pthread_mutex_lock(&self->talker.mutex);
    rank_pool *pool = self->helped;
    self->helped = NULL;
    pthread_mutex_unlock(&self->talker.mutex);
    bool any = pool != NULL;
    while (pool) {
        rank_pool *next = pool->next_helped;
        end_help(pool);
        if (pool->open) finish_opening(self, pool);
        else finish_closing(self, pool);
        pool = next;
    }
    return any;
}

/* ---- the loop ---- */

/* `loss`: of the coordinator; NULL: it has lost another rank. */
static void end_lost(rank *self, const rp_error *loss)
{
    self->status = RP_LOST;
    if (loss) self->error = *loss;
    else rp_error_set(&self->error, RP_LOST, 0, "rank 0 ended the job, as another rank was lost");
}

static void handle(rank *self, rpi_message *message)
{
    bool kept = false;
    rank_pool *pool = rpi_rank_find_pool(self, message->header.pool);
    rank_call *call = rpi_rank_find_call(pool, message->header.call);
    switch ((rpi_message_kind)message->header.kind) {
    case RPI_OPEN: kept = open_pool(self, message); break;
    case RPI_CALL: rpi_rank_take_call(self, message); break;
    case RPI_WORK: kept = rpi_rank_take_work(self, message); break;
    case RPI_LIMIT: rpi_rank_take_limit(self, &message->header); break;
    case RPI_FORGET:
        if (call) rpi_rank_forget_call(pool, call);
        break;
    case RPI_CLOSE: close_pool(self, pool, message->header.pool); break;
    case RPI_STOP:
        self->stopped = true;
        if (message->header.status == RP_LOST) end_lost(self, NULL);
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
    rp_error loss;
    rp_status status = self->link->ops->receive(self->link, &from, &message, &loss);
    if (status == RP_OK) handle(self, message);
    else if (status == RP_LOST) end_lost(self, &loss);
    else if (status != RP_AGAIN) self->status = RP_LOST;
    return status == RP_OK;
}

static void serve(rank *self)
{
    while (!self->stopped && self->status == RP_OK) {
        bool any = rpi_rank_send_back(self);
        any = take_helped(self) || any;
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

/* What waits isn't begun any more. */
static void stop_calls(const rank_pool *pool)
{
    for (int slot = 0; slot < CALL_SLOTS; slot++)
        for (rank_call *call = pool->calls[slot]; call; call = call->next) {
            rpi_work_lower_limit(&call->work, 0);
            if (pool->team) rpi_team_interrupt(pool->team, &call->work);
        }
}

/* After a lost link there may be parcels: stopping the teams brings them all back, before the calls go that they are part of. */
static void free_rank(rank *self)
{
    for (rank_pool *pool = self->pools; pool; pool = pool->next) {
        bool opens = pool->is_helped && pool->open;
        stop_calls(pool);
        if (pool->is_helped) end_help(pool);
        if (opens && pool->status == RP_OK) pool->team = pool->helped;
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

void rpi_rank_linger(const rp_error *error)
{
    if (error->rank != 0) nanosleep(&(struct timespec){1, 0}, NULL);
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
    if (self.error.status != RP_OK && error) *error = self.error;
    else if (self.status != RP_OK) rp_error_set(error, self.status, 0, "rank %d ends: %s", link->rank, rp_status_text(self.status));
    link->is_broken = self.status != RP_OK;
    link->ops->destroy(link, self.stopped ? 5 : 0);
    return self.status;
}
