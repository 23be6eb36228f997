/* coordinator.c: see coordinator.h. The turns, and the progress thread, which takes them until the last rank has sent BYE. */
#include "cluster/coordinator.h"

#include "cluster/coordinator_turn.h"
#include "cluster/copies.h"
#include "cluster/losses.h"
#include "cluster/pool_life.h"
#include "cluster/remote_member.h"
#include "cluster/reports.h"
#include "cluster/sharing.h"

#include "base/clock.h"
#include "base/low_latency.h"
#include "base/thread.h"

#include <stdlib.h>

static const double bye_timeout_s = 30;
enum { MOST_MESSAGES = 64 }; /* in one turn, before the pools have theirs */

int rpi_coordinator_n_ranks(const rpi_coordinator *coordinator) { return coordinator->n_ranks; }

/* The pool of that id, if the rank is a member of it. */
static rpi_coordinator_pool *find_pool(rpi_coordinator *coordinator, int rank, uint64_t id)
{
    pthread_mutex_lock(&coordinator->progress_thread.mutex);
    rpi_list_link *at = rpi_list_first(&coordinator->pools);
    while (at && RPI_ENTRY(at, rpi_coordinator_pool, link)->id != id) at = rpi_list_next(&coordinator->pools, at);
    pthread_mutex_unlock(&coordinator->progress_thread.mutex);
    rpi_coordinator_pool *pool = RPI_ENTRY(at, rpi_coordinator_pool, link);
    return pool && rank < pool->n_ranks ? pool : NULL;
}

/* The link's `destination`. In the progress thread. */
static char *destination(void *argument, int rank, const rpi_header *header)
{
    rpi_coordinator_pool *pool = header->kind == RPI_DONE ? find_pool(argument, rank, header->pool) : NULL;
    return pool ? rpi_remote_member_destination(pool, rank, header) : NULL;
}

static void take_bye(rpi_coordinator *coordinator, int rank, const rpi_message *message)
{
    (void)rank, (void)message;
    coordinator->n_byes++;
}

/* One handler for each kind: `take` for a message about the coordinator, `take_for_pool` for one about a pool. A handler that takes the
 * message over sets it to NULL. A message about an unknown or closed pool, or one that its rank is no member of, is ignored. */
typedef struct handler {
    void (*take)(rpi_coordinator *coordinator, int rank, const rpi_message *message);
    void (*take_for_pool)(rpi_coordinator_pool *pool, int rank, rpi_message **message);
} handler;

static void take_bell(rpi_coordinator *coordinator, int rank, const rpi_message *message)
{
    if (!coordinator->bells) return;
    rpi_bells_take(coordinator->bells, rank, message);
    rpi_message *answer = rpi_bells_tell(coordinator->bells, rank);
    if (answer) rpi_coordinator_send(coordinator, rank, answer);
}

static const handler handlers[] = {
    [RPI_ACCEPTED] = {.take_for_pool = rpi_remote_member_accepted},
    [RPI_BELL] = {.take = take_bell},
    [RPI_BYE] = {.take = take_bye},
    [RPI_OPENED] = {.take_for_pool = rpi_remote_member_opened},
    [RPI_CLOSED] = {.take_for_pool = rpi_remote_member_closed},
    [RPI_DONE] = {.take_for_pool = rpi_remote_member_done},
    [RPI_LOGGED] = {.take_for_pool = rpi_remote_member_logged},
    [RPI_RECALLED] = {.take_for_pool = rpi_remote_member_returned},
    [RPI_REPORTED] = {.take_for_pool = rpi_reports_answer},
    [RPI_SHARED] = {.take_for_pool = rpi_copies_shared},
};

/* A message that doesn't fit its description is ignored. True: it was the last that is awaited for its pool, as far as is known. */
static bool handle(rpi_coordinator *coordinator, int rank, rpi_message *message)
{
    uint64_t kind = message->header.kind;
    if (rpi_bells_hear(coordinator->bells, rank, kind)) rpi_progress_thread_hear(&coordinator->progress_thread);
    bool sound = rpi_message_check(message, false, NULL) == RP_OK;
    handler with = sound && kind < sizeof handlers / sizeof *handlers ? handlers[kind] : (handler){NULL, NULL};
    rpi_coordinator_pool *pool = with.take_for_pool ? find_pool(coordinator, rank, message->header.pool) : NULL;
    if (with.take) with.take(coordinator, rank, message);
    if (pool) with.take_for_pool(pool, rank, &message); /* which may be the end of it */
    rpi_message_free(message);
    return pool && kind == RPI_DONE && pool->distribution.dispatch.n_items_out == 0;
}

/* Clients add pools to the list, so it is read under the mutex. The progress thread alone takes pools off. */
static rpi_coordinator_pool *next_pool(rpi_coordinator *coordinator, rpi_coordinator_pool *pool)
{
    pthread_mutex_lock(&coordinator->progress_thread.mutex);
    rpi_list_link *next = pool ? rpi_list_next(&coordinator->pools, &pool->link) : rpi_list_first(&coordinator->pools);
    pthread_mutex_unlock(&coordinator->progress_thread.mutex);
    return RPI_ENTRY(next, rpi_coordinator_pool, link);
}

static void tell_pool(rpi_coordinator_pool *pool, int rank, const rp_error *loss)
{
    if (pool->on_loss.goes_on) rpi_losses_take_over(pool, rank, loss);
    else rpi_losses_of_rank(pool, rank, loss);
    pool->coordinator->was_stopped |= !pool->on_loss.goes_on;
    rpi_reports_lose(pool, rank);
    rpi_copies_lose(pool);
    rpi_pool_life_lose(pool, rank);
}

/* From here on nothing is sent to the rank, and nothing is expected from it. */
static void lose_rank(rpi_coordinator *coordinator, int rank, const rp_error *loss)
{
    if (coordinator->is_lost[rank]) return;
    coordinator->is_lost[rank] = true;
    coordinator->n_lost++;
    pthread_mutex_lock(&coordinator->progress_thread.mutex);
    if (coordinator->loss.status == RP_OK) coordinator->loss = *loss;
    pthread_mutex_unlock(&coordinator->progress_thread.mutex);
    for (rpi_coordinator_pool *pool = next_pool(coordinator, NULL), *next; pool; pool = next) {
        next = next_pool(coordinator, pool);
        tell_pool(pool, rank, loss);
    }
}

/* When the link has failed. */
static void lose_all_ranks(rpi_coordinator *coordinator)
{
    rp_error loss;
    const char *why = coordinator->status == RP_NO_MEMORY ? ": out of memory" : "";
    for (int rank = 1; rank < coordinator->n_ranks; rank++) {
        rp_error_set(&loss, RP_LOST, 0, "the connection to rank %d was lost%s", rank, why);
        loss.rank = rank;
        lose_rank(coordinator, rank, &loss);
    }
}

static bool receive(rpi_coordinator *coordinator, rpi_receives receives)
{
    bool any = false;
    for (int i = 0; coordinator->link && i < MOST_MESSAGES; i++) {
        int rank;
        rpi_message *message;
        rp_error loss;
        rp_status status = coordinator->link->ops->receive(coordinator->link, &rank, &message, &loss);
        if (status == RP_AGAIN) break;
        if (status != RP_OK && status != RP_LOST) {
            coordinator->status = RP_LOST;
            break;
        }
        any = true;
        if (status == RP_LOST) {
            lose_rank(coordinator, rank, &loss);
            continue;
        }
        bool is_last = handle(coordinator, rank, message);
        if (is_last && receives == RPI_RECEIVES_SOME && !rpi_link_has_news(coordinator->link, false)) break;
    }
    return any;
}

static bool grant_wishes(rpi_coordinator_pool *pool)
{
    bool any = rpi_reports_step(pool);
    any = rpi_copies_step(pool) || any;
    return rpi_pool_life_step(pool) || any;
}

static bool serve_pools(rpi_coordinator *coordinator)
{
    bool any = false;
    rpi_left left = {.next = NULL};
    do {
        rpi_coordinator_pool *pool = rpi_coordinator_take_left(coordinator, left.next, &left);
        if (!pool) break;
        any = rpi_coordinator_take_in(pool, &left) || any;
        any = rpi_coordinator_carry_out(pool) || any;
        any = (left.has_wishes && grant_wishes(pool)) || any; /* the pool may end by it */
    } while (left.next);
    any = rpi_sharing_step(coordinator) || any;
    rpi_coordinator_flush(coordinator);
    return any;
}

/* After losses that no call has noticed. */
static bool went_on(const rpi_coordinator *coordinator) { return coordinator->goes_on && !coordinator->was_stopped; }

/* Sends STOP once the coordinator is to end. True: it may end now. */
static bool say_goodbye(rpi_coordinator *coordinator)
{
    pthread_mutex_lock(&coordinator->progress_thread.mutex);
    bool ending = coordinator->ending;
    pthread_mutex_unlock(&coordinator->progress_thread.mutex);
    if (!ending) return false;
    for (int rank = 1; rank < coordinator->n_ranks && !coordinator->stop_sent; rank++) {
        rpi_message *stop = rpi_message_create(RPI_STOP, 0, 0);
        if (stop) stop->header.stop = (rpi_stop){coordinator->n_lost > 0, went_on(coordinator)};
        rpi_coordinator_send(coordinator, rank, stop);
    }
    if (!coordinator->stop_sent) coordinator->stop_deadline_ns = rpi_deadline_ns(bye_timeout_s);
    coordinator->stop_sent = true;
    return coordinator->n_byes + coordinator->n_lost == coordinator->n_ranks - 1 || coordinator->status != RP_OK ||
           rpi_now_ns() > coordinator->stop_deadline_ns;
}

/* There is nothing to do: sends what was kept back. */
static bool send_last(rpi_coordinator *coordinator)
{
    bool any = false;
    for (rpi_coordinator_pool *pool = next_pool(coordinator, NULL); pool; pool = next_pool(coordinator, pool))
        for (int rank = 1; rank < pool->n_ranks; rank++)
            if (!coordinator->is_lost[rank]) any = rpi_told_call_rest(&pool->members[rank].told) || any;
    if (any) rpi_coordinator_flush(coordinator);
    return any;
}

/* How long the progress thread may sleep goes by this. With the baton. */
static void look_around(rpi_coordinator *coordinator, rpi_poll_state *poll)
{
    const rpi_link *link = coordinator->link;
    for (rpi_coordinator_pool *pool = next_pool(coordinator, NULL); pool; pool = next_pool(coordinator, pool))
        rpi_coordinator_poll_state(pool, poll);
    if (!link) return;
    poll->moving = link->ops->is_moving(link);
    poll->sending = link->ops->is_sending && link->ops->is_sending(link);
    poll->rings = rpi_bells_all_ring(coordinator->bells, coordinator->n_ranks - 1);
}

/* What was left goes out before messages are looked for. A thread that spins looks for them in its next turn; every other turn at least
 * does. */
static bool take_turn(rpi_coordinator *coordinator, bool is_told, rpi_receives receives)
{
    bool any = is_told && serve_pools(coordinator);
    bool puts_off = any && receives == RPI_RECEIVES_SOME && !coordinator->has_put_off;
    coordinator->has_put_off = puts_off;
    bool has_received = !puts_off && receives != RPI_RECEIVES_NONE && receive(coordinator, receives);
    if (has_received || !is_told) any = serve_pools(coordinator) || any || has_received;
    if (coordinator->status != RP_OK) lose_all_ranks(coordinator);
    return any;
}

static bool is_cut_short(rpi_coordinator *coordinator)
{
    return rpi_progress_thread_may_cut_short(&coordinator->progress_thread) &&
           !(coordinator->link && rpi_link_has_news(coordinator->link, true));
}

void rpi_coordinator_drive(rpi_coordinator *coordinator, bool receives, bool *any)
{
    rpi_progress_thread *progress_thread = &coordinator->progress_thread;
    *any = false;
    if (!receives && !rpi_progress_thread_is_told(progress_thread)) return;
    if (!rpi_progress_thread_try_turn(progress_thread, receives)) return;
    if (!coordinator->is_over && !(receives && is_cut_short(coordinator)))
        *any =
            take_turn(coordinator, rpi_progress_thread_begin(progress_thread, receives), receives ? RPI_RECEIVES_SOME : RPI_RECEIVES_NONE);
    rpi_progress_thread_end_own_turn(progress_thread, *any);
}

void rpi_coordinator_drive_once(rpi_coordinator *coordinator, bool *any)
{
    rpi_progress_thread *progress_thread = &coordinator->progress_thread;
    bool is_told = rpi_progress_thread_begin_turn(progress_thread);
    *any = !coordinator->is_over && take_turn(coordinator, is_told, RPI_RECEIVES_SOME);
    rpi_progress_thread_end_own_turn(progress_thread, *any);
}

/* True: it is over. */
static bool take_own_turn(rpi_coordinator *coordinator)
{
    rpi_poll_state poll = {0};
    bool is_told = rpi_progress_thread_begin_turn(&coordinator->progress_thread);
    coordinator->is_over = say_goodbye(coordinator);
    bool is_over = coordinator->is_over, any = !is_over && take_turn(coordinator, is_told, RPI_RECEIVES_ALL);
    any = any || (!is_over && send_last(coordinator));
    if (!any && !is_over) look_around(coordinator, &poll);
    rpi_progress_thread_end_turn(&coordinator->progress_thread, any);
    if (!any && !is_over) rpi_progress_thread_rest(&coordinator->progress_thread, &poll, !coordinator->link || coordinator->n_ranks == 1);
    return is_over;
}

static void tell_of_bell(rpi_coordinator *coordinator)
{
    if (!coordinator->link || !coordinator->link->has_bells) return;
    (void)rpi_progress_thread_begin_turn(&coordinator->progress_thread);
    for (int rank = 1; rank < coordinator->n_ranks; rank++) {
        rpi_message *bell = rpi_bells_tell(coordinator->bells, rank);
        if (bell) rpi_coordinator_send(coordinator, rank, bell);
    }
    rpi_coordinator_flush(coordinator);
    rpi_progress_thread_end_turn(&coordinator->progress_thread, true);
}

static void *run(void *argument)
{
    (void)rpi_low_latency_begin();
    tell_of_bell(argument);
    while (!take_own_turn(argument)) {}
    return NULL;
}

static void free_coordinator(rpi_coordinator *coordinator)
{
    rpi_bells_destroy(coordinator->bells);
    free(coordinator->is_lost);
    free(coordinator);
}

rp_status rpi_coordinator_create(rpi_link *link, rpi_coordinator **out, rp_error *error)
{
    rpi_coordinator *coordinator = calloc(1, sizeof *coordinator);
    if (!coordinator) return rpi_error_no_memory(error);
    coordinator->link = link;
    coordinator->n_ranks = link ? link->n_ranks : 1;
    rpi_list_init(&coordinator->pools);
    rpi_list_init(&coordinator->copies);
    if (link) {
        link->destination = destination;
        link->destination_argument = coordinator;
    }
    coordinator->is_lost = calloc((size_t)coordinator->n_ranks, sizeof *coordinator->is_lost);
    coordinator->bells = rpi_bells_create(coordinator->n_ranks, link && link->has_bells);
    if (!coordinator->is_lost || !coordinator->bells) {
        free_coordinator(coordinator);
        return rpi_error_no_memory(error);
    }
    rpi_progress_thread_init(&coordinator->progress_thread, rpi_bells_own(coordinator->bells), rpi_bells_answered(coordinator->bells));
    int code = rpi_thread_create(&coordinator->thread, 0, run, coordinator);
    if (code) {
        rpi_progress_thread_fini(&coordinator->progress_thread);
        free_coordinator(coordinator);
        return rpi_error_system(error, code, "pthread_create");
    }
    *out = coordinator;
    return RP_OK;
}

rp_status rpi_coordinator_destroy(rpi_coordinator *coordinator, rp_error *error)
{
    pthread_mutex_lock(&coordinator->progress_thread.mutex);
    coordinator->ending = true;
    rpi_progress_thread_wake(&coordinator->progress_thread);
    pthread_mutex_unlock(&coordinator->progress_thread.mutex);
    pthread_join(coordinator->thread, NULL);
    rp_status status = coordinator->loss.status;
    if (status != RP_OK && error) *error = coordinator->loss;
    else if (coordinator->n_byes < coordinator->n_ranks - 1) status = rp_error_set(error, RP_LOST, 0, "a rank didn't answer at the end");
    if (coordinator->link) {
        coordinator->link->is_broken = status != RP_OK || coordinator->link->has_left;
        coordinator->link->ops->destroy(coordinator->link, status == RP_OK ? 1 : 0);
    }
    bool all_answered = coordinator->n_byes + coordinator->n_lost == coordinator->n_ranks - 1;
    if (coordinator->loss.status != RP_OK && went_on(coordinator) && all_answered) status = RP_END;
    if (!rpi_list_is_empty(&coordinator->pools)) return status; /* their workers and clients still use its mutex */
    rpi_progress_thread_fini(&coordinator->progress_thread);
    rpi_sharing_fini(coordinator);
    free_coordinator(coordinator);
    return status;
}
