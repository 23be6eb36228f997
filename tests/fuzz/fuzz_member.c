/*
 * fuzz_member.c: a sequence of messages for a member. The bytes are a program of steps of a made-up rank 0: sound and unsound messages,
 * gaps and repeats in their numbers, time that passes, the end of rank 0. Each sound WORK is answered once and rightly, the member ends
 * when it is told to or when rank 0 is gone, and sanitizers see what it leaves behind.
 */
#include "sequence.h"

#include "base/options.h"
#include "cluster/member.h"
#include "cluster/work_messages.h"

#include <pthread.h>
#include <string.h>

static int64_t fuzz_square(int64_t x) { return x == 13 ? rp_fail(7, "thirteen") : x * x; }
RP_TASK(fuzz_square, int64_t, int64_t)

enum { MOST_STEPS = 200, MOST_CHUNKS = 64, FIRST_CHUNK = 1000, MOST_POOLS = 3, MOST_CALLS = 4, MOST_ITEMS = 200 };

typedef struct chunk {
    uint64_t pool, call, first, count, asked_from; /* asked_from: the lowest offset that was asked for */
    bool answered, doubted;                        /* doubted: its call or pool may be unknown, or cut off */
} chunk;

typedef struct game {
    fuzz_input input;
    fake_network *network;
    sequence_peer coordinator;
    rpi_link *member_link;
    pthread_t thread;
    rp_status status;
    atomic_bool ended;
    rpi_work works[MOST_CALLS];
    chunk chunks[MOST_CHUNKS];
    int n_chunks;
    bool pool_is_asked[MOST_POOLS], pool_is_open[MOST_POOLS], call_is_known[MOST_POOLS][MOST_CALLS], call_was_sent[MOST_POOLS][MOST_CALLS];
    double passed_s;
    bool wild; /* messages were sent that may mean anything */
} game;

static void *serve(void *argument)
{
    game *self = argument;
    self->status = rpi_member_serve(self->member_link, NULL, NULL);
    atomic_store(&self->ended, true);
    return NULL;
}

/* ---- what the member sends ---- */

static void check_results(const chunk *of, const rpi_message *message)
{
    const rpi_done *done = &message->header.done;
    FUZZ_CHECK(done->count == of->count && done->n_run <= of->count && message->header.size >= of->count * sizeof(int64_t));
    if (done->n_run < of->count || of->doubted) return;
    for (uint64_t k = 0; k < of->count; k++) {
        int64_t x = (int64_t)(of->first + k), result;
        memcpy(&result, message->data + k * sizeof result, sizeof result);
        if (x != 13) FUZZ_CHECK(result == x * x);
    }
    FUZZ_CHECK(done->n_failures == (of->first <= 13 && 13 < of->first + of->count));
}

static void take_done(game *self, const rpi_message *message)
{
    const rpi_done *done = &message->header.done;
    if (done->chunk - FIRST_CHUNK >= (uint64_t)self->n_chunks) { /* of a WORK that may mean anything */
        FUZZ_CHECK(self->wild);
        return;
    }
    chunk *of = &self->chunks[done->chunk - FIRST_CHUNK];
    FUZZ_CHECK(!of->answered && done->call == of->call && message->header.pool == of->pool);
    of->answered = true;
    if (done->status == RP_OK) check_results(of, message);
    else FUZZ_CHECK(of->doubted);
}

/* Each question for a chunk that the member has is answered before its results, which are then only what it kept. */
static void take_returned(game *self, const rpi_message *message)
{
    const rpi_recalled *returned = &message->header.recalled;
    if (returned->chunk - FIRST_CHUNK >= (uint64_t)self->n_chunks) {
        FUZZ_CHECK(self->wild);
        return;
    }
    chunk *of = &self->chunks[returned->chunk - FIRST_CHUNK];
    FUZZ_CHECK(!of->answered && returned->call == of->call && returned->kept <= of->count);
    FUZZ_CHECK(self->wild || returned->kept >= of->asked_from || returned->kept == of->count);
    of->count = returned->kept;
}

static void take_opened(game *self, const rpi_message *message)
{
    uint64_t pool = message->header.pool - 1;
    if (pool < MOST_POOLS && message->header.opened.status == RP_OK) self->pool_is_open[pool] = true;
}

/* The member got nothing but what a coordinator sends. */
static bool is_sound(const game *self) { return !self->coordinator.skewed && !self->wild && !atomic_load(&self->ended); }

static void take_all(game *self)
{
    rpi_message *message;
    while ((message = sequence_receive(&self->coordinator))) {
        FUZZ_CHECK(rpi_message_check(message, false, NULL) == RP_OK || message->header.kind == RPI_HEARTBEAT);
        if (message->header.kind == RPI_DONE) take_done(self, message);
        if (message->header.kind == RPI_RECALLED) take_returned(self, message);
        if (message->header.kind == RPI_OPENED) take_opened(self, message);
        rpi_message_free(message);
    }
}

/* ---- steps ---- */

static void send(game *self, rpi_message *message) { sequence_send(&self->coordinator, message); }

static void send_open(game *self)
{
    uint64_t pool = fuzz_number(&self->input, 1) % MOST_POOLS;
    size_t options_size = rpi_options_packed_size();
    rpi_message *open = sequence_message(RPI_OPEN, pool + 1, options_size + 1);
    rpi_options_pack(&(rp_pool_options){0}, open->data);
    open->data[options_size] = '\0';
    open->header.open.n_threads = 1 + fuzz_number(&self->input, 1) % 2;
    if (self->pool_is_asked[pool]) self->wild = true;
    self->pool_is_asked[pool] = true;
    send(self, open);
    double hangs_s = unit_now() + SEQUENCE_HANG_S;
    while (is_sound(self) && !self->pool_is_open[pool]) {
        take_all(self);
        sequence_rest();
        FUZZ_CHECK(unit_now() < hangs_s);
    }
}

static void send_call(game *self)
{
    uint64_t pool = fuzz_number(&self->input, 1) % MOST_POOLS, call = fuzz_number(&self->input, 1) % MOST_CALLS;
    send(self, rpi_call_message_pack(pool + 1, &self->works[call], NULL));
    if (self->call_was_sent[pool][call]) self->wild = true; /* numbers of calls aren't used again */
    self->call_was_sent[pool][call] = true;
    self->call_is_known[pool][call] = self->pool_is_open[pool];
}

static void send_work(game *self)
{
    if (self->n_chunks == MOST_CHUNKS) return;
    uint64_t pool = fuzz_number(&self->input, 1) % MOST_POOLS, call = fuzz_number(&self->input, 1) % MOST_CALLS;
    uint64_t first = fuzz_number(&self->input, 1) % MOST_ITEMS, count = 1 + fuzz_number(&self->input, 1) % (MOST_ITEMS - first);
    rpi_batch *batch = rpi_batch_create();
    FUZZ_CHECK(batch);
    rpi_batch_reset(batch, &self->works[call], 0, MOST_ITEMS);
    rpi_message *message = rpi_work_message_pack(pool + 1, batch, first, count, NULL);
    FUZZ_CHECK(message);
    rpi_batch_destroy(batch);
    rpi_work_sent *work = &message->header.work;
    work->call = call + 1;
    work->chunk = FIRST_CHUNK + (uint64_t)self->n_chunks;
    work->schedule = RP_SCHEDULE_FIXED;
    work->grain_size = 1 + fuzz_number(&self->input, 1) % 20;
    bool known = self->pool_is_open[pool] && self->call_is_known[pool][call] && !self->wild && !self->coordinator.skewed;
    self->chunks[self->n_chunks++] = (chunk){pool + 1, call + 1, first, count, UINT64_MAX, false, !known};
    send(self, message);
}

/* For a chunk that the member may have, or had. */
static void send_recall(game *self)
{
    uint64_t k = fuzz_number(&self->input, 1), from = fuzz_number(&self->input, 1) % MOST_ITEMS;
    if (self->n_chunks == 0) return;
    chunk *of = &self->chunks[k % (uint64_t)self->n_chunks];
    rpi_message *recall = sequence_message(RPI_RECALL, of->pool, 0);
    recall->header.recall = (rpi_recall){of->call, FIRST_CHUNK + k % (uint64_t)self->n_chunks, from};
    if (from < of->asked_from) of->asked_from = from;
    send(self, recall);
}

static void doubt_all(game *self)
{
    for (int k = 0; k < self->n_chunks; k++) self->chunks[k].doubted = true;
}

static void send_about_call(game *self, rpi_message_kind kind)
{
    uint64_t pool = fuzz_number(&self->input, 1) % MOST_POOLS, call = fuzz_number(&self->input, 1) % MOST_CALLS;
    rpi_message *message = sequence_message(kind, pool + 1, 0);
    message->header.fields[0] = call + 1;
    if (kind == RPI_CUTOFF) message->header.cutoff.cutoff = fuzz_number(&self->input, 1);
    self->call_is_known[pool][call] = false;
    doubt_all(self);
    send(self, message);
}

static void send_close(game *self)
{
    uint64_t pool = fuzz_number(&self->input, 1) % MOST_POOLS;
    self->pool_is_open[pool] = false;
    memset(self->call_is_known[pool], 0, sizeof self->call_is_known[pool]);
    doubt_all(self);
    send(self, sequence_message(RPI_CLOSE, pool + 1, 0));
}

static void send_anything(game *self)
{
    self->wild = true;
    doubt_all(self);
    send(self, sequence_anything(&self->input));
}

/* In the end rank 0 has been silent for too long. */
static void let_pass(game *self)
{
    double seconds = 0.01 * (double)(fuzz_number(&self->input, 1) % 16);
    self->passed_s += seconds;
    if (self->passed_s > 1) self->coordinator.skewed = true;
    sequence_pass(seconds);
}

static void step(game *self)
{
    switch (fuzz_number(&self->input, 1) % 16) {
    case 0:
    case 1: send_open(self); break;
    case 2:
    case 3: send_call(self); break;
    case 4:
    case 5:
    case 6: send_work(self); break;
    case 7: send_about_call(self, RPI_CUTOFF); break;
    case 8: send_about_call(self, RPI_FORGET); break;
    case 9: send_close(self); break;
    case 10: send_anything(self); break;
    case 11: sequence_skew(&self->coordinator, &self->input); break;
    case 12: let_pass(self); break;
    case 13:
    case 14: send_recall(self); break;
    default:
        take_all(self);
        sequence_rest();
        break;
    }
}

/* ---- beginning and end ---- */

static void begin(game *self)
{
    self->network = fake_network_create(2, NULL);
    self->coordinator = (sequence_peer){.link = fake_network_link(self->network, 0), .to = 1};
    self->member_link = sequence_detector(self->network, 1);
    for (int k = 0; k < MOST_CALLS; k++) {
        rpi_work *work = &self->works[k];
        FUZZ_CHECK(rpi_work_init(work, fuzz_square_task, (rp_columns){0, NULL}, RP_COLUMNS(RP_RANGE(0, 1)), NULL) == RP_OK);
        work->id = (uint64_t)k + 1;
        work->on_error = RP_ON_ERROR_COLLECT;
        work->max_attempts = 1;
    }
    FUZZ_CHECK(pthread_create(&self->thread, NULL, serve, self) == 0);
}

static bool all_answered(const game *self)
{
    for (int k = 0; k < self->n_chunks; k++)
        if (!self->chunks[k].answered) return false;
    return true;
}

/* Unless messages were lost on the way, or meant anything, all chunks come back, and STOP is answered. */
static void end(game *self)
{
    bool sound = is_sound(self);
    double hangs_s = unit_now() + SEQUENCE_HANG_S;
    while (sound && !all_answered(self) && !atomic_load(&self->ended)) {
        take_all(self);
        sequence_rest();
        FUZZ_CHECK(unit_now() < hangs_s);
    }
    if (fuzz_number(&self->input, 1) % 2) fake_network_kill(self->network, 0);
    else send(self, sequence_message(RPI_STOP, 0, 0));
    while (!atomic_load(&self->ended)) {
        take_all(self);
        sequence_pass(0.01); /* a gap in the numbers is a loss */
        sequence_rest();
        FUZZ_CHECK(unit_now() < hangs_s);
    }
    pthread_join(self->thread, NULL);
    FUZZ_CHECK(self->status == RP_OK || self->status == RP_LOST);
    for (int k = 0; k < MOST_CALLS; k++) rpi_work_fini(&self->works[k]);
    self->coordinator.link->ops->destroy(self->coordinator.link, 0);
    fake_network_destroy(self->network);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    game *self = calloc(1, sizeof *self);
    FUZZ_CHECK(self);
    self->input = (fuzz_input){data, size};
    begin(self);
    for (int n = 0; n < MOST_STEPS && self->input.left > 0 && !atomic_load(&self->ended); n++) step(self);
    end(self);
    free(self);
    return 0;
}
