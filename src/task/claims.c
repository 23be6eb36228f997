/* claims.c: see claims.h. */
#include "task/claims.h"

#include <stdlib.h>
#include <string.h>

/* ---- before the first claim ---- */

static void prepare_static(rpi_batch *batch, unsigned n_workers)
{
    batch->schedule.n_workers = n_workers;
    rpi_claims *claims = &batch->claims;
    rpi_batch_forget_taken(batch);
    memset(claims->few_taken, 0, sizeof claims->few_taken);
    claims->taken = n_workers <= RPI_FEW_WORKERS ? claims->few_taken : calloc(n_workers, 1);
}

/* Without memory for rates, all workers count as equal. */
static void prepare_rates(rpi_claims *claims, unsigned n_workers)
{
    if (claims->rates && claims->rates->n == n_workers) {
        rpi_rates_forget(claims->rates);
    } else {
        rpi_rates_destroy(claims->rates);
        claims->rates = rpi_rates_create(n_workers);
    }
    claims->rated = claims->rates;
}

/* Without memory for the static shares, they are handed out in the order of the claims, with the same sizes and results. */
void rpi_claims_prepare(rpi_batch *batch, unsigned n_workers)
{
    if (batch->schedule.kind == RP_SCHEDULE_STATIC) prepare_static(batch, n_workers);
    if (rpi_rates_matter(batch->schedule.kind)) prepare_rates(&batch->claims, n_workers);
    atomic_store(&batch->claims.users, 1);
}

unsigned rpi_claims_most_workers(const rpi_batch *batch, unsigned n_workers)
{
    uint64_t next = atomic_load_explicit(&batch->claims.next, memory_order_relaxed), last = rpi_claims_end(batch);
    uint64_t left = next < last ? last - next : 0;
    return left > n_workers || (left > 0 && batch->claims.taken) ? n_workers : (unsigned)left;
}

/* ---- claiming ---- */

static bool claim_static(rpi_batch *batch, unsigned worker, uint64_t *begin, uint64_t *end)
{
    if (batch->claims.taken[worker]) return false;
    batch->claims.taken[worker] = 1;
    *begin = rpi_schedule_split(batch->count, worker, batch->schedule.n_workers);
    *end = rpi_schedule_split(batch->count, worker + 1, batch->schedule.n_workers);
    atomic_fetch_add(&batch->claims.next, *end - *begin);
    return *end > *begin;
}

/* How many items, at least `chunk`, take about least_s. For a worker that has the batch to itself: no other worker waits
 * for these items. */
static uint64_t alone_size(const rpi_batch *batch, uint64_t position, uint64_t chunk, double least_s)
{
    double items = least_s / rpi_work_item_s(batch->work);
    uint64_t left = batch->count - position, size = items < (double)left ? (uint64_t)items : left;
    return size < chunk ? chunk : size / chunk * chunk;
}

static bool is_alone(const rpi_batch *batch, double least_s)
{
    return least_s > 0 && batch->schedule.n_workers == 1 && rpi_work_item_s(batch->work) > 0;
}

/* How many items of several fixed chunks take about least_s together. At most a quarter of a worker's share of what is left, and at most
 * its share of what was claimed so far. */
static uint64_t several_chunks(const rpi_batch *batch, uint64_t chunk, double least_s)
{
    uint64_t position = atomic_load_explicit(&batch->claims.next, memory_order_relaxed);
    double item_s = rpi_work_item_s(batch->work), workers = batch->schedule.n_workers ? batch->schedule.n_workers : 1;
    if (item_s <= 0 || position >= batch->count) return chunk;
    if (is_alone(batch, least_s)) return alone_size(batch, position, chunk, least_s);
    double chunks = least_s / (item_s * (double)chunk), fair = (double)(batch->count - position) / (double)chunk / (4 * workers);
    double reach = (double)position / (double)chunk / workers;
    if (chunks > fair) chunks = fair;
    if (chunks > reach) chunks = reach;
    return chunks < 2 ? chunk : (uint64_t)chunks * chunk;
}

/* Whether the item at that offset mustn't be started any more. */
static bool is_cut_short(const rpi_batch *batch, uint64_t offset)
{
    if (rpi_work_stopped(batch->work, batch->first + offset)) return true;
    return batch->attempt > 1 && atomic_load(&batch->work->draining);
}

static bool nothing_more(rpi_batch *batch)
{
    atomic_store(&batch->claims.next, batch->count);
    return false;
}

/* Items from `begin` on were claimed. False: none is left there. The end is read after the claim, see claims.h. */
static bool end_grain(const rpi_batch *batch, uint64_t begin, uint64_t size, uint64_t *end)
{
    uint64_t last = rpi_claims_end(batch);
    if (begin >= last) return false;
    *end = size < last - begin ? begin + size : last;
    return true;
}

/* Adds to the position without reading it before. Reading it would fetch the cache line twice, while other workers keep taking it away. */
static bool claim_fixed(rpi_batch *batch, double least_s, uint64_t *begin, uint64_t *end)
{
    uint64_t chunk = batch->schedule.chunk < batch->count ? batch->schedule.chunk : batch->count;
    if (least_s > 0) chunk = several_chunks(batch, chunk, least_s);
    *begin = atomic_fetch_add_explicit(&batch->claims.next, chunk, memory_order_acquire);
    if (!end_grain(batch, *begin, chunk, end)) return false;
    return !is_cut_short(batch, *begin) || nothing_more(batch);
}

static bool claim_sized(rpi_batch *batch, double least_s, uint64_t *begin, uint64_t *end)
{
    uint64_t position = atomic_load_explicit(&batch->claims.next, memory_order_relaxed), size;
    rpi_schedule schedule = batch->schedule;
    if (schedule.target_s < least_s) schedule.target_s = least_s;
    do {
        if (position >= rpi_claims_end(batch)) return false;
        if (is_alone(batch, least_s) && schedule.kind == RP_SCHEDULE_AUTO) size = alone_size(batch, position, 1, least_s);
        else size = rpi_schedule_size(&schedule, position, rpi_work_item_s(batch->work));
    } while (!atomic_compare_exchange_weak_explicit(&batch->claims.next, &position, position + size, memory_order_acquire,
                                                    memory_order_relaxed));
    *begin = position;
    return end_grain(batch, position, size, end);
}

/* Other workers may have claimed since the position was read. The size is then that for the position a moment ago. */
static bool claim_rated(rpi_batch *batch, unsigned worker, uint64_t *begin, uint64_t *end)
{
    uint64_t position = atomic_load_explicit(&batch->claims.next, memory_order_relaxed);
    uint64_t size = rpi_rates_size(batch->claims.rates, worker, &batch->schedule, position);
    if (size == 0) return false;
    *begin = atomic_fetch_add_explicit(&batch->claims.next, size, memory_order_acquire);
    return end_grain(batch, *begin, size, end);
}

static bool take(rpi_batch *batch, unsigned worker, double least_s, uint64_t *begin, uint64_t *end)
{
    if (batch->claims.taken) return claim_static(batch, worker, begin, end);
    if (batch->schedule.kind == RP_SCHEDULE_FIXED) return claim_fixed(batch, least_s, begin, end);
    uint64_t next = atomic_load_explicit(&batch->claims.next, memory_order_relaxed);
    if (next >= rpi_claims_end(batch)) return false;
    if (is_cut_short(batch, next)) return nothing_more(batch);
    return batch->claims.rated ? claim_rated(batch, worker, begin, end) : claim_sized(batch, least_s, begin, end);
}

/* Read by whoever finds the memory after this process, so what is half written must not tell of other items. */
static void tell(rp_begun *place, uint64_t first, uint64_t count)
{
    __atomic_store_n(&place->count, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&place->first, first, __ATOMIC_RELEASE);
    __atomic_store_n(&place->count, count, __ATOMIC_RELEASE);
}

bool rpi_claims_take_for(rpi_batch *batch, unsigned worker, double least_s, uint64_t *begin, uint64_t *end)
{
    bool is_there = take(batch, worker, least_s, begin, end);
    const rpi_work_hooks *hooks = batch->work->hooks;
    if (hooks && worker < hooks->n_running)
        tell(&hooks->running[worker], is_there ? hooks->running_base + batch->first + *begin : 0, is_there ? *end - *begin : 0);
    return is_there;
}

bool rpi_claims_take(rpi_batch *batch, unsigned worker, uint64_t *begin, uint64_t *end)
{
    return rpi_claims_take_for(batch, worker, 0, begin, end);
}

/* ---- giving back ---- */

uint64_t rpi_claims_give_back(rpi_batch *batch, uint64_t from)
{
    rpi_claims *claims = &batch->claims;
    uint64_t end = rpi_claims_end(batch), next = atomic_exchange(&claims->next, batch->count);
    if (next >= end || from >= end) {
        atomic_store(&claims->next, next);
        return end;
    }
    uint64_t kept = from > next ? from : next;
    atomic_store(&claims->n_given_back, batch->count - kept);
    atomic_store(&claims->next, next);
    return kept;
}

bool rpi_claims_drain(const rpi_batch *batch)
{
    if (batch->attempt > 1 || batch->claims.taken || rpi_claims_exhausted(batch)) return false;
    rpi_work_drain(batch->work, batch->first + rpi_claims_begun(batch));
    return true;
}

bool rpi_claims_exhausted(const rpi_batch *batch) { return atomic_load(&batch->claims.next) >= rpi_claims_end(batch); }
