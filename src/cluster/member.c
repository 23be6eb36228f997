/*
 * member.c: see member.h. The calling thread is the progress thread. The pools' teams run the chunks, and helper threads open and close the
 * teams. Chunks, and pools that helpers had, come back through lists under the progress thread's mutex. Everything else belongs to the
 * progress thread.
 */
#include "cluster/member.h"

#include "base/text.h"
#include "cluster/member_chunks.h"
#include "cluster/member_pools.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

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
    if (message->header.stop.lost) end_lost(self, NULL);
    rpi_member_reply(self, rpi_message_create(RPI_BYE, 0, 0));
    return false;
}

/* One handler for each kind. True: it has taken the message over. */
typedef bool handler(member *self, rpi_message *message);

static handler *const handlers[] = {
    [RPI_OPEN] = rpi_member_take_open,     [RPI_CALL] = rpi_member_take_call,     [RPI_WORK] = rpi_member_take_work,
    [RPI_CUTOFF] = rpi_member_take_cutoff, [RPI_FORGET] = rpi_member_take_forget, [RPI_CLOSE] = rpi_member_take_close,
    [RPI_REPORT] = rpi_member_take_report, [RPI_RECALL] = rpi_member_take_recall, [RPI_STOP] = take_stop,
};

/* A message that doesn't fit its description is ignored. A WORK is refused, as the coordinator waits for its answer. */
static void handle(member *self, rpi_message *message)
{
    uint64_t kind = message->header.kind;
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

static void serve(member *self)
{
    while (!self->stopped && self->status == RP_OK) {
        bool any = rpi_member_send_back(self);
        any = rpi_member_take_helped(self) || any;
        any = receive(self) || any;
        if (any) {
            rpi_progress_thread_event(&self->progress_thread);
            continue;
        }
        rpi_poll_state poll = {
            .moving = self->link->ops->is_moving(self->link), .working = self->n_chunks > 0, .starving = self->n_chunks == 1};
        if (self->n_items > 0) poll.slack_ns = (uint64_t)((double)self->n_items * self->item_s * 1e9 / self->n_workers);
        rpi_progress_thread_rest(&self->progress_thread, &poll, false);
    }
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
    rpi_progress_thread_fini(&self->progress_thread);
}

void rpi_member_linger(int own_rank, const rp_error *error)
{
    if (!is_ours_to_tell(own_rank, error)) nanosleep(&(struct timespec){1, 0}, NULL);
}

rp_status rpi_member_serve(rpi_link *link, void (*tell)(const rp_error *loss), rp_error *error)
{
    member self = {.link = link, .tell = tell};
    rpi_list_init(&self.pools);
    rpi_list_init(&self.idle);
    rpi_list_init(&self.back);
    rpi_list_init(&self.helped);
    rpi_host_name(self.host, sizeof self.host);
    rpi_progress_thread_init(&self.progress_thread);
    self.before = rpi_low_latency_begin();
    serve(&self);
    free_rank(&self);
    rpi_low_latency_end(&self.before);
    if (self.error.status != RP_OK && error) *error = self.error;
    else if (self.status != RP_OK) rp_error_set(error, self.status, 0, "rank %d ends: %s", link->rank, rp_status_text(self.status));
    link->is_broken = self.status != RP_OK;
    link->ops->destroy(link, self.stopped ? 5 : 0);
    return self.status;
}
