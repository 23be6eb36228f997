/*
 * losses.c: see losses.h. All functions run in the progress thread.
 *
 * Each lost item becomes a failure. So each item below a call's cutoff has run or has a failure, as readers expect. Items that weren't
 * handed out yet stay so: the launcher is likely to end the job soon, and what other ranks have should be back before.
 */
#include "cluster/losses.h"
#include "cluster/distribution_losses.h"

#include "cluster/cutoffs.h"
#include "cluster/pool_life.h"
#include "task/item_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RECORDS = 4096 }; /* failures of one chunk; a larger chunk ends the call before it */
enum { ITEMS_TEXT = 160 };

/* The batch's call will end as RP_LOST, so nothing more starts for it. */
static void end_early(rpi_batch *batch)
{
    batch->status = RP_LOST;
    atomic_store(&batch->work->draining, true);
}

/* ---- records ---- */

static bool record_item(rpi_batch *batch, uint64_t k, const rp_error *loss, rp_cause cause, const char *host)
{
    rpi_failure *failure = rpi_failure_create(loss->message, strlen(loss->message));
    if (!failure) return false;
    rpi_failure_facts *facts = &failure->facts;
    *facts = (rpi_failure_facts){
        .item = batch->first + k, .cause = cause, .rank = loss->rank, .worker = -1, .attempt = (int)rpi_batch_try(batch)};
    snprintf(facts->host, sizeof facts->host, "%s", host);
    rpi_item_text_of_batch(batch, k, facts->item_text, sizeof facts->item_text);
    atomic_fetch_add(&batch->work->n_failed, 1);
    rpi_batch_add_failure(batch, failure);
    return true;
}

/* Records a failure for each item. Items that get no record, as memory or MOST_RECORDS doesn't suffice, end up above the cutoff, so that
 * they don't count as run. */
static void record_chunk(const rpi_chunk *lost, const rp_error *loss, const char *host)
{
    rpi_batch *batch = rpi_coordinator_batch_of(lost);
    uint64_t n = lost->count <= MOST_RECORDS ? lost->count : 1, made = 0;
    while (made < n && record_item(batch, lost->first + made, loss, RP_CAUSE_LOST, host)) made++;
    if (made < lost->count) rpi_work_lower_cutoff(batch->work, batch->first + lost->first + (made == n ? 0 : made));
    end_early(batch);
}

/* ---- the message that says what the rank had ---- */

static uint64_t first_item(const rpi_chunk *chunk) { return chunk->entry->first + chunk->first; }

static int compare_chunks(const void *a, const void *b)
{
    const rpi_chunk *one = *(rpi_chunk *const *)a, *other = *(rpi_chunk *const *)b;
    uint64_t x = one->entry->call->id, y = other->entry->call->id;
    if (x == y) {
        x = first_item(one);
        y = first_item(other);
    }
    return (x > y) - (x < y);
}

/* Writes the items of n chunks of one call, as "items 40-47, 60". */
static void write_items(rpi_chunk *const *lost, size_t n, char *text, size_t size)
{
    size_t used = 0, i = 0;
    bool several = n > 1 || lost[0]->count > 1;
    used = (size_t)snprintf(text, size, several ? "items " : "item ");
    while (i < n) {
        const char *comma = i ? ", " : "";
        uint64_t first = first_item(lost[i]), last = first + lost[i]->count - 1;
        for (i++; i < n && first_item(lost[i]) == last + 1; i++) last += lost[i]->count;
        char run[64];
        if (first == last) snprintf(run, sizeof run, "%s%" PRIu64, comma, first);
        else snprintf(run, sizeof run, "%s%" PRIu64 "-%" PRIu64, comma, first, last);
        if (used + strlen(run) + sizeof ", ..." > size) {
            snprintf(text + used, size - used, ", ...");
            return;
        }
        used = (size_t)(stpcpy(text + used, run) - text);
    }
}

/* "rank 2 on host n2 died while it had items 40-47". `had` NULL: only up to "died". */
static void write_line(rp_error *line, const rp_error *loss, const char *had)
{
    rp_error_set(line, RP_LOST, 0, had ? "%s while it had %s" : "%s", loss->message, had);
    line->rank = loss->rank;
    memcpy(line->host, loss->host, sizeof line->host);
}

/* Keeps a line for each call about its items, and one for the pool about all. */
static void keep_lines(rpi_coordinator_pool *pool, rpi_chunk **lost, size_t n, const rp_error *loss)
{
    rp_error line;
    char had[ITEMS_TEXT];
    size_t n_calls = 0;
    qsort(lost, n, sizeof *lost, compare_chunks);
    for (size_t begin = 0, end; begin < n; begin = end, n_calls++) {
        for (end = begin + 1; end < n && lost[end]->entry->call == lost[begin]->entry->call;) end++;
        write_items(lost + begin, end - begin, had, sizeof had);
        write_line(&line, loss, had);
        rpi_work_add_loss(rpi_coordinator_batch_of(lost[begin])->work, &line);
    }
    snprintf(had, sizeof had, "items of %zu calls", n_calls);
    if (n_calls > 1) write_line(&line, loss, had);
    rpi_pool_life_keep_loss(pool, &line);
}

/* ---- a rank ---- */

static const char *host_of(const rpi_coordinator_pool *pool, int rank, const rp_error *loss)
{
    return *loss->host ? loss->host : pool->members[rank].info.host;
}

static void lose_chunks(rpi_coordinator_pool *pool, int rank, const rp_error *loss)
{
    const char *host = host_of(pool, rank, loss);
    size_t n = (size_t)pool->distribution.members[rank].n_chunks_out, k = 0;
    rpi_chunk **lost = n ? malloc(n * sizeof *lost) : NULL;
    RPI_LIST_EACH(node, &pool->distribution.out[rank]) {
        if (rpi_chunk_of(node)->count == 0) continue; /* it has given all back */
        record_chunk(rpi_chunk_of(node), loss, host);
        if (lost) lost[k++] = rpi_chunk_of(node);
    }
    if (k > 0 && lost) keep_lines(pool, lost, k, loss);
    free(lost);
    rpi_distribution_lose(&pool->distribution, rank);
}

/* Ends calls before their items that weren't handed out yet. A retry that waits is left out, as its item has run. So is what came back from
 * a member, when all else was handed out: the others run it. */
static void cut_waiting(rpi_coordinator_pool *pool, const rp_error *loss)
{
    const rpi_dispatch *dispatch = &pool->distribution.dispatch;
    for (const rpi_dispatch_entry *at = rpi_dispatch_first(dispatch); at; at = rpi_dispatch_following(dispatch, at)) {
        rpi_batch *batch = ((const coordinator_entry *)at)->batch;
        if (batch->attempt > 1 || at->position >= at->count) continue;
        end_early(batch);
        if (!atomic_load(&batch->work->losses)) rpi_work_add_loss(batch->work, loss);
    }
}

void rpi_losses_of_rank(rpi_coordinator_pool *pool, int rank, const rp_error *loss)
{
    if (rank < pool->n_ranks) lose_chunks(pool, rank, loss);
    cut_waiting(pool, loss);
    rpi_pool_life_keep_loss(pool, loss);
    rpi_cutoffs_look(pool);
}

/* ---- a rank, where the others go on ---- */

/* The items were with too many ranks that died. As if they had run here and failed, with no try left. */
static void fail_chunk(const rpi_chunk *chunk, const rp_error *loss, const char *host)
{
    rpi_batch *batch = rpi_coordinator_batch_of(chunk);
    rpi_work *work = batch->work;
    rp_error why = *loss;
    snprintf(why.message, sizeof why.message, "it was with %d ranks that died", RPI_MOST_LOSSES);
    for (uint64_t k = chunk->first; k < chunk->first + chunk->count; k++) {
        if (work->on_error == RP_ON_ERROR_STOP) rpi_work_lower_cutoff(work, batch->first + k);
        if (!record_item(batch, k, &why, RP_CAUSE_CRASH, host)) rpi_cutoffs_spoil(batch, RP_NO_MEMORY);
        rpi_work_tell_of_failure(work);
    }
    atomic_fetch_add(&work->n_finished, chunk->count);
    atomic_fetch_add(&batch->n_run, chunk->count);
}

/* Why it is lost, unless it died: " (it couldn't be reached for 12 s)". */
static void write_reason(const rp_error *loss, const char *host, char *text, size_t size)
{
    char known[RP_ERROR_HOST_SIZE + 32];
    int n = snprintf(known, sizeof known, "rank %d on host %s ", loss->rank, host);
    const char *rest = n > 0 && !strncmp(loss->message, known, (size_t)n) ? loss->message + n : NULL;
    if (rest && !strcmp(rest, "died")) *text = '\0';
    else if (rest) snprintf(text, size, " (it %s)", rest);
    else snprintf(text, size, " (%s)", loss->message);
}

static void tell(rpi_coordinator_pool *pool, const rp_error *loss, const char *host, uint64_t n_items)
{
    char line[RP_ERROR_TEXT_SIZE], reason[RP_ERROR_MESSAGE_SIZE + 16], items[64] = "it had no items";
    write_reason(loss, host, reason, sizeof reason);
    if (n_items > 0) snprintf(items, sizeof items, "its %" PRIu64 " item%s to others", n_items, n_items == 1 ? " goes" : "s go");
    snprintf(line, sizeof line, "rank %d on %s was lost%s; %s; %d of %d ranks go on", loss->rank, host, reason, items,
             pool->n_ranks - pool->n_lost, pool->n_ranks);
    if (pool->on_loss.tell) pool->on_loss.tell(pool->on_loss.argument, line);
}

/* Whoever keeps account of items is told first: the next rank may be this one. */
static void judge_chunk(const rpi_coordinator_pool *pool, const rpi_chunk *chunk, const rp_error *loss, const char *host)
{
    const rpi_batch *batch = rpi_coordinator_batch_of(chunk);
    unsigned n_losses = rpi_distribution_losses(&pool->distribution, chunk);
    if (n_losses > chunk->n_losses && chunk->count > 0)
        rpi_work_tell_of_loss(batch->work, batch->first + chunk->first, chunk->count, chunk->member);
    if (n_losses >= RPI_MOST_LOSSES) fail_chunk(chunk, loss, host);
}

void rpi_losses_take_over(rpi_coordinator_pool *pool, int rank, const rp_error *loss)
{
    if (rank >= pool->n_ranks) return;
    const char *host = host_of(pool, rank, loss);
    RPI_LIST_EACH(node, &pool->distribution.out[rank]) judge_chunk(pool, rpi_chunk_of(node), loss, host);
    uint64_t n_items = rpi_distribution_take_over(&pool->distribution, rank);
    pool->n_lost++;
    tell(pool, loss, host, n_items);
    rpi_cutoffs_look(pool);
}

void rpi_losses_refuse(rpi_coordinator_pool *pool, rpi_batch *batch)
{
    rp_error loss;
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    loss = pool->coordinator->loss;
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
    if (!atomic_load(&batch->work->losses)) rpi_work_add_loss(batch->work, &loss);
    end_early(batch);
    rpi_work_lower_cutoff(batch->work, batch->first);
    rpi_batch_end(batch);
}
