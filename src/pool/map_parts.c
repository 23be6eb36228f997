/*
 * map_parts.c: see map_parts.h. One thread at a time sends out parts: who begins the call, then whoever brings the last part back. A thread
 * that comes meanwhile leaves a note, `again`, and doesn't wait. The mutex is held for no call of anything else, but posting an errand.
 *
 * A thread of the executor never waits for the disk: what has to, the end of the call and, where the journal knows the call, each sending,
 * is left to the errands' thread. While an errand is posted, nobody else ends the call.
 */
#include "pool/map_parts.h"

#include "base/clock.h"
#include "base/lines.h"
#include "pool/errands.h"

#include <stdlib.h>

/* Auto: a part takes at least so long, which is much for a message, and little for what a kill may cost: records wait for 0.2 s anyway. */
static const double part_s = 10e-3;
enum { MOST_KNOWN = 1 << 14 };             /* items that are filled in at once */
static const uint64_t most_away = 1 << 20; /* items that are out for the time of a message */

typedef struct part {
    rpi_tries tries; /* first */
    rpi_list_link link;
} part;

struct rpi_parts_call {
    rpi_call call; /* first */
    rp_pool *pool;
    rpi_errand errand;
    rpi_schedule schedule;
    bool runs_here;
    bool commits;          /* sending may have to wait for the file, or to read it */
    uint64_t next;         /* the first item that wasn't sent out; of the thread that sends */
    pthread_mutex_t mutex; /* guards what follows */
    bool is_sending, again, is_over;
    bool is_posted;            /* the errand is, and hasn't begun */
    uint64_t n_out, items_out; /* parts, and items in them */
    rpi_list idle;
};

size_t rpi_parts_call_size(void) { return sizeof(rpi_parts_call); }

static rpi_parts_call *parts_of(rpi_call *call) { return (rpi_parts_call *)(void *)call; }
static part *part_of(rpi_batch *batch) { return (part *)(void *)batch; }

static void fini(rpi_call *call)
{
    rpi_parts_call *self = parts_of(call);
    for (part *each; (each = RPI_ENTRY(rpi_list_take_first(&self->idle), part, link));) {
        rpi_batch_fini(&each->tries.batch);
        rpi_lines_free(each);
    }
    pthread_mutex_destroy(&self->mutex);
}

static const rpi_call_kind in_parts = {.fini = fini};

/* ---- one part ---- */

static part *take_part(rpi_parts_call *self)
{
    pthread_mutex_lock(&self->mutex);
    part *each = RPI_ENTRY(rpi_list_take_first(&self->idle), part, link);
    pthread_mutex_unlock(&self->mutex);
    return each ? each : rpi_lines_alloc(sizeof *each);
}

/* Puts a part that was sent out, or wasn't, back. */
static void put_back(rpi_parts_call *self, part *each)
{
    pthread_mutex_lock(&self->mutex);
    rpi_list_add_first(&self->idle, &each->link);
    pthread_mutex_unlock(&self->mutex);
}

static void prepare(rpi_parts_call *self, part *each)
{
    rpi_call *call = &self->call;
    rpi_batch *batch = &each->tries.batch;
    rpi_batch_reset(batch, &call->work, self->next, 0);
    batch->results = call->results + self->next * call->work.task->result_size;
    batch->schedule = self->schedule;
    batch->schedule.target_s = RPI_GRAIN_S;
    batch->schedule.short_s = RPI_SHORT_GRAIN_S;
    batch->owner = call;
    batch->whole = true;
}

static void set_count(rpi_batch *batch, uint64_t n)
{
    batch->count = n;
    batch->schedule.n_items = n;
    if (batch->schedule.kind == RP_SCHEDULE_FIXED && batch->schedule.chunk > n) batch->schedule.chunk = n;
}

static void send_out(rpi_parts_call *self, part *back, bool may_block);

static void part_ends(rpi_batch *batch)
{
    rpi_call *call = batch->owner;
    rpi_call_journal_record(call->more->journal, batch);
    rpi_batch_free_claims(batch);
    rpi_call_batch_ends(call, batch, NULL); /* what is outstanding for sending keeps the call */
    send_out(parts_of(call), part_of(batch), parts_of(call)->runs_here);
}

/* Where ranks talk, this thread does it itself rather than wake another. */
static void submit(rpi_parts_call *self, rpi_batch *batch)
{
    rpi_executor *executor = self->call.pool->executor;
    if (self->runs_here && executor->ops->run) executor->ops->run(executor, batch);
    else executor->ops->submit(executor, batch);
}

static void run_part(rpi_parts_call *self, part *each, const rpi_stretch *stretch)
{
    rpi_batch *batch = &each->tries.batch;
    bool is_alone = stretch->fate == RPI_FATE_ALONE;
    set_count(batch, stretch->n);
    batch->earlier = stretch->earlier;
    batch->n_died = stretch->n_died;
    self->next += stretch->n;
    pthread_mutex_lock(&self->mutex);
    self->n_out++;
    self->items_out += stretch->n;
    pthread_mutex_unlock(&self->mutex);
    rpi_call_batch_joins(&self->call);
    rpi_call_journal_begins(self->call.more->journal, batch, is_alone);
    rpi_tries_prepare(&each->tries, self->pool->retrier, part_ends);
    submit(self, batch);
}

/* Takes from the journal what it has. False: it can't. */
static bool fill_part(rpi_parts_call *self, part *each, uint64_t n, rp_error *error)
{
    rpi_call *call = &self->call;
    rpi_batch *batch = &each->tries.batch;
    set_count(batch, n);
    bool is_filled = rpi_call_journal_fill(call->more->journal, batch, error) == RP_OK;
    for (rpi_failure *failure = atomic_load(&batch->failures); failure && is_filled; failure = failure->next)
        rpi_call_count_failure(call, failure->facts.item);
    self->next += n;
    rpi_call_batch_joins(call);
    rpi_call_batch_ends(call, batch, NULL);
    put_back(self, each);
    return is_filled;
}

/* ---- all parts ---- */

/* How many items the next part may have; 0: there is no room. */
static uint64_t room(rpi_parts_call *self)
{
    const rpi_work *work = &self->call.work;
    double item_s = rpi_work_item_s(work), trip_s = atomic_load(&work->round_trip_s);
    uint64_t workers = self->schedule.n_workers, size = rpi_schedule_size(&self->schedule, self->next, item_s);
    double away = item_s > 0 ? trip_s / item_s * (double)workers : 0;
    uint64_t more = away < (double)most_away ? (uint64_t)away : most_away;
    if (size < 1) size = 1;
    pthread_mutex_lock(&self->mutex);
    uint64_t out = self->items_out, n_out = self->n_out;
    pthread_mutex_unlock(&self->mutex);
    double window = (double)size * (double)(RPI_WINDOW_CHUNKS * workers) + (double)more;
    return n_out == 0 || ((double)(out + size) <= window && !self->runs_here) ? size : 0;
}

static bool too_many_for_one_alone(rpi_parts_call *self)
{
    pthread_mutex_lock(&self->mutex);
    bool too_many = self->n_out >= self->schedule.n_workers;
    pthread_mutex_unlock(&self->mutex);
    return too_many;
}

/* Sends out one part, or takes one from the journal. False: nothing more now, or, with an error, at all. */
static bool send_next(rpi_parts_call *self, rp_error *error)
{
    rpi_call *call = &self->call;
    uint64_t left = call->n_items - self->next, size = room(self);
    rpi_stretch stretch;
    if (size == 0) return false;
    part *each = take_part(self);
    if (!each) return rpi_error_no_memory(error) == RP_OK;
    prepare(self, each);
    uint64_t most_known = left < MOST_KNOWN ? left : MOST_KNOWN;
    rp_status status =
        rpi_call_journal_stretch(call->more->journal, &each->tries.batch, size < left ? size : left, most_known, &stretch, error);
    if (status == RP_OK && stretch.fate == RPI_FATE_KNOWN) return fill_part(self, each, stretch.n, error);
    bool waits = status != RP_OK || (stretch.fate == RPI_FATE_ALONE && too_many_for_one_alone(self));
    if (waits) {
        put_back(self, each);
        return false;
    }
    run_part(self, each, &stretch);
    return true;
}

static bool is_at_end(rpi_parts_call *self)
{
    rpi_work *work = &self->call.work;
    if (atomic_load(&work->draining)) rpi_work_drain(work, self->next);
    return self->next >= self->call.n_items || rpi_work_stopped(work, self->next);
}

/* Sends out what there is room for. True: no more will come. */
static bool send_all(rpi_parts_call *self)
{
    rp_error error = {0};
    bool goes_on = true;
    while (goes_on && !is_at_end(self)) {
        if (rpi_call_journal_check(self->call.more->journal, &error) == RP_OK) goes_on = send_next(self, &error);
        if (error.status == RP_OK) continue;
        rpi_call_fail(&self->call, self->next, &error);
        return true;
    }
    return is_at_end(self);
}

/* The last part is back: what was recorded has to be in the file before the client may know. */
static void end(rpi_parts_call *self)
{
    rp_error error = {0};
    if (rpi_call_journal_commit(self->call.more->journal, &error) != RP_OK) rpi_call_fail(&self->call, RPI_NO_CUTOFF, &error);
    rpi_call_release(&self->call);
}

static void take_back(rpi_parts_call *self, part *back)
{
    self->n_out--;
    self->items_out -= back->tries.batch.count;
    rpi_list_add_first(&self->idle, &back->link);
}

/* With the mutex. */
static void post(rpi_parts_call *self)
{
    if (!self->is_posted) rpi_errands_post(self->pool->errands, &self->errand);
    self->is_posted = true;
}

/* With the mutex, which is free meanwhile. True: the calling thread has to end the call. */
static bool send_in_turn(rpi_parts_call *self)
{
    bool is_first = !self->is_sending;
    self->is_sending = self->again = true;
    while (is_first && self->again) {
        self->again = false;
        pthread_mutex_unlock(&self->mutex);
        bool is_over = send_all(self);
        pthread_mutex_lock(&self->mutex);
        self->is_over = is_over;
    }
    if (!is_first) return false;
    self->is_sending = false;
    return self->is_over && self->n_out == 0 && !self->is_posted;
}

/* `back`: a part that has ended; NULL: there is none. `may_block`: the calling thread may wait for the disk. The call may be gone
 * afterwards. */
static void send_out(rpi_parts_call *self, part *back, bool may_block)
{
    bool ends = false;
    pthread_mutex_lock(&self->mutex);
    if (back) take_back(self, back);
    if (may_block || !self->commits) ends = send_in_turn(self);
    if (!may_block && (ends || self->commits)) post(self);
    pthread_mutex_unlock(&self->mutex);
    if (ends && may_block) end(self);
}

/* As long as it is posted nobody else ends the call, so that is undone together with the rest. */
static void run_errand(rpi_errand *errand)
{
    rpi_parts_call *self = RPI_ENTRY(&errand->link, rpi_parts_call, errand.link);
    pthread_mutex_lock(&self->mutex);
    self->is_posted = false;
    bool ends = send_in_turn(self);
    pthread_mutex_unlock(&self->mutex);
    if (ends) end(self);
}

rp_status rpi_parts_check(rpi_call *call, rp_error *error)
{
    rpi_batch *batch = rpi_call_journal_knows(call->more->journal) ? rpi_batch_create() : NULL;
    if (!batch) return rpi_call_journal_knows(call->more->journal) ? rpi_error_no_memory(error) : RP_OK;
    rp_status status = RP_OK;
    for (uint64_t next = 0; next < call->n_items && status == RP_OK;) {
        rpi_stretch stretch;
        rpi_batch_reset(batch, &call->work, next, 0);
        status = rpi_call_journal_stretch(call->more->journal, batch, call->n_items - next, call->n_items - next, &stretch, error);
        next += stretch.n;
    }
    rpi_batch_destroy(batch);
    return status;
}

void rpi_parts_begin(rp_pool *pool, rpi_call *call, bool runs_here)
{
    rpi_parts_call *self = parts_of(call);
    self->pool = pool;
    self->runs_here = runs_here;
    self->schedule = rpi_pool_schedule(pool, call, call->n_items);
    self->schedule.target_s = rpi_call_journal_batch_s(call->more->journal, part_s);
    self->schedule.short_s = 0;
    rpi_list_init(&self->idle);
    rpi_mutex_init(&self->mutex);
    self->errand.run = run_errand;
    self->commits = rpi_call_journal_commits(call->more->journal);
    call->kind = &in_parts;
    send_out(self, NULL, true);
}
