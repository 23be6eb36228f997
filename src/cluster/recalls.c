/*
 * recalls.c: see recalls.h.
 *
 * A look computes once until when all could be through. Then it goes from member to member, and asks those that are later; rank 0's own
 * team last, as it answers at once. Once something was handed out, what it computed holds no longer, and it is over. The time of what is
 * out is counted in seconds of an average worker; a member's pace turns it into its own.
 */
#include "cluster/recalls.h"

#include <math.h>

/* What it costs to ask, to answer, and to send items again. A gain must be larger. */
static const double cost_s = 50e-6;
/* A look costs less than a hundredth of this for each member. */
static const double look_member_s = 1e-6;
/* Without an event, looks become rarer the longer nothing happens. */
static const double least_pause_s = 1e-3, pause_part = 1.0 / 16;
/* A member that takes so much longer than it should is overdue. */
static const double overdue = 1.5;

/* ---- what is out at a member ---- */

typedef struct standing {
    double left_s; /* until its workers have run what is out there, without what was asked for */
    double rate;   /* seconds of an average worker in a second */
} standing;

static double item_s(const rpi_distribution *self, const rpi_chunk *chunk) { return self->config.item_s(chunk->entry); }

static uint64_t n_kept(const rpi_chunk *chunk) { return chunk->recalled ? chunk->recalled->first - chunk->first : chunk->count; }

typedef struct sums {
    double all_s, oldest_s, asked_s;
} sums;

static sums add_up(const rpi_distribution *self, int member)
{
    sums of = {0, 0, 0};
    RPI_LIST_EACH(node, &self->out[member]) {
        const rpi_chunk *chunk = rpi_chunk_of(node);
        double each_s = item_s(self, chunk);
        of.oldest_s = (double)n_kept(chunk) * each_s;
        of.all_s += of.oldest_s;
        of.asked_s += (double)(chunk->count - n_kept(chunk)) * each_s;
    }
    return of;
}

/* The oldest chunk isn't back, so one worker at least is in it. */
static standing stand(const rpi_distribution *self, int member, double now_s, double *asked_s)
{
    const rpi_dispatch_member *at = &self->members[member];
    double pace = rpi_dispatch_pace(at), workers = at->n_workers, elapsed_s = now_s - at->began_s;
    sums of = add_up(self, member);
    double all_s = of.all_s * pace, oldest_s = of.oldest_s * pace, due_s = workers > 1 ? all_s / workers : oldest_s;
    double ran_s = fmin(elapsed_s * workers, oldest_s + elapsed_s * (workers - 1)), slower = 1;
    if (elapsed_s > overdue * due_s && due_s > 0) {
        slower = elapsed_s / due_s;
        ran_s = due_s * workers / 2;
    }
    *asked_s += of.asked_s;
    return (standing){all_s > ran_s ? (all_s - ran_s) * slower / workers : 0, workers / pace};
}

/* ---- until when all could be through ---- */

static double trip_s(const rpi_distribution *self, int member)
{
    return member == 0 ? 0 : fmax(self->dispatch.trip_s, self->members[member].round_trip_s);
}

/* When a member could begin what others give back. */
static double ready_s(const rpi_distribution *self, int member, const standing *stands)
{
    return fmax(stands->left_s, self->dispatch.trip_s + trip_s(self, member));
}

/* Members that would be ready only after `until_s` are left out, unless they have something. */
static double fair_s(const rpi_distribution *self, double now_s, double until_s)
{
    double work_s = 0, rate = 0;
    for (int m = 0; m < self->config.n_members; m++) {
        if (self->members[m].n_workers == 0) continue;
        standing stands = stand(self, m, now_s, &work_s);
        double ready = ready_s(self, m, &stands);
        if (ready > until_s && stands.left_s <= 0) continue;
        work_s += ready * stands.rate;
        rate += stands.rate;
    }
    return rate > 0 ? work_s / rate : 0;
}

/* ---- whom to ask ---- */

/* Items that are tried again are as good as begun, and static shares are claimed from the start. */
static bool may_come_back(const rpi_chunk *chunk)
{
    const rpi_dispatch_entry *entry = &chunk->entry->dispatch;
    return !chunk->recalled && !chunk->all_begun && chunk->count > 0 && !entry->urgent &&
           !rpi_schedule_goes_by(entry->schedule.kind, RPI_EVEN_SHARES);
}

/* How many of the last items of a chunk to ask for, when `excess_s` is too much for its member. A chunk size that the user gave is kept. */
static uint64_t n_to_ask(const rpi_distribution *self, const rpi_chunk *chunk, double excess_s)
{
    const rpi_schedule *schedule = &chunk->entry->dispatch.schedule;
    double each_s = item_s(self, chunk), n = each_s > 0 ? floor(excess_s / each_s + 0.5) : 0;
    if (n >= (double)chunk->count) return chunk->count;
    if (rpi_schedule_goes_by(schedule->kind, RPI_GIVEN_SIZE)) n = floor(n / (double)schedule->chunk) * (double)schedule->chunk;
    return (uint64_t)n;
}

/* The latest chunk of the member from which something may come back. */
static rpi_chunk *ask(const rpi_distribution *self, int member, double now_s, uint64_t *from)
{
    double asked_s = 0;
    standing stands = stand(self, member, now_s, &asked_s);
    double excess_s = stands.left_s - (self->recall_until_s - now_s);
    if (excess_s <= cost_s + self->dispatch.trip_s + trip_s(self, member)) return NULL;
    RPI_LIST_EACH(node, &self->out[member]) {
        rpi_chunk *chunk = rpi_chunk_of(node);
        if (!may_come_back(chunk)) continue;
        uint64_t n = n_to_ask(self, chunk, excess_s * stands.rate);
        *from = chunk->count - n;
        return n > 0 ? chunk : NULL;
    }
    return NULL;
}

/* ---- looks ---- */

/* Whether some worker has nothing to do, nothing is left to hand out, and there are items that wait behind others. */
static bool may_help(const rpi_distribution *self)
{
    const rpi_dispatch *dispatch = &self->dispatch;
    return !self->config.keeps && dispatch->n_idle > 0 && !rpi_dispatch_first(dispatch) &&
           dispatch->n_items_out > dispatch->n_workers - dispatch->n_idle;
}

static double next_look_s(const rpi_distribution *self)
{
    double pause_s = cost_s + self->dispatch.trip_s + look_member_s * self->config.n_members;
    if (self->changed_s < self->looked_s) pause_s = fmax(pause_s, fmax(least_pause_s, (self->looked_s - self->changed_s) * pause_part));
    return self->looked_s + pause_s;
}

double rpi_recalls_look_s(const rpi_distribution *self) { return may_help(self) ? next_look_s(self) : HUGE_VAL; }

static void begin_look(rpi_distribution *self, double now_s)
{
    double until_s = fair_s(self, now_s, HUGE_VAL);
    self->recall_until_s = now_s + fair_s(self, now_s, until_s);
    self->looked_s = now_s;
    self->recall_member = self->config.n_members - 1;
}

rpi_chunk *rpi_recalls_next(rpi_distribution *self, double now_s, uint64_t *from)
{
    if (self->recall_member < 0) {
        if (!may_help(self) || now_s < next_look_s(self)) return NULL;
        begin_look(self, now_s);
    }
    for (; self->recall_member >= 0; self->recall_member--) {
        rpi_chunk *chunk = may_help(self) ? ask(self, self->recall_member, now_s, from) : NULL;
        if (chunk) return chunk;
    }
    return NULL;
}
