/*
 * member_pools.c: pools of a serving rank. Each team is made and ended in a thread of its own, the helper, so that the talking thread goes on
 * talking: initializers and tasks may take their time.
 *
 *     OPEN          helped --(helper through)--> OPENED, open
 *     CLOSE, open   helped --(helper through)--> CLOSED, gone
 *     CLOSE while it is being opened             remembered until OPENED
 */
#include "base/affinity.h"
#include "base/clock.h"
#include "cluster/member_state.h"
#include "isolate/zygote.h"
#include "record/report.h"
#include "worker/executor.h"

#include <stdlib.h>
#include <string.h>

static rp_status open_team(member *self, rpi_message *message, rpi_team **team, rp_error *error)
{
    size_t options_size = rpi_options_packed_size();
    const char *name = rpi_message_text(message, options_size), *from;
    size_t before_size = options_size + strlen(name) + 1, payload_size = message->header.payload_size;
    rpi_team_config config = {.rank = self->link->rank, .host = self->host, .remote = true, .one_of_many = true};
    rpi_worker_config *worker = &config.worker;
    rp_status status = rpi_options_unpack(message->payload, payload_size, &worker->options, error);
    if (status != RP_OK) return status;
    if (payload_size > before_size) worker->initializer_argument = (rp_bytes){message->payload + before_size, payload_size - before_size};
    config.n_workers = (unsigned)message->header.number;
    if (config.n_workers == 0) config.n_workers = (unsigned)rpi_affinity_threads(rpi_affinity_local_ranks(), &from);
    if (*name && !(worker->initializer = rp_initializer_find(name)))
        return rp_error_set(error, RP_USAGE, 0, "rank %d doesn't know initializer %s", self->link->rank, name);
    if (worker->options.isolation) status = rpi_zygote_start(error);
    return status == RP_OK ? rpi_team_create(&config, rpi_threads_default(), team, error) : status;
}

static void hand_back(member_pool *pool)
{
    member *self = pool->member;
    pthread_mutex_lock(&self->progress_thread.mutex);
    pool->next_helped = self->helped;
    self->helped = pool;
    rpi_progress_thread_wake(&self->progress_thread);
    pthread_mutex_unlock(&self->progress_thread.mutex);
}

static void *help(void *argument)
{
    member_pool *pool = argument;
    if (pool->open) pool->status = open_team(pool->member, pool->open, &pool->helped, &pool->error);
    else rpi_team_destroy(pool->helped);
    hand_back(pool);
    return NULL;
}

/* Threads are as those who made them, and workers shall not be as prompt as those who talk. */
static void *help_in_thread(void *argument)
{
    rpi_low_latency_end(&((member_pool *)argument)->member->before);
    return help(argument);
}

/* Without a thread it is done here and now: the coordinator hears nothing meanwhile. */
static void get_help(member_pool *pool)
{
    pool->is_helped = true;
    pool->has_thread = pthread_create(&pool->helper, NULL, help_in_thread, pool) == 0;
    if (!pool->has_thread) (void)help(pool);
}

void rpi_member_end_help(member_pool *pool)
{
    if (pool->has_thread) pthread_join(pool->helper, NULL);
    pool->has_thread = pool->is_helped = false;
}

/* True: the message is kept. */
bool rpi_member_open_pool(member *self, rpi_message *message)
{
    member_pool *pool = calloc(1, sizeof *pool);
    if (!pool) {
        rpi_member_reply(self, NULL);
        return false;
    }
    pool->member = self;
    pool->id = message->header.pool;
    pool->open = message;
    pool->next = self->pools;
    self->pools = pool;
    get_help(pool);
    return true;
}

static rpi_message *make_opened(const member *self, const member_pool *pool)
{
    const char *text = pool->status == RP_OK ? "" : rp_error_text(&pool->error);
    rpi_message *opened = rpi_message_create(RPI_OPENED, pool->status == RP_OK ? sizeof(rp_rank_info) : strlen(text) + 1);
    if (!opened) return NULL;
    if (pool->status == RP_OK) {
        rp_rank_info info;
        rpi_affinity_rank_info(self->host, (int)rpi_team_n_workers(pool->team), &info);
        memcpy(opened->payload, &info, sizeof info);
    } else {
        strcpy(opened->payload, text);
        opened->header.number = (uint64_t)pool->error.code;
    }
    opened->header.pool = pool->id;
    opened->header.status = pool->status;
    return opened;
}

void rpi_member_free_pool(member_pool *pool)
{
    for (int slot = 0; slot < CALL_BUCKETS; slot++)
        while (pool->calls[slot]) rpi_member_forget_call(pool, pool->calls[slot]);
    rpi_message_free(pool->open);
    free(pool);
}

static void reply_closed(member *self, uint64_t id)
{
    rpi_message *closed = rpi_message_create(RPI_CLOSED, 0);
    if (closed) closed->header.pool = id;
    rpi_member_reply(self, closed);
}

/* Of a pool that is being opened, its end comes after that. */
void rpi_member_close_pool(member *self, member_pool *pool, uint64_t id)
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

/* Without memory for the records, the time goes alone. */
static rpi_message *make_reported(const member_pool *pool, bool whole)
{
    rpi_worker *const *workers = pool && pool->team && whole ? rpi_team_workers(pool->team) : NULL;
    unsigned n = workers ? rpi_team_n_workers(pool->team) : 0;
    size_t size = workers ? rpi_report_pack_size(workers, n) : 0;
    rpi_message *reported = rpi_message_create(RPI_REPORTED, size);
    if (reported && workers) rpi_report_pack(workers, n, reported->payload, size);
    if (!reported && size > 0) reported = rpi_message_create(RPI_REPORTED, 0);
    return reported;
}

void rpi_member_report(member *self, const member_pool *pool, const rpi_header *question)
{
    uint64_t came_ns = rpi_now_ns();
    rpi_message *reported = make_reported(pool, question->status != 0);
    if (reported) {
        reported->header.pool = question->pool;
        reported->header.number = question->number;
        reported->header.first = came_ns;
        reported->header.count = rpi_now_ns();
    }
    rpi_member_reply(self, reported);
}

static void finish_opening(member *self, member_pool *pool)
{
    pool->team = pool->status == RP_OK ? pool->helped : NULL;
    rpi_message_free(pool->open);
    pool->open = NULL;
    rpi_member_reply(self, make_opened(self, pool));
    if (pool->close_asked) rpi_member_close_pool(self, pool, pool->id);
}

static void finish_closing(member *self, member_pool *pool)
{
    member_pool **link = &self->pools;
    while (*link != pool) link = &(*link)->next;
    *link = pool->next;
    (void)rpi_member_send_back(self);
    uint64_t id = pool->id;
    rpi_member_free_pool(pool);
    reply_closed(self, id);
}

/* What helpers are through with. */
bool rpi_member_take_helped(member *self)
{
    pthread_mutex_lock(&self->progress_thread.mutex);
    member_pool *pool = self->helped;
    self->helped = NULL;
    pthread_mutex_unlock(&self->progress_thread.mutex);
    bool any = pool != NULL;
    while (pool) {
        member_pool *next = pool->next_helped;
        rpi_member_end_help(pool);
        if (pool->open) finish_opening(self, pool);
        else finish_closing(self, pool);
        pool = next;
    }
    return any;
}
