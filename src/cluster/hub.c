/* hub.c: the coordinator's thread: one turn after another, until the last rank has said BYE. See hub.h. */
#include "cluster/hub_internal.h"

#include "base/clock.h"
#include "base/prompt.h"

#include <stdlib.h>

static const double bye_timeout_s = 30;
enum { MOST_MESSAGES = 64 }; /* in one turn, before places are looked after */

int rpi_hub_n_ranks(const rpi_hub *hub) { return hub->n_ranks; }

void rpi_hub_send(rpi_hub *hub, int rank, rpi_message *message)
{
    bool goes = hub->status == RP_OK || (message && message->header.kind == RPI_STOP); /* given up: nothing but the end */
    if (hub->is_lost[rank] || (!goes && message)) rpi_message_free(message);
    else if (!message) hub->status = RP_NO_MEMORY;
    else if (hub->link->ops->send(hub->link, rank, message, NULL) != RP_OK) hub->status = RP_LOST;
}

static rpi_hub_pool *find_pool(rpi_hub *hub, uint64_t id)
{
    pthread_mutex_lock(&hub->talker.mutex);
    rpi_hub_pool *pool = hub->pools;
    while (pool && pool->id != id) pool = pool->next;
    pthread_mutex_unlock(&hub->talker.mutex);
    return pool;
}

/* For the link, in the talking thread. */
static char *place(void *argument, int rank, const rpi_header *header)
{
    rpi_hub_pool *pool = header->kind == RPI_DONE ? find_pool(argument, header->pool) : NULL;
    return pool ? rpi_parcels_place(pool, rank, header) : NULL;
}

/* Frees the message, or hands it on. */
static void handle(rpi_hub *hub, int rank, rpi_message *message)
{
    rpi_hub_pool *pool = find_pool(hub, message->header.pool);
    switch ((rpi_message_kind)message->header.kind) {
    case RPI_BYE: hub->n_byes++; break;
    case RPI_OPENED:
    case RPI_CLOSED:
        if (pool) rpi_hub_pool_answer(pool, rank, message);
        break;
    case RPI_DONE:
        if (pool) rpi_parcels_done(pool, rank, message);
        break;
    case RPI_REPORTED:
        if (pool) rpi_reports_answer(pool, rank, &message);
        break;
    default: break;
    }
    rpi_message_free(message);
}

/* A pool is only taken off the list by its client, once the talking thread has given the last answer; `next` is read under the mutex. */
static rpi_hub_pool *next_pool(rpi_hub *hub, rpi_hub_pool *pool)
{
    pthread_mutex_lock(&hub->talker.mutex);
    rpi_hub_pool *next = pool ? pool->next : hub->pools;
    pthread_mutex_unlock(&hub->talker.mutex);
    return next;
}

/* From here on nothing is sent to that rank, or waited for from it. */
static void lose_rank(rpi_hub *hub, int rank, const rp_error *loss)
{
    if (hub->is_lost[rank]) return;
    hub->is_lost[rank] = true;
    hub->n_lost++;
    pthread_mutex_lock(&hub->talker.mutex);
    if (hub->loss.status == RP_OK) hub->loss = *loss;
    pthread_mutex_unlock(&hub->talker.mutex);
    for (rpi_hub_pool *pool = next_pool(hub, NULL), *next; pool; pool = next) {
        next = next_pool(hub, pool);
        rpi_losses_of_rank(pool, rank, loss);
        rpi_reports_lose(pool, rank);
        rpi_hub_pool_lose(pool);
    }
}

/* The link is of no more use. */
static void lose_all_ranks(rpi_hub *hub)
{
    rp_error loss;
    const char *why = hub->status == RP_NO_MEMORY ? ": out of memory" : "";
    for (int rank = 1; rank < hub->n_ranks; rank++) {
        rp_error_set(&loss, RP_LOST, 0, "the connection to rank %d was lost%s", rank, why);
        loss.rank = rank;
        lose_rank(hub, rank, &loss);
    }
}

static bool receive(rpi_hub *hub)
{
    bool any = false;
    for (int i = 0; hub->link && i < MOST_MESSAGES; i++) {
        int rank;
        rpi_message *message;
        rp_error loss;
        rp_status status = hub->link->ops->receive(hub->link, &rank, &message, &loss);
        if (status == RP_AGAIN) break;
        if (status == RP_LOST) {
            lose_rank(hub, rank, &loss);
            continue;
        }
        if (status != RP_OK) {
            hub->status = RP_LOST;
            break;
        }
        handle(hub, rank, message);
        any = true;
    }
    return any;
}

static bool serve_pools(rpi_hub *hub, rpi_quiet *quiet)
{
    bool any = false;
    for (rpi_hub_pool *pool = next_pool(hub, NULL), *next; pool; pool = next) {
        next = next_pool(hub, pool); /* after the talk, it may be gone */
        any = rpi_parcels_take_in(pool) || any;
        any = rpi_parcels_send(pool) || any;
        rpi_parcels_quiet(pool, quiet);
        any = rpi_reports_talk(pool) || any;
        any = rpi_hub_pool_talk(pool) || any;
    }
    return any;
}

/* True when the hub may end. */
static bool say_goodbye(rpi_hub *hub)
{
    pthread_mutex_lock(&hub->talker.mutex);
    bool ending = hub->ending;
    pthread_mutex_unlock(&hub->talker.mutex);
    if (!ending) return false;
    for (int rank = 1; rank < hub->n_ranks && !hub->stop_sent; rank++) {
        rpi_message *stop = rpi_message_create(RPI_STOP, 0);
        if (stop) stop->header.status = hub->n_lost > 0 ? RP_LOST : RP_OK;
        rpi_hub_send(hub, rank, stop);
    }
    if (!hub->stop_sent) hub->stop_deadline_ns = rpi_deadline_ns(bye_timeout_s);
    hub->stop_sent = true;
    return hub->n_byes + hub->n_lost == hub->n_ranks - 1 || hub->status != RP_OK || rpi_now_ns() > hub->stop_deadline_ns;
}

static void *talk(void *argument)
{
    rpi_hub *hub = argument;
    (void)rpi_prompt_begin();
    while (!say_goodbye(hub)) {
        rpi_quiet quiet = {0};
        bool any = receive(hub);
        any = serve_pools(hub, &quiet) || any;
        if (hub->status != RP_OK) lose_all_ranks(hub);
        quiet.moving = hub->link && hub->link->ops->is_moving(hub->link);
        if (any) rpi_talker_event(&hub->talker);
        else rpi_talker_rest(&hub->talker, &quiet, !hub->link || hub->n_ranks == 1);
    }
    return NULL;
}

rp_status rpi_hub_create(rpi_link *link, rpi_hub **out, rp_error *error)
{
    rpi_hub *hub = calloc(1, sizeof *hub);
    if (!hub) return rpi_error_no_memory(error);
    hub->link = link;
    hub->n_ranks = link ? link->n_ranks : 1;
    if (link) {
        link->place = place;
        link->place_argument = hub;
    }
    hub->is_lost = calloc((size_t)hub->n_ranks, sizeof *hub->is_lost);
    if (!hub->is_lost) {
        free(hub);
        return rpi_error_no_memory(error);
    }
    rpi_talker_init(&hub->talker);
    int code = pthread_create(&hub->thread, NULL, talk, hub);
    if (code) {
        rpi_talker_fini(&hub->talker);
        free(hub->is_lost);
        free(hub);
        return rpi_error_system(error, code, "pthread_create");
    }
    *out = hub;
    return RP_OK;
}

rp_status rpi_hub_destroy(rpi_hub *hub, rp_error *error)
{
    pthread_mutex_lock(&hub->talker.mutex);
    hub->ending = true;
    rpi_talker_wake(&hub->talker);
    pthread_mutex_unlock(&hub->talker.mutex);
    pthread_join(hub->thread, NULL);
    rp_status status = hub->loss.status;
    if (status != RP_OK && error) *error = hub->loss;
    else if (hub->n_byes < hub->n_ranks - 1) status = rp_error_set(error, RP_LOST, 0, "a rank didn't answer at the end");
    if (hub->link) {
        hub->link->is_broken = status != RP_OK;
        hub->link->ops->destroy(hub->link, status == RP_OK ? 1 : 0);
    }
    rpi_talker_fini(&hub->talker);
    free(hub->is_lost);
    free(hub);
    return status;
}
