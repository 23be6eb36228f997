/* copies.c: see copies.h. */
#include "cluster/copies.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

static const double answer_timeout_s = 600;

/* The copies of one region. */
struct rpi_copies {
    rpi_list_link link; /* of the coordinator's, once they are complete */
    const char *base;
    rpi_region_name original;
    int n_holders, n_awaited;
    enum { MAKING_ROOM, SENDING, ATTACHING } step;
    rp_error error;          /* the first; RP_OK: none */
    int *holder_of;          /* of each rank: the one whose copy it is to have; 0: none */
    int *holders;            /* the first n_holders */
    bool *has_answered;      /* each rank, in this step */
    rpi_region_name names[]; /* of the copy that each rank has; machine 0: none */
};

static void free_copies(rpi_copies *copies)
{
    if (!copies) return;
    free(copies->holder_of);
    free(copies->holders);
    free(copies->has_answered);
    free(copies);
}

/* ---- who holds them ---- */

static bool needs_copy(const rpi_coordinator_pool *pool, int rank)
{
    return !pool->members[rank].attaches && !pool->coordinator->is_lost[rank];
}

static int find_holder(const rpi_coordinator_pool *pool, const rpi_copies *copies, int rank)
{
    for (int i = 0; i < copies->n_holders; i++)
        if (!strcmp(pool->members[copies->holders[i]].info.host, pool->members[rank].info.host)) return copies->holders[i];
    return 0;
}

static void choose_holders(const rpi_coordinator_pool *pool, rpi_copies *copies)
{
    for (int rank = 1; rank < pool->n_ranks; rank++) {
        if (!needs_copy(pool, rank)) continue;
        copies->holder_of[rank] = find_holder(pool, copies, rank);
        if (copies->holder_of[rank]) continue;
        copies->holder_of[rank] = rank;
        copies->holders[copies->n_holders++] = rank;
    }
}

/* ---- messages ---- */

/* Members that have left their launcher can't make each other's acquaintance: rank 0 sends to all. */
static int n_sent_by_root(const rpi_coordinator_pool *pool, const rpi_copies *copies)
{
    return pool->coordinator->link->has_left || copies->n_holders < 2 ? copies->n_holders : 2;
}

static void send_share(rpi_coordinator_pool *pool, const rpi_copies *copies, int i)
{
    rpi_message *message = rpi_message_create(RPI_SHARE, pool->id, 0);
    /* Rank 0 sends to holders 0 and 1; holder i to 2i + 2 and 2i + 3. */
    int child = n_sent_by_root(pool, copies) == copies->n_holders ? copies->n_holders : 2 * i + 2;
    if (message) {
        rpi_share_sent *share = &message->header.share;
        share->id = copies->original.token[0];
        share->size = copies->original.size;
        if (child < copies->n_holders) share->child = (uint64_t)copies->holders[child];
        if (child + 1 < copies->n_holders) share->other_child = (uint64_t)copies->holders[child + 1];
    }
    rpi_coordinator_send(pool->coordinator, copies->holders[i], message);
}

rpi_message *rpi_contents_message(uint64_t pool, uint64_t id, const char *base, size_t size)
{
    bool large = size > RPI_LARGE_DATA;
    rpi_message *message = rpi_message_create(RPI_CONTENTS, pool, large ? 0 : size);
    if (!message) return NULL;
    message->header.contents.id = id;
    message->header.size = size;
    if (large) message->outside = base;
    else memcpy(message->data, base, size);
    return message;
}

static void send_attach(rpi_coordinator_pool *pool, const rpi_copies *copies, int rank)
{
    rpi_message *message = rpi_message_create(RPI_ATTACH, pool->id, 0);
    if (message) {
        message->header.attach.id = copies->original.token[0];
        message->header.attach.region = copies->names[copies->holder_of[rank]];
    }
    rpi_coordinator_send(pool->coordinator, rank, message);
}

static void send_detach(rpi_coordinator *coordinator, int rank, const rpi_region_name *name)
{
    rpi_message *message = rpi_message_create(RPI_DETACH, 0, 0);
    if (message) message->header.detach = (rpi_detach){name->token[0], name->token[1]};
    rpi_coordinator_send(coordinator, rank, message);
}

static void end_copies(rpi_coordinator *coordinator, rpi_copies *copies)
{
    for (int rank = 1; rank < coordinator->n_ranks; rank++)
        if (copies->names[rank].machine) send_detach(coordinator, rank, &copies->names[rank]);
    free_copies(copies);
}

/* ---- the steps ---- */

/* After a loss what was sent may still be read: the memory stays as it is until the process ends, and the copies aren't used. */
static void settle(rpi_coordinator *coordinator, rpi_copies *copies, rp_status status)
{
    if (status == RP_LOST) memset(copies->names, 0, (size_t)coordinator->n_ranks * sizeof copies->names[0]);
    if (status == RP_LOST || status == RP_OK) rpi_list_add_first(&coordinator->copies, &copies->link);
    if (status != RP_LOST) (void)rpi_regions_let_go(copies->base);
    if (status != RP_LOST && status != RP_OK) end_copies(coordinator, copies);
}

/* The client's wait ends. */
static void answer(rpi_coordinator_pool *pool, const rp_error *error, rp_status status)
{
    spread_request *request = &pool->spread;
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    request->answer = *error;
    request->answer.status = status;
    request->waiting = false;
    request->copies = NULL;
    pthread_cond_signal(&request->answered);
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
}

static void finish(rpi_coordinator_pool *pool, rp_status status)
{
    rpi_copies *copies = pool->spread.copies;
    rp_error error = copies->error;
    if (status == RP_OK) status = error.status;
    settle(pool->coordinator, copies, status);
    answer(pool, &error, status);
}

/* A rank was lost meanwhile, and the others go on: they are sent bytes, as hosts are that can't share. */
static void abandon(rpi_coordinator_pool *pool)
{
    rp_error error = pool->spread.copies->error;
    settle(pool->coordinator, pool->spread.copies, RP_LOST);
    answer(pool, &error, RP_UNSUPPORTED);
}

static void begin_attaching(rpi_coordinator_pool *pool, rpi_copies *copies)
{
    copies->step = ATTACHING;
    copies->n_awaited = 0;
    for (int rank = 1; rank < pool->n_ranks; rank++) {
        if (copies->holder_of[rank] == 0 || copies->holder_of[rank] == rank) continue;
        copies->n_awaited++;
        send_attach(pool, copies, rank);
    }
    if (copies->n_awaited == 0) finish(pool, RP_OK);
}

static void begin_sending(rpi_coordinator_pool *pool, rpi_copies *copies)
{
    copies->step = SENDING;
    copies->n_awaited = copies->n_holders;
    for (int i = 0; i < n_sent_by_root(pool, copies); i++)
        rpi_coordinator_send(pool->coordinator, copies->holders[i],
                             rpi_contents_message(pool->id, copies->original.token[0], copies->base, (size_t)copies->original.size));
}

static void begin_making_room(rpi_coordinator_pool *pool, rpi_copies *copies)
{
    copies->n_awaited = copies->n_holders;
    for (int i = 0; i < copies->n_holders; i++) send_share(pool, copies, i);
    if (copies->n_holders == 0) finish(pool, RP_OK);
}

static void next_step(rpi_coordinator_pool *pool, rpi_copies *copies)
{
    memset(copies->has_answered, 0, (size_t)pool->n_ranks * sizeof *copies->has_answered);
    if (copies->error.status != RP_OK) finish(pool, RP_OK);
    else if (copies->step == MAKING_ROOM) begin_sending(pool, copies);
    else if (copies->step == SENDING) begin_attaching(pool, copies);
    else finish(pool, RP_OK);
}

/* A rank that can't attach its holder's copy is sent bytes. A holder without a copy is an error. */
static void take_answer(rpi_coordinator_pool *pool, rpi_copies *copies, int rank, const rpi_shared *shared)
{
    rp_status status = (rp_status)shared->status;
    const char *host = pool->members[rank].info.host;
    if (status == RP_OK) copies->names[rank] = copies->step == ATTACHING ? copies->names[copies->holder_of[rank]] : shared->region;
    else if (copies->step != ATTACHING && copies->error.status == RP_OK)
        rp_error_set(&copies->error, status, 0, "host %s has no room for %llu bytes of shared data: %s", host,
                     (unsigned long long)copies->original.size, rp_status_text(status));
}

bool rpi_copies_step(rpi_coordinator_pool *pool)
{
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    rpi_copies *copies = pool->spread.asked;
    pool->spread.asked = NULL;
    pool->spread.copies = copies ? copies : pool->spread.copies;
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
    if (!copies) return false;
    if (pool->coordinator->n_lost > 0 && !pool->on_loss.goes_on) {
        rpi_copies_lose(pool);
        return true;
    }
    choose_holders(pool, copies);
    begin_making_room(pool, copies);
    return true;
}

void rpi_copies_shared(rpi_coordinator_pool *pool, int rank, rpi_message **message)
{
    const rpi_shared *shared = &(*message)->header.shared;
    rpi_copies *copies = pool->spread.copies;
    bool is_of_step = copies && shared->id == copies->original.token[0] && copies->holder_of[rank] &&
                      (copies->holder_of[rank] == rank) == (copies->step != ATTACHING) && !copies->has_answered[rank];
    if (!is_of_step) return;
    copies->has_answered[rank] = true;
    take_answer(pool, copies, rank, shared);
    if (--copies->n_awaited == 0) next_step(pool, copies);
}

void rpi_copies_lose(rpi_coordinator_pool *pool)
{
    rpi_copies *copies = pool->spread.copies;
    if (!copies) return;
    copies->error = pool->coordinator->loss;
    if (pool->on_loss.goes_on) abandon(pool);
    else finish(pool, RP_LOST);
}

/* ---- names, and the end ---- */

bool rpi_copies_name(const rpi_member_port *port, const uint64_t token[2], rpi_region_name *name)
{
    RPI_LIST_EACH(at, &port->pool->coordinator->copies) {
        const rpi_copies *copies = RPI_ENTRY(at, rpi_copies, link);
        if (memcmp(copies->original.token, token, sizeof copies->original.token) != 0) continue;
        *name = copies->names[port->rank];
        return name->machine != 0;
    }
    return false;
}

bool rpi_copies_end_gone(rpi_coordinator *coordinator)
{
    bool any = false;
    RPI_LIST_EACH_SAFE(at, following, &coordinator->copies) {
        rpi_copies *copies = RPI_ENTRY(at, rpi_copies, link);
        if (rpi_regions_has(copies->original.token)) continue;
        rpi_list_remove(at);
        end_copies(coordinator, copies);
        any = true;
    }
    return any;
}

void rpi_copies_end_all(rpi_coordinator *coordinator)
{
    for (rpi_list_link *at; (at = rpi_list_take_first(&coordinator->copies));) free_copies(RPI_ENTRY(at, rpi_copies, link));
}

/* ---- the client's side ---- */

void rpi_copies_init(rpi_coordinator_pool *pool)
{
    pthread_mutex_init(&pool->spread.one_at_a_time, NULL);
    rpi_cond_init(&pool->spread.answered);
}

void rpi_copies_fini(rpi_coordinator_pool *pool)
{
    pthread_cond_destroy(&pool->spread.answered);
    pthread_mutex_destroy(&pool->spread.one_at_a_time);
}

static rpi_copies *make_copies(const rpi_coordinator_pool *pool, const char *base, const rpi_region_name *name)
{
    size_t n = (size_t)pool->coordinator->n_ranks; /* also pools of more ranks use them */
    rpi_copies *copies = calloc(1, sizeof *copies + n * sizeof copies->names[0]);
    if (!copies) return NULL;
    copies->base = base;
    copies->original = *name;
    copies->holder_of = calloc(n, sizeof *copies->holder_of);
    copies->holders = calloc(n, sizeof *copies->holders);
    copies->has_answered = calloc(n, sizeof *copies->has_answered);
    if (copies->holder_of && copies->holders && copies->has_answered && rpi_regions_hold(base, 1)) return copies;
    free_copies(copies);
    return NULL;
}

static rp_status ask_and_wait(rpi_coordinator_pool *pool, rpi_copies *copies, rp_error *error)
{
    spread_request *request = &pool->spread;
    pthread_mutex_t *mutex = rpi_coordinator_mutex(pool);
    uint64_t deadline = rpi_deadline_ns(answer_timeout_s);
    bool in_time = true;
    pthread_mutex_lock(mutex);
    if (request->copies) in_time = false; /* an earlier one, which nobody waits for any more */
    else request->asked = copies;
    request->waiting = true;
    rpi_progress_thread_wake(&pool->coordinator->progress_thread);
    while (request->waiting && in_time) in_time = rpi_cond_wait_until(&request->answered, mutex, deadline);
    bool is_late = request->waiting;
    rp_error answer = request->answer;
    pthread_mutex_unlock(mutex);
    if (is_late) return rp_error_set(error, RP_LOST, 0, "shared data didn't reach all hosts in %g s", answer_timeout_s);
    if (answer.status == RP_UNSUPPORTED) return RP_OK; /* that host is sent bytes */
    if (answer.status != RP_OK && error) *error = answer;
    return answer.status;
}

rp_status rpi_copies_spread(rpi_coordinator_pool *pool, const char *base, rp_error *error)
{
    rpi_region_name name;
    uint64_t offset;
    bool all_attach = true;
    for (int rank = 1; rank < pool->n_ranks; rank++) all_attach = all_attach && pool->members[rank].attaches;
    if (all_attach || !rpi_regions_name(base, 1, &name, &offset)) return RP_OK;
    rpi_copies *copies = make_copies(pool, base, &name);
    if (!copies) return rp_error_set(error, RP_NO_MEMORY, 0, "out of memory");
    pthread_mutex_lock(&pool->spread.one_at_a_time);
    rp_status status = ask_and_wait(pool, copies, error);
    pthread_mutex_unlock(&pool->spread.one_at_a_time);
    return status;
}
