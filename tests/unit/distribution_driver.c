/* distribution_driver.c: see distribution_driver.h. */
#include "distribution_driver.h"

static double item_s(const rpi_distribution_entry *entry) { return ((const driver_batch *)entry)->item_s; }

static int n_freed; /* in the driver that is being destroyed */

static void free_chunk(rpi_chunk *chunk)
{
    assert_int_equal(((driver_chunk *)chunk)->n_freed++, 0);
    n_freed++;
}

driver *driver_create(int n_members, const unsigned *n_workers)
{
    driver *self = calloc(1, sizeof *self);
    rpi_distribution_config config = {
        .n_members = n_members, .chunk_size = sizeof(driver_chunk), .item_s = item_s, .free_chunk = free_chunk};
    assert_non_null(self);
    assert_in_range(n_members, 1, DRIVER_MEMBERS);
    self->n_members = n_members;
    assert_true(rpi_distribution_init(&self->distribution, &config));
    for (int m = 0; m < n_members; m++) rpi_dispatch_set_workers(&self->distribution.dispatch, m, n_workers[m]);
    return self;
}

void driver_destroy(driver *self)
{
    n_freed = 0;
    rpi_distribution_fini(&self->distribution);
    assert_true(n_freed >= self->n_out);
    free(self);
}

/* ---- the model ---- */

static driver_batch *batch_of(const rpi_chunk *chunk) { return (driver_batch *)chunk->entry; }

static driver_call *model_of(driver *self, const rpi_distribution_call *call)
{
    for (int k = 0; k < self->n_calls; k++)
        if (self->calls[k].call == call) return &self->calls[k];
    fail_msg("an action is of a call that isn't there");
    return NULL;
}

/* No more of the batch is handed out from offset `end` on. */
static void end_at(driver_batch *batch, uint64_t end)
{
    for (; batch->limit > end; batch->limit--) {
        unsigned char *item = &batch->items[batch->limit - 1];
        if (*item != ITEM_CAME_BACK) continue;
        *item = ITEM_IS_LEFT_OUT;
        batch->n_returned--;
    }
    if (end < batch->position) end = batch->position;
    if (end < batch->end) batch->end = end;
}

static void end_at_cutoff(driver_batch *batch)
{
    uint64_t first = batch->entry.first, cutoff = batch->of->cutoff;
    end_at(batch, cutoff > first ? cutoff - first : 0);
}

static void tell_all(driver *self, driver_call *call)
{
    for (int m = 0; m < self->n_members; m++) call->to_tell[m] = call->knows[m];
}

static bool is_done(const driver_batch *batch) { return batch->n_out == 0 && batch->n_returned == 0 && batch->position == batch->end; }

static void set_items(const rpi_chunk *chunk, driver_item from, driver_item to)
{
    driver_batch *batch = batch_of(chunk);
    for (uint64_t i = chunk->first; i < chunk->first + chunk->count; i++) {
        assert_int_equal(batch->items[i], from);
        batch->items[i] = (unsigned char)to;
    }
}

static void forget_out(driver *self, int k)
{
    assert_in_range(k, 0, self->n_out - 1);
    batch_of(&self->out[k]->base)->n_out--;
    self->n_out--;
    memmove(&self->out[k], &self->out[k + 1], (size_t)(self->n_out - k) * sizeof(driver_chunk *));
}

/* The chunk is the distribution's again. */
static void take_out(driver *self, int k)
{
    assert_in_range(k, 0, self->n_out - 1);
    set_items(&self->out[k]->base, ITEM_IS_OUT, ITEM_IS_BACK);
    forget_out(self, k);
}

static void give_up(driver_batch *batch)
{
    batch->failed = true;
    end_at(batch, 0);
}

/* ---- events ---- */

driver_call *driver_open(driver *self)
{
    assert_true(self->n_calls < DRIVER_CALLS);
    driver_call *call = &self->calls[self->n_calls];
    call->call = rpi_distribution_call_create(&self->distribution, (uint64_t)self->n_calls + 100, call);
    assert_non_null(call->call);
    assert_int_equal(call->call->id, self->n_calls + 100);
    assert_ptr_equal(call->call->owner, call);
    call->cutoff = UINT64_MAX;
    self->n_calls++;
    return call;
}

driver_batch *driver_add(driver *self, driver_call *call, uint64_t first, uint64_t count, const rpi_dispatch_entry *like)
{
    assert_true(self->n_batches < DRIVER_BATCHES);
    driver_batch *batch = &self->batches[self->n_batches++];
    if (like) batch->entry.dispatch = *like;
    else batch->entry.dispatch.schedule = (rpi_schedule){.kind = RP_SCHEDULE_FIXED, .chunk = 1};
    batch->entry.dispatch.schedule.n_items = count;
    batch->entry.dispatch.count = count;
    batch->entry.call = call->call;
    batch->entry.first = first;
    batch->item_s = batch->entry.dispatch.item_s;
    batch->of = call;
    batch->end = batch->limit = count;
    assert_true(count <= DRIVER_ITEMS);
    end_at_cutoff(batch);
    rpi_distribution_add(&self->distribution, &batch->entry);
    return batch;
}

void driver_back(driver *self, int k)
{
    driver_chunk *chunk = self->out[k];
    take_out(self, k);
    rpi_distribution_back(&self->distribution, &chunk->base, chunk->base.count, 1e-3 * (double)chunk->base.count, self->now_s);
}

void driver_return(driver *self, int k, uint64_t kept)
{
    rpi_chunk *chunk = &self->out[k]->base;
    driver_batch *batch = batch_of(chunk);
    uint64_t from = chunk->recalled->first - chunk->first, count = chunk->count;
    if (from > 0) assert_false(rpi_distribution_returned(&self->distribution, chunk, from - 1, self->now_s)); /* changes nothing */
    assert_false(rpi_distribution_returned(&self->distribution, chunk, count + 1, self->now_s));
    for (uint64_t i = chunk->first + kept; i < chunk->first + count; i++) {
        assert_int_equal(batch->items[i], ITEM_IS_OUT);
        batch->items[i] = i < batch->limit ? ITEM_CAME_BACK : ITEM_IS_LEFT_OUT;
        batch->n_returned += i < batch->limit;
    }
    assert_true(rpi_distribution_returned(&self->distribution, chunk, kept, self->now_s));
    assert_false(rpi_distribution_returned(&self->distribution, chunk, kept, self->now_s)); /* once is enough */
    assert_int_equal(chunk->count, kept);
}

void driver_fail(driver *self, int k)
{
    driver_chunk *chunk = self->out[k];
    take_out(self, k);
    give_up(batch_of(&chunk->base));
    rpi_distribution_fail(&self->distribution, &chunk->base);
}

void driver_cut(driver *self, driver_call *call, uint64_t cutoff)
{
    rpi_distribution_cut(&self->distribution, call->call, cutoff);
    if (cutoff >= call->cutoff) return;
    call->cutoff = cutoff;
    tell_all(self, call);
    for (int k = 0; k < self->n_batches; k++)
        if (self->batches[k].of == call && !self->batches[k].done) end_at_cutoff(&self->batches[k]);
}

void driver_drop(driver *self, driver_batch *batch)
{
    end_at(batch, 0);
    rpi_distribution_drop(&self->distribution, &batch->entry);
}

void driver_lose(driver *self, int member)
{
    for (int k = self->n_out - 1; k >= 0; k--)
        if (self->out[k]->base.member == member) take_out(self, k);
    if (self->held && self->held->base.member == member) self->held = NULL;
    self->lost[member] = true;
    rpi_distribution_lose(&self->distribution, member);
}

/* What becomes of the items of a chunk whose member is taken over. Returns how many others get. */
static uint64_t give_to_others(const driver *self, const driver_chunk *out)
{
    const rpi_chunk *chunk = &out->base;
    driver_batch *batch = batch_of(chunk);
    unsigned n = chunk->n_losses + (out != self->held && (chunk->n_losses == 0 || chunk->is_accepted));
    assert_int_equal(rpi_distribution_losses(&self->distribution, chunk), n);
    for (uint64_t i = chunk->first; i < chunk->first + chunk->count; i++) {
        assert_int_equal(batch->items[i], ITEM_IS_OUT);
        batch->losses[i] = (unsigned char)n;
        if (n >= RPI_MOST_LOSSES) batch->items[i] = ITEM_IS_BACK;
        else batch->items[i] = i < batch->limit ? ITEM_CAME_BACK : ITEM_IS_LEFT_OUT;
        batch->n_returned += batch->items[i] == ITEM_CAME_BACK;
    }
    return n < RPI_MOST_LOSSES ? chunk->count : 0;
}

void driver_take_over(driver *self, int member)
{
    uint64_t n = 0;
    for (int k = self->n_out - 1; k >= 0; k--) {
        driver_chunk *chunk = self->out[k];
        if (chunk->base.member != member) continue;
        n += give_to_others(self, chunk);
        forget_out(self, k);
    }
    if (self->held && self->held->base.member == member) self->held = NULL;
    self->lost[member] = true;
    assert_int_equal(rpi_distribution_take_over(&self->distribution, member), n);
}

void driver_forget(driver *self, driver_call *call)
{
    call->is_over = true;
    tell_all(self, call);
    rpi_distribution_forget(&self->distribution, call->call);
}

void driver_fail_call(driver *self, const rpi_action *action)
{
    int last = self->n_out - 1;
    assert_ptr_equal(self->out[last], self->held);
    model_of(self, action->call)->knows[action->member] = false;
    give_up(batch_of(&self->held->base));
    take_out(self, last);
    self->held = NULL;
    rpi_distribution_fail_call(&self->distribution, action);
}

/* ---- actions ---- */

static unsigned workers_of(const driver *self, int member) { return self->distribution.members[member].n_workers; }

/* Items that were with lost members, before the chunk is noted as out. */
static void check_suspects(const driver *self, const rpi_chunk *chunk)
{
    const driver_batch *batch = batch_of(chunk);
    unsigned n_others = 0;
    for (uint64_t i = chunk->first; i < chunk->first + chunk->count; i++) assert_int_equal(batch->losses[i], chunk->n_losses);
    assert_true(chunk->n_losses < RPI_MOST_LOSSES);
    for (int m = 1; m < self->n_members; m++) n_others += workers_of(self, m);
    if (chunk->n_losses > 0 && n_others > 0) assert_true(chunk->member > 0);
    if (chunk->n_losses < 2) return;
    assert_int_equal(chunk->count, 1);
    for (int k = 0; k < self->n_out; k++)
        if (self->out[k]->base.member == chunk->member) assert_true(self->out[k]->base.n_losses < 2);
}

/* Whether the member could have had some of those that came back. */
static bool could_have(const driver_batch *batch, const rpi_chunk *chunk)
{
    for (uint64_t i = 0; i < batch->position; i++)
        if (batch->items[i] == ITEM_CAME_BACK && batch->losses[i] == 0 && chunk->n_losses == 0) return true;
    return false;
}

/* The chunk has the next items of its batch, or some that came back, which go first, unless its member may not have them. */
static void note_chunk(driver *self, rpi_chunk *chunk)
{
    driver_batch *batch = batch_of(chunk);
    assert_false(batch->done);
    bool again = batch->items[chunk->first] == ITEM_CAME_BACK;
    if (!again) assert_false(could_have(batch, chunk));
    check_suspects(self, chunk);
    if (!again) assert_int_equal(chunk->first, batch->position);
    assert_in_range(chunk->count, 1, again ? batch->n_returned : batch->end - batch->position);
    set_items(chunk, again ? ITEM_CAME_BACK : ITEM_WAITS, ITEM_IS_OUT);
    if (again) batch->n_returned -= chunk->count;
    else batch->position += chunk->count;
    assert_true(!self->lost[chunk->member] && self->distribution.members[chunk->member].n_workers > 0);
    assert_int_equal(chunk->grains.n_items, chunk->count);
    assert_true(self->n_out < DRIVER_CHUNKS);
    batch->n_out++;
    self->out[self->n_out++] = (driver_chunk *)chunk;
}

/* The chunk that is to follow a CALL is booked with it. */
static void note_call(driver *self, const rpi_action *action, driver_call *call)
{
    rpi_chunk *held = self->distribution.held;
    assert_null(self->held);
    assert_false(call->is_over);
    assert_false(call->knows[action->member]);
    assert_non_null(held);
    assert_int_equal(held->member, action->member);
    assert_ptr_equal(held->entry->call, action->call);
    call->knows[action->member] = true;
    note_chunk(self, held);
    self->held = (driver_chunk *)held;
}

static void note_sent(driver *self, const rpi_action *action, const driver_call *call)
{
    rpi_chunk *chunk = action->chunk;
    assert_true(call->knows[action->member]);
    assert_int_equal(chunk->member, action->member);
    assert_ptr_equal(chunk->entry->call, action->call);
    if (self->held) assert_ptr_equal(self->held, chunk);
    else note_chunk(self, chunk);
    self->held = NULL;
    assert_ptr_equal(rpi_distribution_find(&self->distribution, chunk->member, chunk->id), chunk);
}

/* Something is asked for only while a worker has nothing to do and nothing is left to hand out. */
static void note_recall(driver *self, const rpi_action *action)
{
    const rpi_chunk *chunk = action->chunk;
    const rpi_dispatch *dispatch = &self->distribution.dispatch;
    assert_true(dispatch->n_idle > 0 && !rpi_dispatch_first(dispatch));
    assert_int_equal(chunk->member, action->member);
    assert_ptr_equal(rpi_distribution_find(&self->distribution, chunk->member, chunk->id), chunk);
    assert_false(chunk->entry->dispatch.urgent);
    assert_true(chunk->entry->dispatch.schedule.kind != RP_SCHEDULE_STATIC);
    assert_non_null(chunk->recalled);
    assert_in_range(chunk->recalled->first, chunk->first, chunk->first + chunk->count - 1);
    assert_int_equal(chunk->recalled->first + chunk->recalled->count, chunk->first + chunk->count);
}

static void note_told(const rpi_action *action, driver_call *call)
{
    assert_int_equal(action->kind, call->is_over ? RPI_SEND_FORGET : RPI_SEND_CUTOFF);
    assert_true(call->to_tell[action->member]);
    assert_int_equal(call->call->cutoff, call->cutoff);
    call->to_tell[action->member] = false;
}

static void note_done(const rpi_action *action)
{
    driver_batch *batch = (driver_batch *)action->entry;
    assert_ptr_equal(action->entry->call, action->call);
    assert_false(batch->done);
    assert_true(is_done(batch));
    assert_int_equal(batch->entry.status, batch->failed ? RP_NO_MEMORY : RP_OK);
    batch->done = true;
    memset(&batch->entry, 0xdb, sizeof batch->entry); /* nobody reads it any more */
}

/* Until the next event: all were told, all batches that are at their end are done, and calls that are over are gone. */
static void check_rest(driver *self)
{
    assert_null(self->held);
    for (int k = 0; k < self->n_batches; k++) assert_int_equal(self->batches[k].done, is_done(&self->batches[k]));
    for (int k = 0; k < self->n_calls; k++) {
        for (int m = 0; m < self->n_members; m++) assert_false(self->calls[k].to_tell[m]);
        if (self->calls[k].is_over) self->calls[k].call = NULL;
    }
}

bool driver_next(driver *self, rpi_action *action)
{
    if (!rpi_distribution_next(&self->distribution, self->now_s, action)) {
        check_rest(self);
        return false;
    }
    driver_call *call = model_of(self, action->call);
    if (action->kind != RPI_BATCH_DONE) assert_in_range(action->member, 0, self->n_members - 1);
    switch (action->kind) {
    case RPI_SEND_CALL: note_call(self, action, call); break;
    case RPI_SEND_CHUNK: note_sent(self, action, call); break;
    case RPI_SEND_RECALL: note_recall(self, action); break;
    case RPI_SEND_CUTOFF:
    case RPI_SEND_FORGET: note_told(action, call); break;
    case RPI_BATCH_DONE: note_done(action); break;
    }
    return true;
}

int driver_run(driver *self)
{
    rpi_action action;
    int n = 0;
    while (driver_next(self, &action)) n++;
    return n;
}

rpi_action driver_expect(driver *self, rpi_action_kind kind, int member)
{
    rpi_action action = {.member = -1};
    assert_true(driver_next(self, &action));
    assert_int_equal(action.kind, kind);
    if (kind != RPI_BATCH_DONE) assert_int_equal(action.member, member);
    return action;
}

void driver_expect_done(driver *self, const driver_batch *batch)
{
    assert_ptr_equal(driver_expect(self, RPI_BATCH_DONE, -1).entry, &batch->entry);
}

void driver_expect_none(driver *self) { assert_int_equal(driver_run(self), 0); }

void driver_finish(driver *self)
{
    driver_run(self);
    while (self->n_out > 0) {
        driver_back(self, 0);
        driver_run(self);
    }
}

/* ---- any event ---- */

/* One of the calls that aren't over, and one of the batches that aren't done; NULL: there is none. */
static driver_call *any_call(driver *self)
{
    driver_call *call = self->n_calls > 0 ? &self->calls[unit_random((uint64_t)self->n_calls)] : NULL;
    return call && !call->is_over ? call : NULL;
}

static driver_batch *any_batch(driver *self)
{
    driver_batch *batch = self->n_batches > 0 ? &self->batches[unit_random((uint64_t)self->n_batches)] : NULL;
    return batch && !batch->done ? batch : NULL;
}

/* Not the one that follows its CALL; -1: there is none. */
static int any_chunk(driver *self)
{
    int n = self->n_out - (self->held != NULL);
    return n > 0 ? (int)unit_random((uint64_t)n) : -1;
}

/* Its member answers what it was asked, or has sent it back before it was. */
static void back_any(driver *self, int k)
{
    const rpi_chunk *chunk = &self->out[k]->base;
    if (chunk->recalled && unit_random(4) > 0)
        driver_return(self, k, chunk->count - unit_random(chunk->first + chunk->count - chunk->recalled->first + 1));
    else driver_back(self, k);
}

static void add_any(driver *self)
{
    driver_call *call = any_call(self);
    if (!call || self->n_batches == DRIVER_BATCHES) return;
    rpi_dispatch_entry like = {.schedule = {.kind = unit_random_schedule(), .chunk = 1 + unit_random(20)},
                               .whole = unit_random(8) == 0,
                               .urgent = unit_random(6) == 0,
                               .avoids = unit_random(4) == 0,
                               .avoided = (int)unit_random((uint64_t)self->n_members),
                               .item_s = (double)unit_random(3) * 1e-4};
    driver_add(self, call, unit_random(1000), unit_random(UINT64_C(1) << unit_random(11)), &like);
}

static void forget_any(driver *self)
{
    driver_call *call = any_call(self);
    for (int k = 0; k < self->n_batches; k++)
        if (self->batches[k].of == call && !self->batches[k].done) return;
    if (call) driver_forget(self, call);
}

/* Some suspects were accepted before. */
static void take_over_any(driver *self)
{
    for (int k = 0; k < self->n_out; k++) self->out[k]->base.is_accepted = unit_random(3) > 0;
    driver_take_over(self, (int)unit_random((uint64_t)self->n_members));
}

static void change_any(driver *self)
{
    driver_call *call = any_call(self);
    driver_batch *batch = any_batch(self);
    int chunk = any_chunk(self);
    self->now_s += (double)unit_random(1000) * 1e-6;
    switch (unit_random(100)) {
    case 0:
        if (unit_random(4) == 0) driver_lose(self, (int)unit_random((uint64_t)self->n_members));
        else if (unit_random(2) == 0) take_over_any(self);
        break;
    case 1:
    case 2:
        if (batch) driver_drop(self, batch);
        break;
    case 3:
        if (chunk >= 0) driver_fail(self, chunk);
        break;
    case 4:
    case 5:
        if (call) driver_cut(self, call, unit_random(1500));
        break;
    case 6: forget_any(self); break;
    case 7:
    case 8:
        if (self->n_calls < DRIVER_CALLS) driver_open(self);
        break;
    default:
        if (unit_random(10) == 0) add_any(self);
        else if (chunk >= 0) back_any(self, chunk);
    }
}

void driver_any_event(driver *self)
{
    rpi_action action;
    change_any(self);
    while (driver_next(self, &action)) {
        if (action.kind == RPI_SEND_CALL && unit_random(50) == 0) driver_fail_call(self, &action);
        else if (unit_random(6) == 0) change_any(self);
    }
}

void driver_end_all(driver *self)
{
    if (self->distribution.dispatch.n_workers == 0)
        for (int k = 0; k < self->n_calls; k++)
            if (!self->calls[k].is_over) driver_cut(self, &self->calls[k], 0);
    driver_finish(self);
    for (int k = 0; k < self->n_batches; k++) assert_true(self->batches[k].done);
    for (int k = 0; k < self->n_calls; k++)
        if (!self->calls[k].is_over) driver_forget(self, &self->calls[k]);
    driver_run(self);
    assert_true(rpi_list_is_empty(&self->distribution.calls));
}
