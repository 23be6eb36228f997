/*
 * member.c: see member.h. The calling thread is the progress thread. The pools' teams run the chunks, and helper threads open and close the
 * teams. Chunks, and pools that helpers had, come back through lists under the progress thread's mutex. Everything else belongs to the
 * thread that takes a turn: the progress thread, or a worker that has nothing to do.
 */
#include "cluster/member.h"

#include "base/regions.h"
#include "base/text.h"
#include "cluster/member_chunks.h"
#include "cluster/member_copies.h"
#include "cluster/member_pools.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_MESSAGES = 64 }; /* in one turn. Fewer is all that there are: nobody is rung for them again */

/* ---- the loop ---- */

/* Rank 0 reports the loss of other ranks, as the client wants it. Rank 1 alone reports the loss of rank 0. */
static bool is_ours_to_tell(int own_rank, const rp_error *loss) { return loss->rank == 0 && own_rank == 1; }

/* `loss` is the coordinator's. NULL: the coordinator has lost another rank. */
static void end_lost(member *self, const rp_error *loss)
{
    self->status = RP_LOST;
    if (loss) self->error = *loss;
    if (loss && self->tell && is_ours_to_tell(self->link->rank, loss)) self->tell(loss);
    if (!loss) rp_error_set(&self->error, RP_LOST, 0, "rank 0 ended the job, as another rank was lost");
}

static bool take_stop(member *self, rpi_message *message)
{
    self->stopped = true;
    self->went_on = message->header.stop.lost && message->header.stop.went_on;
    if (message->header.stop.lost && !self->went_on) end_lost(self, NULL);
    rpi_member_reply(self, rpi_message_create(RPI_BYE, 0, 0));
    return false;
}

static bool take_bell(member *self, rpi_message *message)
{
    rpi_bells_take(self->bells, 0, message);
    rpi_message *answer = self->link->has_bells ? rpi_bells_tell(self->bells, 0) : NULL;
    if (answer) rpi_member_reply(self, answer);
    return false;
}

/* One handler for each kind. True: it has taken the message over. */
typedef bool handler(member *self, rpi_message *message);

static handler *const handlers[] = {
    [RPI_OPEN] = rpi_member_take_open,
    [RPI_CALL] = rpi_member_take_call,
    [RPI_WORK] = rpi_member_take_work,
    [RPI_CUTOFF] = rpi_member_take_cutoff,
    [RPI_FORGET] = rpi_member_take_forget,
    [RPI_CLOSE] = rpi_member_take_close,
    [RPI_REPORT] = rpi_member_take_report,
    [RPI_DETACH] = rpi_member_take_detach,
    [RPI_SHARE] = rpi_member_take_share,
    [RPI_CONTENTS] = rpi_member_take_contents,
    [RPI_ATTACH] = rpi_member_take_attach,
    [RPI_RECALL] = rpi_member_take_recall,
    [RPI_STOP] = take_stop,
    [RPI_BELL] = take_bell,
};

/* A message that doesn't fit its description is ignored. A WORK is refused, as the coordinator waits for its answer. */
static void handle(member *self, rpi_message *message)
{
    uint64_t kind = message->header.kind;
    if (rpi_bells_hear(self->bells, 0, kind)) rpi_progress_thread_hear(&self->progress_thread);
    bool sound = rpi_message_check(message, true, NULL) == RP_OK;
    if (!sound && kind == RPI_WORK) rpi_member_refuse_work(self, &message->header, RP_SYSTEM);
    handler *takes = sound && kind < sizeof handlers / sizeof *handlers ? handlers[kind] : NULL;
    if (!takes || !takes(self, message)) rpi_message_free(message);
}

static bool receive(member *self)
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

static bool is_over(const member *self) { return self->stopped || self->status != RP_OK; }

/* Whoever spins has what is at hand, and runs that before it looks for more. */
static bool receive_all(member *self, rpi_receives receives)
{
    bool any = false, more = receives != RPI_RECEIVES_NONE;
    for (int i = 0; more && i < MOST_MESSAGES && !is_over(self) && receive(self); i++) {
        any = true;
        more = receives == RPI_RECEIVES_ALL || rpi_link_has_news(self->link, false);
    }
    return any;
}

/* Who has nothing else to do can wait for rank 0's client, for a part of what the last chunk took. The thread takes turns until then, or
 * calls rpi_member_settle. */
static void ring(member *self, rpi_receives receives)
{
    bool is_patient = receives != RPI_RECEIVES_ALL && self->n_chunks == 0;
    if (is_patient) rpi_bells_ring_patiently(self->bells, self->patience_ns);
    else rpi_bells_ring(self->bells);
}

/* With the baton. */
static bool take_turn(member *self, bool is_told, rpi_receives receives)
{
    bool any = is_told && rpi_member_send_back(self);
    any = (is_told && rpi_member_take_helped(self)) || any;
    any = receive_all(self, receives) || any;
    if (rpi_link_flush(self->link, NULL) != RP_OK && self->status == RP_OK) self->status = RP_LOST;
    ring(self, receives);
    return any;
}

void rpi_member_settle(member *self)
{
    if (!rpi_bells_put_off(self->bells) || pthread_mutex_trylock(&self->progress_thread.baton) != 0) return;
    rpi_bells_ring(self->bells);
    pthread_mutex_unlock(&self->progress_thread.baton);
}

static bool is_cut_short(member *self)
{
    return rpi_progress_thread_may_cut_short(&self->progress_thread) && !rpi_link_has_news(self->link, true);
}

void rpi_member_drive(member *self, bool receives)
{
    bool any = false;
    if (!receives && !rpi_progress_thread_is_told(&self->progress_thread)) return;
    if (!rpi_progress_thread_try_turn(&self->progress_thread, receives)) return;
    if (!is_over(self) && !(receives && is_cut_short(self)))
        any =
            take_turn(self, rpi_progress_thread_begin(&self->progress_thread, receives), receives ? RPI_RECEIVES_SOME : RPI_RECEIVES_NONE);
    bool ends = is_over(self);
    rpi_progress_thread_end_own_turn(&self->progress_thread, any);
    if (ends) rpi_progress_thread_call(&self->progress_thread);
}

static rpi_poll_state poll_state(const member *self)
{
    rpi_poll_state poll = {
        .moving = self->link->ops->is_moving(self->link), .working = self->n_chunks > 0, .starving = self->n_chunks == 1};
    poll.sending = self->link->ops->is_sending && self->link->ops->is_sending(self->link);
    poll.rings = rpi_bells_all_ring(self->bells, 1);
    if (self->n_items > 0) poll.slack_ns = (uint64_t)((double)self->n_items * self->item_s * 1e9 / self->n_workers);
    return poll;
}

/* True: it is over. */
static bool take_own_turn(member *self)
{
    rpi_poll_state poll = {0};
    bool is_told = rpi_progress_thread_begin_turn(&self->progress_thread);
    bool any = !is_over(self) && (rpi_member_help_oneself(self) || take_turn(self, is_told, RPI_RECEIVES_ALL)), ends = is_over(self);
    if (!any && !ends) poll = poll_state(self);
    rpi_progress_thread_end_turn(&self->progress_thread, any);
    if (!any && !ends) rpi_progress_thread_rest(&self->progress_thread, &poll, false);
    return ends;
}

static void serve(member *self)
{
    while (!take_own_turn(self)) {}
}

/* Chunks that wait don't start any more. */
static void stop_calls(member_pool *pool)
{
    for (int k = 0; k < CALL_BUCKETS; k++)
        RPI_LIST_EACH(at, &pool->calls[k]) {
            member_call *call = RPI_ENTRY(at, member_call, link);
            rpi_work_lower_cutoff(&call->work, 0);
            if (pool->team) rpi_team_interrupt(pool->team, &call->work);
        }
}

/* After a lost link chunks may be left. Stopping the teams brings them all back, before their calls are freed. */
static void free_rank(member *self)
{
    RPI_LIST_EACH(at, &self->pools) {
        member_pool *pool = RPI_ENTRY(at, member_pool, link);
        stop_calls(pool);
        if (rpi_member_is_helped(pool)) rpi_member_end_help(pool);
        rpi_team_destroy(pool->team);
        pool->team = NULL;
    }
    rpi_member_free_chunks(&self->idle);
    rpi_member_free_chunks(&self->back);
    for (rpi_list_link *at; (at = rpi_list_take_first(&self->pools));) rpi_member_free_pool(RPI_ENTRY(at, member_pool, link));
    rpi_member_free_copies(self);
    rpi_regions_forget_all();
    rpi_progress_thread_fini(&self->progress_thread);
    rpi_bells_destroy(self->bells);
}

void rpi_member_linger(int own_rank, const rp_error *error)
{
    if (!is_ours_to_tell(own_rank, error)) nanosleep(&(struct timespec){1, 0}, NULL);
}

/* The link's `destination`. */
static char *destination(void *argument, int from, const rpi_header *header)
{
    (void)from;
    return rpi_member_contents_destination(argument, header);
}

rp_status rpi_member_serve(rpi_link *link, void (*tell)(const rp_error *loss), rp_error *error)
{
    member self = {.link = link, .tell = tell};
    rpi_list_init(&self.pools);
    rpi_list_init(&self.idle);
    rpi_list_init(&self.copies);
    link->destination = destination;
    link->destination_argument = &self;
    rpi_list_init(&self.back);
    rpi_list_init(&self.helped);
    rpi_host_name(self.host, sizeof self.host);
    self.bells = rpi_bells_create(1, link->has_bells);
    if (!self.bells) {
        link->is_broken = true;
        link->ops->destroy(link, 0);
        return rpi_error_no_memory(error);
    }
    rpi_progress_thread_init(&self.progress_thread, rpi_bells_own(self.bells), rpi_bells_answered(self.bells));
    self.before = rpi_low_latency_begin();
    serve(&self);
    free_rank(&self);
    rpi_low_latency_end(&self.before);
    if (self.error.status != RP_OK && error) *error = self.error;
    else if (self.status != RP_OK) rp_error_set(error, self.status, 0, "rank %d ends: %s", link->rank, rp_status_text(self.status));
    link->is_broken = self.status != RP_OK || self.went_on || link->has_left;
    link->ops->destroy(link, self.stopped ? 5 : 0);
    return self.status == RP_OK && self.went_on ? RP_END : self.status;
}
