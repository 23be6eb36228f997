/* take_back.c: see take_back.h. */
#include "isolate/take_back.h"

#include "base/clock.h"
#include "isolate/progress.h"
#include "isolate/request.h"
#include "task/claims.h"
#include "task/item_text.h"

#include <signal.h>
#include <stdio.h>

enum { IDLE_DEATHS = 3 };

#define NO_LATE_ITEM (RPI_NO_ITEM - 1)

static const char wrote_over[] = "it wrote over the memory that its process shares with its worker; its process was killed";

/* Why a sandbox was lost, and what that means for the item that it ran. */
typedef struct loss {
    bool blames;        /* false: nothing is known against the item that ran */
    uint64_t late_item; /* the item that was late; RPI_NO_ITEM: whatever ran is to blame; NO_LATE_ITEM: it has ended in the last moment */
    rpi_failure_facts facts;
    char message[256];
} loss;

/* ---- failures ---- */

static void fail_item(rpi_runner *self, uint64_t offset, rpi_failure_facts *facts, const char *message)
{
    facts->item = self->batch->first + offset;
    rpi_item_text_of_batch(self->batch, offset, facts->item_text, sizeof facts->item_text);
    rpi_context_fail_item(&self->worker->context, self->batch, facts, message);
    self->n_run++;
}

/* A worker's grains don't overlap in time, whatever times a sandbox reports. */
static void record(rpi_runner *self, uint64_t offset, uint64_t n, uint64_t begin_ns, uint64_t end_ns)
{
    rpi_recorder *recorder = self->worker->recorder;
    if (!recorder) return;
    uint64_t now = rpi_now_ns(), last = rpi_recorder_end_ns(recorder);
    if (end_ns > now || end_ns < last) end_ns = now;
    if (begin_ns < last) begin_ns = last;
    if (begin_ns > end_ns) begin_ns = end_ns;
    rpi_recorder_add(recorder, &(rpi_timed_grain){self->batch, offset, n, begin_ns, end_ns});
}

void rpi_take_back_failing(rpi_runner *self, rpi_grain what, const rp_error *error)
{
    uint64_t i = what.begin, began = rpi_now_ns();
    for (; i < what.end && !rpi_work_stopped(self->batch->work, self->batch->first + i); i++) {
        rpi_failure_facts facts = {.cause = RP_CAUSE_SYSTEM, .code = error->code};
        fail_item(self, i, &facts, rp_error_text(error));
    }
    record(self, what.begin, i - what.begin, began, rpi_now_ns());
}

/* ---- what is to be run again ---- */

/* The items' results were damaged, or may have been. */
static void keep_careful(rpi_runner *self, rpi_grain rest)
{
    rest.careful = true;
    rpi_grains_keep_left(&self->grains, rest);
}

/* A request came back damaged. An item that was out alone did that, or a thread that it left behind. */
static void keep_damaged(rpi_runner *self, rpi_grain rest)
{
    if (!self->alone) {
        keep_careful(self, rest);
        return;
    }
    rpi_failure_facts facts = {.cause = RP_CAUSE_SIGNAL, .code = SIGKILL};
    for (uint64_t i = rest.begin; i < rest.end; i++) fail_item(self, i, &facts, wrote_over);
}

/* ---- a request that is done ---- */

static void take_whole(rpi_runner *self, rpi_grain what, const rpi_taking *taking)
{
    uint64_t n = taking->n;
    self->busy_ns += taking->busy_ns;
    rpi_work_measure(self->batch->work, n, taking->busy_ns);
    if (n > 0) rpi_work_note_longest(self->batch->work, taking->busy_ns);
    rpi_claims_learn(self->batch, self->worker->context.index, n, taking->busy_ns);
    record(self, what.begin, n, taking->ended_ns - taking->busy_ns, taking->ended_ns);
    rpi_grains_keep_left(&self->grains, (rpi_grain){what.begin + n, what.end, what.careful});
}

/* False: it is damaged. */
static bool take_done(rpi_runner *self, uint64_t number)
{
    rpi_mailbox *mailbox = self->sandbox.mailbox;
    rpi_grain what = self->out[rpi_request_place(number)];
    rpi_taking taking;
    rp_error why;
    rpi_taken taken = rpi_request_take(mailbox, number, self->batch, what, &self->worker->context, &taking, &why);
    rpi_grain rest = {what.begin + taking.n, what.end, what.careful};
    self->n_run += taking.n;
    self->idle_deaths = 0;
    if (taken == RPI_TAKEN_WHOLE) {
        take_whole(self, what, &taking);
    } else if (taken == RPI_TAKEN_REFUSED) {
        rpi_take_back_failing(self, rest, &why);
        self->knows_call = false; /* the sandbox may have failed to take the call */
    } else {
        keep_damaged(self, rest);
    }
    rpi_request_release(mailbox, number);
    return taken != RPI_TAKEN_DAMAGED;
}

bool rpi_take_back_done(rpi_runner *self)
{
    bool sound = take_done(self, rpi_runner_head(self));
    self->n_out--;
    return sound;
}

/* ---- a request that isn't done ---- */

/* The sandbox ended before it began an item. It does so again and again where it can't run at all. */
static void take_unbegun(rpi_runner *self, rpi_grain what, loss *why)
{
    bool gives_up = why->blames && ++self->idle_deaths >= IDLE_DEATHS;
    if (gives_up) {
        why->facts.cause = RP_CAUSE_SYSTEM;
        why->facts.seconds = 0;
        fail_item(self, what.begin, &why->facts, "its child process ends before it begins");
    }
    rpi_grains_keep_left(&self->grains, (rpi_grain){what.begin + gives_up, what.end, what.careful});
}

/* Item `at` was running, after `n` items that are taken. */
static void take_begun(rpi_runner *self, rpi_grain what, uint64_t n, uint64_t at, loss *why)
{
    bool blamed = why->blames && (why->late_item == RPI_NO_ITEM || why->late_item == at);
    self->idle_deaths = 0;
    if (blamed) fail_item(self, what.begin + at, &why->facts, why->message);
    rpi_grains_keep_left(&self->grains, (rpi_grain){what.begin + at + blamed, what.end, what.careful});
    if (n < at) keep_careful(self, (rpi_grain){what.begin + n, what.begin + at, true});
}

/* It isn't known how far the sandbox was, or what it says of an ended request is gone. */
static void take_unknown(rpi_runner *self, rpi_grain what, uint64_t n, loss *why)
{
    bool blamed = self->alone && n == 0 && why->blames;
    if (blamed) fail_item(self, what.begin, &why->facts, why->message);
    else keep_damaged(self, (rpi_grain){what.begin + n, what.end, true});
}

/* Takes what a sandbox left of an unfinished request. */
static void take_rest(rpi_runner *self, uint64_t number, bool is_head, loss *why)
{
    rpi_mailbox *mailbox = self->sandbox.mailbox;
    unsigned place = rpi_request_place(number);
    rpi_grain what = self->out[place];
    uint64_t count = rpi_grain_length(what), at = 0, before = self->n_run;
    rpi_stage stage = rpi_progress_read(atomic_load(&mailbox->answers->progress), number, count, &at);
    uint64_t most = stage == RPI_STAGE_IN ? at : stage == RPI_STAGE_BEFORE ? 0 : count;
    uint64_t n = rpi_request_take_finished(mailbox, number, self->batch, what, &self->worker->context, most);
    self->n_run += n;
    if (stage == RPI_STAGE_IN) take_begun(self, what, n, at, why);
    else if (stage != RPI_STAGE_BEFORE) take_unknown(self, what, n, why);
    else if (is_head) take_unbegun(self, what, why);
    else rpi_grains_keep_left(&self->grains, what);
    record(self, what.begin, self->n_run - before, self->posted_ns[place], rpi_now_ns());
}

/* ---- a sandbox that is lost ---- */

/* Takes all requests that are out. Once the sandbox is gone, nothing of them changes, but in the place of a thread's late item. */
static void bury(rpi_runner *self, loss *why)
{
    for (bool is_head = true; self->n_out > 0; self->n_out--) {
        uint64_t number = rpi_runner_head(self);
        if (atomic_load(&self->sandbox.mailbox->answers->requests[rpi_request_place(number)].done) == number) {
            (void)take_done(self, number);
            if (why->late_item != RPI_NO_ITEM) why->late_item = NO_LATE_ITEM;
        } else {
            take_rest(self, number, is_head, why);
            is_head = false;
        }
    }
    pthread_mutex_lock(&self->mutex);
    self->mailbox = NULL;
    pthread_mutex_unlock(&self->mutex);
    rpi_sandbox_drop(&self->sandbox);
    self->n_tasks = 0;
}

static void blame_late(const rpi_runner *self, uint64_t late_item, loss *why)
{
    uint64_t timeout_ns = self->batch->work->timeout_ns, late_ns = self->sandbox.watch.late_ns, now = rpi_now_ns();
    bool known = late_item != RPI_NO_ITEM && now > late_ns;
    why->late_item = late_item;
    why->facts.cause = RP_CAUSE_TIMEOUT;
    why->facts.seconds = rpi_seconds(timeout_ns + (known ? now - late_ns : 0));
    snprintf(why->message, sizeof why->message, "it took longer than the time-out of %g s%s", rpi_seconds(timeout_ns),
             self->sandbox.child ? "; its process was killed" : "; its thread can't be stopped, and goes on");
}

static void blame_ended(const rpi_runner *self, loss *why)
{
    uint64_t now = rpi_now_ns(), began = atomic_load(&self->sandbox.mailbox->answers->began_ns);
    uint64_t posted = self->posted_ns[rpi_request_place(rpi_runner_head(self))];
    if (began < posted || began > now) began = posted; /* whatever the sandbox says */
    why->facts.seconds = rpi_seconds(now - began);
    why->facts.cause = rpi_sandbox_exit_cause(&self->sandbox, &why->facts.code, why->message, sizeof why->message);
}

void rpi_take_back_lost(rpi_runner *self, rpi_sandbox_event event, uint64_t late_item)
{
    loss why = {.late_item = RPI_NO_ITEM};
    why.blames = event == RPI_SANDBOX_LATE || event == RPI_SANDBOX_ENDED || event == RPI_SANDBOX_STUCK;
    if (event == RPI_SANDBOX_LATE) blame_late(self, late_item, &why);
    if (event == RPI_SANDBOX_ENDED) blame_ended(self, &why);
    else if (!rpi_sandbox_give_up(&self->sandbox, rpi_runner_head(self))) return;
    bury(self, &why);
}

void rpi_take_back_damaged(rpi_runner *self)
{
    loss why = {.late_item = RPI_NO_ITEM};
    (void)rpi_sandbox_give_up(&self->sandbox, 0);
    bury(self, &why);
}
