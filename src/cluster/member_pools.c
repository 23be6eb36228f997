/* member_pools.c: see member_pools.h, and member_state.h for the states. */
#include "cluster/member_pools.h"

#include "base/affinity.h"
#include "base/clock.h"
#include "base/memory_share.h"
#include "base/regions.h"
#include "base/thread.h"
#include "base/thread_count.h"
#include "cluster/member_chunks.h"
#include "cluster/member_log.h"
#include "isolate/runner.h"
#include "isolate/zygote.h"
#include "record/report.h"
#include "worker/executor.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LOG = 64 << 10 }; /* bytes of lines that wait to be sent */

static rp_status count_workers(const member *self, unsigned *n_workers, rp_error *error)
{
    rpi_thread_count count;
    rp_error why;
    if (rpi_thread_count_find(rpi_affinity_local_ranks(), &count, &why) != RP_OK)
        return rp_error_set(error, RP_USAGE, 0, "rank %d, host %s: %s", self->link->rank, self->host, rp_error_text(&why));
    *n_workers = count.n;
    return RP_OK;
}

static rp_status fit_memory(const member *self, uint64_t per_item, unsigned *n_workers, rp_error *error)
{
    rp_error why;
    if (rpi_memory_share_limit(per_item, rpi_affinity_local_ranks(), n_workers, &why) == RP_OK) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "rank %d, host %s: %s", self->link->rank, self->host, rp_error_text(&why));
}

/* Workers without work take turns. */
static void hand_on(void *argument) { rpi_member_drive(argument, false); }
static void take_turn(void *argument) { rpi_member_drive(argument, true); }
static void begin_turns(void *argument) { rpi_progress_thread_join_in(&((member *)argument)->progress_thread); }
static void end_turns(void *argument)
{
    rpi_member_settle(argument);
    rpi_progress_thread_leave(&((member *)argument)->progress_thread);
}
static void settle(void *argument) { rpi_member_settle(argument); }
static bool is_taken(void *argument, int core) { return rpi_bells_is_taken(((member *)argument)->bells, core); }

static rp_status open_team(member *self, member_pool *pool, rpi_message *message, rpi_team **team, rp_error *error)
{
    size_t options_size = rpi_options_packed_size(), size = (size_t)message->header.size;
    const char *name = rpi_message_text(message, options_size);
    size_t argument_at = options_size + strlen(name) + 1;
    rpi_team_config config = {.rank = self->link->rank,
                              .host = self->host,
                              .remote = true,
                              .one_of_many = true,
                              .idle = {hand_on, take_turn, begin_turns, end_turns, settle, .argument = self}};
    rpi_worker_config *worker = &config.worker;
    worker->runner = &rpi_runner_sandboxes;
    worker->log = rpi_member_log_sink(pool);
    rp_status status = rpi_options_unpack(message->data, size, &worker->options, error);
    if (status != RP_OK) return status;
    if (size > argument_at) worker->initializer_argument = (rp_bytes){message->data + argument_at, size - argument_at};
    config.n_workers = (unsigned)message->header.open.n_threads;
    if (config.n_workers == 0) status = count_workers(self, &config.n_workers, error);
    if (status == RP_OK) status = fit_memory(self, worker->options.memory_per_item, &config.n_workers, error);
    if (status != RP_OK) return status;
    if (*name && !(worker->initializer = rp_initializer_find(name)))
        return rp_error_set(error, RP_USAGE, 0, "rank %d doesn't know initializer %s", self->link->rank, name);
    if (config.n_workers == 1) config.idle.is_taken = is_taken;
    if (worker->options.isolation) status = rpi_zygote_start(error);
    return status == RP_OK ? rpi_team_create(&config, rpi_threads_default(), team, error) : status;
}

static void hand_back(member_pool *pool)
{
    member *self = pool->member;
    pthread_mutex_lock(&self->progress_thread.mutex);
    rpi_list_add_last(&self->helped, &pool->helped_link);
    rpi_progress_thread_wake(&self->progress_thread);
    pthread_mutex_unlock(&self->progress_thread.mutex);
}

static void *help(void *argument)
{
    member_pool *pool = argument;
    if (pool->open) pool->status = open_team(pool->member, pool, pool->open, &pool->helped, &pool->error);
    else rpi_team_destroy(pool->helped);
    hand_back(pool);
    return NULL;
}

/* A thread inherits the low latency that its creator asked for. Workers don't need it. */
static void *help_in_thread(void *argument)
{
    rpi_low_latency_end(&((member_pool *)argument)->member->before);
    return help(argument);
}

/* Starts a helper. If there is no thread for it, the progress thread does its work. Not the thread that takes this turn: it may be of the
 * team that is to end. The helper doesn't read the state, as that may change to OPENING_ENDS. It makes a team if there is an OPEN. */
static void get_help(member_pool *pool, member_pool_state state)
{
    pool->state = state;
    pool->has_thread = rpi_thread_create(&pool->helper, 0, help_in_thread, pool) == 0;
    pool->lacks_thread = !pool->has_thread;
    if (pool->lacks_thread) rpi_progress_thread_call(&pool->member->progress_thread);
}

/* The coordinator hears nothing meanwhile. */
bool rpi_member_help_oneself(member *self)
{
    bool any = false;
    RPI_LIST_EACH_SAFE(at, following, &self->pools) {
        member_pool *pool = RPI_ENTRY(at, member_pool, link);
        if (!pool->lacks_thread) continue;
        pool->lacks_thread = false;
        (void)help(pool);
        any = true;
    }
    return any;
}

void rpi_member_end_help(member_pool *pool)
{
    if (pool->has_thread) pthread_join(pool->helper, NULL);
    pool->has_thread = false;
    if (pool->state != MEMBER_CLOSING && pool->status == RP_OK) pool->team = pool->helped;
    pool->helped = NULL;
}

/* True: the handler keeps the message. */
bool rpi_member_take_open(member *self, rpi_message *message)
{
    member_pool *pool = calloc(1, sizeof *pool);
    if (!pool) {
        rpi_member_reply(self, NULL);
        return false;
    }
    if (message->header.open.goes_on) rpi_link_leave_launcher(self->link);
    pool->member = self;
    rpi_line_buffer_init(&pool->log, MOST_LOG);
    pool->id = message->header.pool;
    pool->open = message;
    for (int k = 0; k < CALL_BUCKETS; k++) rpi_list_init(&pool->calls[k]);
    rpi_list_add_first(&self->pools, &pool->link);
    get_help(pool, MEMBER_OPENING);
    return true;
}

/* Tries to have the coordinator's memory. */
static bool attaches_regions(const rpi_open *open)
{
    const rpi_region *region;
    if (rpi_regions_attach(&open->region, true, &region, NULL) != RP_OK) return false;
    rpi_regions_release(region);
    rpi_regions_forget(open->region.token);
    return true;
}

static rpi_message *make_opened(const member *self, const member_pool *pool)
{
    const char *text = pool->status == RP_OK ? "" : rp_error_text(&pool->error);
    rpi_message *opened = rpi_message_create(RPI_OPENED, pool->id, pool->status == RP_OK ? sizeof(rp_rank_info) : strlen(text) + 1);
    if (!opened) return NULL;
    if (pool->status == RP_OK) {
        rp_rank_info info;
        rpi_affinity_rank_info(self->host, (int)rpi_team_n_workers(pool->team), &info);
        memcpy(opened->data, &info, sizeof info);
    } else {
        strcpy(opened->data, text);
        opened->header.opened.code = (uint64_t)pool->error.code;
    }
    opened->header.opened.status = pool->status;
    opened->header.opened.attaches = attaches_regions(&pool->open->header.open);
    return opened;
}

void rpi_member_free_pool(member_pool *pool)
{
    for (int k = 0; k < CALL_BUCKETS; k++)
        RPI_LIST_EACH_SAFE(at, following, &pool->calls[k]) rpi_member_forget_call(RPI_ENTRY(at, member_call, link));
    rpi_message_free(pool->open);
    rpi_line_buffer_fini(&pool->log);
    free(pool);
}

static void reply_closed(member *self, uint64_t id) { rpi_member_reply(self, rpi_message_create(RPI_CLOSED, id, 0)); }

static void close_pool(member_pool *pool)
{
    pool->helped = pool->team;
    pool->team = NULL;
    get_help(pool, MEMBER_CLOSING);
}

bool rpi_member_take_close(member *self, rpi_message *message)
{
    member_pool *pool = rpi_member_find_pool(self, message->header.pool);
    if (!pool) reply_closed(self, message->header.pool);
    else if (pool->state == MEMBER_OPENING) pool->state = MEMBER_OPENING_ENDS;
    else if (pool->state == MEMBER_OPEN) close_pool(pool);
    return false;
}

/* Without memory for the records it sends the time alone. */
static rpi_message *make_reported(const member_pool *pool, uint64_t id, bool whole)
{
    rpi_recorder *const *recorders = pool && pool->team && whole ? rpi_team_recorders(pool->team) : NULL;
    unsigned n = recorders ? rpi_team_n_workers(pool->team) : 0;
    size_t size = recorders ? rpi_report_pack_size(recorders, n) : 0;
    rpi_message *reported = rpi_message_create(RPI_REPORTED, id, size);
    if (reported && recorders) rpi_report_pack(recorders, n, reported->data, size);
    if (!reported && size > 0) reported = rpi_message_create(RPI_REPORTED, id, 0);
    return reported;
}

bool rpi_member_take_report(member *self, rpi_message *message)
{
    uint64_t came_ns = rpi_now_ns();
    const rpi_header *question = &message->header;
    const member_pool *pool = rpi_member_find_pool(self, question->pool);
    rpi_message *reported = make_reported(pool, question->pool, question->report.whole);
    if (reported) {
        reported->header.reported.question = question->report.question;
        reported->header.reported.came_ns = came_ns;
        reported->header.reported.went_ns = rpi_now_ns();
    }
    rpi_member_reply(self, reported);
    return false;
}

static void finish_opening(member *self, member_pool *pool)
{
    bool ends = pool->state == MEMBER_OPENING_ENDS;
    pool->state = MEMBER_OPEN;
    rpi_member_reply(self, make_opened(self, pool));
    rpi_message_free(pool->open);
    pool->open = NULL;
    if (ends) close_pool(pool);
}

static void finish_closing(member *self, member_pool *pool)
{
    (void)rpi_member_send_log(self);
    rpi_list_remove(&pool->link);
    (void)rpi_member_send_back(self);
    uint64_t id = pool->id;
    rpi_member_free_pool(pool);
    reply_closed(self, id);
}

/* Takes what helpers have finished. */
bool rpi_member_take_helped(member *self)
{
    rpi_list helped;
    rpi_list_init(&helped);
    pthread_mutex_lock(&self->progress_thread.mutex);
    rpi_list_take_all(&helped, &self->helped);
    pthread_mutex_unlock(&self->progress_thread.mutex);
    bool any = !rpi_list_is_empty(&helped);
    for (rpi_list_link *at; (at = rpi_list_take_first(&helped));) {
        member_pool *pool = RPI_ENTRY(at, member_pool, helped_link);
        rpi_member_end_help(pool);
        if (pool->state == MEMBER_CLOSING) finish_closing(self, pool);
        else finish_opening(self, pool);
    }
    return any;
}
