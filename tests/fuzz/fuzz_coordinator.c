/*
 * fuzz_coordinator.c: a sequence of messages for a coordinator with a pool. The bytes are a program of steps of a client and of two made-up
 * ranks: calls and cancels; right and forged results, each chunk once, twice or never; messages that mean anything; gaps and repeats in
 * their numbers; time that passes; the end of a rank. Each call ends, each of its items has one outcome, no result of a chunk that nobody
 * was given is taken, a gap in the numbers loses the rank, and sanitizers see what is left behind. Where the bytes are an odd number, the
 * pool goes on after losses, and no item is lost.
 */
#include "sequence.h"

#include "cluster/coordinator.h"
#include "cluster/work_messages.h"
#include "pool/open.h"

#include <pthread.h>
#include <string.h>

static int64_t fuzz_triple(int64_t x) { return 3 * x + 1; }
RP_TASK(fuzz_triple, int64_t, int64_t)

enum { RANKS = 3, MOST_STEPS = 200, MOST_CALLS = 6, MOST_ITEMS = 60, MOST_CHUNKS = 256, NO_STATUS = 77 };
static const int64_t forged_result = -0x0f0f0f0f;

typedef struct chunk {
    uint64_t call, id, first, count;
} chunk;

typedef struct played_rank {
    sequence_peer peer;
    chunk chunks[MOST_CHUNKS]; /* that it was sent */
    int n_chunks, n_answered;
    uint64_t forged[MOST_STEPS]; /* chunks that a forged answer named */
    int n_forged;
    bool is_dead;
} played_rank;

typedef struct game_call {
    rp_result *handle;
    uint64_t n;
    int64_t results[MOST_ITEMS];
    rp_status statuses[MOST_ITEMS];
    bool doubted[MOST_ITEMS]; /* a forged answer named a chunk of it */
} game_call;

typedef struct game {
    fuzz_input input;
    fake_network *network;
    played_rank ranks[RANKS]; /* from 1 on */
    rpi_coordinator *coordinator;
    rp_pool *pool;
    rp_status status;
    uint64_t pool_id;
    pthread_t thread;
    atomic_bool ready; /* the thread is */
    game_call calls[MOST_CALLS];
    int n_calls;
    double passed_s;
    bool hurt;    /* something happened that may lose a rank */
    bool goes_on; /* the pool does, after a loss */
} game;

/* ---- what the ranks get ---- */

static void take_work(played_rank *rank, const rpi_message *message)
{
    const rpi_work_sent *work = &message->header.work;
    FUZZ_CHECK(work->count > 0 && work->first + work->count <= MOST_ITEMS);
    for (int k = 0; k < rank->n_chunks; k++) FUZZ_CHECK(rank->chunks[k].id != work->chunk);
    if (rank->n_chunks < MOST_CHUNKS) rank->chunks[rank->n_chunks++] = (chunk){work->call, work->chunk, work->first, work->count};
}

static void answer(game *self, int rank, rpi_message_kind kind, uint64_t pool, size_t size)
{
    sequence_send(&self->ranks[rank].peer, sequence_message(kind, pool, size));
}

static void answer_open(game *self, int rank, uint64_t pool)
{
    rp_rank_info info = {.threads = 1, .cores = 1, .host = "far"};
    rpi_message *opened = sequence_message(RPI_OPENED, pool, sizeof info);
    memcpy(opened->data, &info, sizeof info);
    self->pool_id = pool;
    sequence_send(&self->ranks[rank].peer, opened);
}

/* Some are given back, all, or none; or the results come instead of an answer. */
static void take_recall(game *self, int number, const rpi_message *message)
{
    const rpi_recall *recall = &message->header.recall;
    played_rank *rank = &self->ranks[number];
    uint64_t how = fuzz_number(&self->input, 1);
    for (int k = rank->n_answered; k < rank->n_chunks && how < 200; k++) {
        chunk *of = &rank->chunks[k];
        if (of->id != recall->chunk) continue;
        FUZZ_CHECK(of->call == recall->call && recall->from < of->count);
        of->count = recall->from + how % (of->count - recall->from + 1);
        rpi_message *returned = sequence_message(RPI_RECALLED, self->pool_id, 0);
        returned->header.recalled = (rpi_recalled){of->call, of->id, of->count};
        sequence_send(&rank->peer, returned);
    }
}

static void take(game *self, int rank, const rpi_message *message)
{
    switch (message->header.kind) {
    case RPI_OPEN: answer_open(self, rank, message->header.pool); break;
    case RPI_WORK: take_work(&self->ranks[rank], message); break;
    case RPI_RECALL: take_recall(self, rank, message); break;
    case RPI_CLOSE: answer(self, rank, RPI_CLOSED, message->header.pool, 0); break;
    case RPI_STOP: answer(self, rank, RPI_BYE, 0, 0); break;
    default: break;
    }
}

static void take_all(game *self)
{
    rpi_message *message;
    for (int rank = 1; rank < RANKS; rank++)
        while ((message = sequence_receive(&self->ranks[rank].peer))) {
            bool sound = message->header.kind == RPI_HEARTBEAT || rpi_message_check(message, true, NULL) == RP_OK;
            FUZZ_CHECK(sound);
            take(self, rank, message);
            rpi_message_free(message);
        }
}

/* ---- what they send ---- */

static rpi_message *make_done(const game *self, const chunk *of, bool forged)
{
    rpi_message *done = sequence_message(RPI_DONE, self->pool_id, of->count * sizeof(int64_t));
    for (uint64_t k = 0; k < of->count; k++) {
        int64_t result = forged ? forged_result : fuzz_triple((int64_t)(of->first + k));
        memcpy(done->data + k * sizeof result, &result, sizeof result);
    }
    done->header.done = (rpi_done){.call = of->call,
                                   .chunk = of->id,
                                   .count = of->count,
                                   .n_run = of->count,
                                   .busy_ns = 1000,
                                   .cutoff = UINT64_MAX,
                                   .failures_at = of->count * sizeof(int64_t)};
    return done;
}

static void send_next(game *self, int number)
{
    played_rank *rank = &self->ranks[number];
    if (rank->n_answered == rank->n_chunks) return;
    sequence_send(&rank->peer, make_done(self, &rank->chunks[rank->n_answered++], false));
}

/* The rank may have been sent that chunk already, although it hasn't looked, or be sent it before the answer arrives. */
static void forge(played_rank *rank, uint64_t id) { rank->forged[rank->n_forged++] = id; }

/* A DONE with results that nobody computed, for a chunk that may be the rank's, or anyone's, or no one's. */
static void send_forged(game *self, int rank)
{
    chunk of = {1 + fuzz_number(&self->input, 1) % 8, fuzz_number(&self->input, 1) % 64, fuzz_number(&self->input, 1) % MOST_ITEMS,
                1 + fuzz_number(&self->input, 1) % MOST_ITEMS};
    rpi_message *done = make_done(self, &of, true);
    uint64_t more = fuzz_number(&self->input, 1);
    if (more & 1) done->header.done.n_failures = more;
    if (more & 2) done->header.done.n_run = more << 50;
    if (more & 4) done->header.done.failures_at = more;
    forge(&self->ranks[rank], of.id);
    sequence_send(&self->ranks[rank].peer, done);
}

static void send_twice(game *self, int rank)
{
    played_rank *from = &self->ranks[rank];
    if (from->n_answered == 0) return;
    chunk *of = &from->chunks[fuzz_number(&self->input, 1) % (uint64_t)from->n_answered];
    sequence_send(&from->peer, make_done(self, of, true)); /* has been answered, so this isn't taken */
}

/* But for a BYE: the coordinator would wait 30 s for the one that it asks for at the end. */
static void send_anything(game *self, int rank)
{
    rpi_message *message = sequence_anything(&self->input);
    if (message->header.kind == RPI_BYE) message->header.kind = RPI_CLOSED;
    if (message->header.kind == RPI_DONE) forge(&self->ranks[rank], message->header.done.chunk);
    self->hurt = true;
    sequence_send(&self->ranks[rank].peer, message);
}

/* ---- the client ---- */

static void submit(game *self)
{
    if (self->n_calls == MOST_CALLS) return;
    game_call *call = &self->calls[self->n_calls];
    uint64_t how = fuzz_number(&self->input, 1);
    call->n = fuzz_number(&self->input, 1) % (MOST_ITEMS + 1);
    for (uint64_t i = 0; i < MOST_ITEMS; i++) call->statuses[i] = (rp_status)NO_STATUS;
    rp_call_options options = {.statuses = call->statuses,
                               .chunk = how % 8,
                               .retries = how & 8 ? 2 : RP_NO_RETRIES,
                               .on_error = how & 16 ? RP_ON_ERROR_COLLECT : RP_ON_ERROR_STOP};
    rp_status status = rp_map_async(self->pool, fuzz_triple_task, call->results, call->n, RP_RANGE(0, 1), &options, &call->handle, NULL);
    if (status == RP_OK) self->n_calls++;
    else FUZZ_CHECK(status == RP_LOST && self->hurt);
}

static void cancel(game *self)
{
    uint64_t k = fuzz_number(&self->input, 1);
    if (self->n_calls > 0) rp_result_cancel(self->calls[k % (uint64_t)self->n_calls].handle);
}

static void look(game *self)
{
    for (int k = 0; k < self->n_calls; k++) {
        rp_result *handle = self->calls[k].handle;
        FUZZ_CHECK(rp_result_completed(handle) <= self->calls[k].n || self->hurt);
        (void)rp_result_get(handle, 0, NULL);
    }
}

static void end_rank(game *self, int rank)
{
    self->ranks[rank].is_dead = self->hurt = true;
    fake_network_kill(self->network, rank);
}

/* In the end the ranks have been silent for too long. */
static void let_pass(game *self)
{
    double seconds = 0.01 * (double)(fuzz_number(&self->input, 1) % 16);
    self->passed_s += seconds;
    if (self->passed_s > 1) self->hurt = true;
    sequence_pass(seconds);
}

static void step(game *self)
{
    uint64_t code = fuzz_number(&self->input, 1);
    int rank = 1 + (int)(code >> 7);
    switch ((code & 127) % 16) {
    case 0:
    case 1: submit(self); break;
    case 2:
    case 3:
    case 4: send_next(self, rank); break;
    case 5: send_forged(self, rank); break;
    case 6: send_twice(self, rank); break;
    case 7: send_anything(self, rank); break;
    case 8: sequence_skew(&self->ranks[rank].peer, &self->input); break;
    case 9: cancel(self); break;
    case 10: look(self); break;
    case 11: let_pass(self); break;
    case 12: end_rank(self, rank); break;
    default:
        sequence_rest();
        take_all(self);
        break;
    }
}

/* ---- beginning and end ---- */

static void *open_pool(void *argument)
{
    game *self = argument;
    rp_pool_options options = {.threads = 1, .retry_pause_s = 1e-4, .on_lost = self->goes_on ? RP_ON_LOST_GO_ON : RP_ON_LOST_STOP};
    self->status = rpi_pool_open_on(self->coordinator, &options, &self->pool, NULL);
    atomic_store(&self->ready, true);
    return NULL;
}

static void *close_pool(void *argument)
{
    game *self = argument;
    rp_pool_terminate(self->pool);
    self->status = rp_pool_join(self->pool, NULL);
    rp_pool_free(self->pool);
    atomic_store(&self->ready, true);
    return NULL;
}

static bool was_skewed(const game *self) { return self->ranks[1].peer.skewed || self->ranks[2].peer.skewed; }

/* Runs `what` in a thread, while the ranks answer, and whoever has a gap in its numbers becomes lost. */
static void run(game *self, void *(*what)(void *))
{
    double hangs_s = unit_now() + SEQUENCE_HANG_S;
    atomic_store(&self->ready, false);
    FUZZ_CHECK(pthread_create(&self->thread, NULL, what, self) == 0);
    for (int round = 0; !atomic_load(&self->ready); round++) {
        take_all(self);
        for (int rank = 1; rank < RANKS; rank++) send_next(self, rank);
        if (was_skewed(self) || self->hurt) sequence_pass(0.01);
        sequence_rest();
        FUZZ_CHECK(unit_now() < hangs_s);
    }
    pthread_join(self->thread, NULL);
}

static void begin(game *self)
{
    self->network = fake_network_create(RANKS, NULL);
    for (int rank = 1; rank < RANKS; rank++)
        self->ranks[rank].peer = (sequence_peer){.link = fake_network_link(self->network, rank), .to = 0};
    FUZZ_CHECK(rpi_coordinator_create(sequence_detector(self->network, 0), &self->coordinator, NULL) == RP_OK);
    run(self, open_pool);
    FUZZ_CHECK(self->status == RP_OK);
}

/* Whatever has become of the chunk's items is right, in whichever call they are. */
static void doubt(game *self, const chunk *of)
{
    for (int c = 0; c < self->n_calls; c++)
        for (uint64_t i = of->first; i < of->first + of->count; i++) self->calls[c].doubted[i] = true;
}

static void doubt_forged(game *self, const played_rank *rank)
{
    for (int k = 0; k < rank->n_chunks; k++)
        for (int f = 0; f < rank->n_forged; f++)
            if (rank->forged[f] == rank->chunks[k].id) doubt(self, &rank->chunks[k]);
}

static void check_call(const game *self, const game_call *call)
{
    FUZZ_CHECK(rp_result_ready(call->handle) == 1);
    for (uint64_t i = 0; i < call->n; i++) {
        rp_status status = call->statuses[i];
        FUZZ_CHECK(status != RP_LOST || !self->goes_on);
        FUZZ_CHECK(status == RP_OK || status == RP_CANCELLED || status == RP_LOST || status == RP_FAILED || status == RP_NO_MEMORY);
        if (call->doubted[i]) continue;
        if (status == RP_OK) FUZZ_CHECK(call->results[i] == fuzz_triple((int64_t)i));
        if (status == RP_FAILED) FUZZ_CHECK(self->hurt);
        if (status == RP_LOST) FUZZ_CHECK(self->hurt || was_skewed(self));
    }
}

static void end(game *self)
{
    run(self, close_pool);
    FUZZ_CHECK(self->status == RP_OK || self->hurt || was_skewed(self));
    for (int rank = 1; rank < RANKS; rank++) doubt_forged(self, &self->ranks[rank]);
    for (int k = 0; k < self->n_calls; k++) {
        check_call(self, &self->calls[k]);
        rp_result_free(self->calls[k].handle);
    }
    for (int rank = 1; rank < RANKS; rank++) self->ranks[rank].peer.link->ops->destroy(self->ranks[rank].peer.link, 0);
    fake_network_destroy(self->network);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    game *self = calloc(1, sizeof *self);
    FUZZ_CHECK(self);
    self->input = (fuzz_input){data, size};
    self->goes_on = size % 2;
    begin(self);
    for (int n = 0; n < MOST_STEPS && self->input.left > 0; n++) step(self);
    end(self);
    free(self);
    return 0;
}
