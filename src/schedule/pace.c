/* pace.c: see pace.h, which has the formulas and where they come from. */
#include "schedule/pace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool rpi_pace_matters(rp_schedule kind) { return kind >= RP_SCHEDULE_AWF_B && kind <= RP_SCHEDULE_AF; }

static bool counts_overhead(rp_schedule kind) { return kind == RP_SCHEDULE_AWF_D || kind == RP_SCHEDULE_AWF_E; }
static bool goes_by_batch(rp_schedule kind) { return kind == RP_SCHEDULE_AWF_B || kind == RP_SCHEDULE_AWF_D; }

/* ---- what is known ---- */

rpi_paces *rpi_paces_create(unsigned n)
{
    rpi_paces *paces = aligned_alloc(RPI_CACHE_LINE, sizeof *paces + n * sizeof *paces->each);
    if (!paces) return NULL;
    paces->n = n;
    rpi_paces_forget(paces);
    return paces;
}

void rpi_paces_forget(rpi_paces *paces) { memset(paces->each, 0, paces->n * sizeof *paces->each); }

void rpi_paces_destroy(rpi_paces *paces) { free(paces); }

static void tell(_Atomic double *what, double value) { atomic_store_explicit(what, value, memory_order_relaxed); }
static double told(const _Atomic double *what) { return atomic_load_explicit(what, memory_order_relaxed); }

/* The variance of items, as far as the means of chunks show it: that of a mean of n items is an n-th of it. Added up as West does, CACM
 * 22(9), 1979. */
static void learn_spread(rpi_pace *pace, double n_items, double mean_s)
{
    double difference = mean_s - pace->mean_s;
    pace->n_items += n_items;
    pace->mean_s += difference * n_items / pace->n_items;
    pace->squares += n_items * difference * (mean_s - pace->mean_s);
}

void rpi_pace_learn(rpi_paces *paces, unsigned who, rp_schedule kind, unsigned n_workers, rpi_stint stint)
{
    rpi_pace *pace = &paces->each[who];
    double seconds = counts_overhead(kind) ? stint.elapsed_s * n_workers : stint.busy_s, n_items = (double)stint.n_items;
    if (stint.n_items == 0 || n_workers == 0 || seconds <= 0) return;
    double k = (double)++pace->n_chunks;
    pace->weighted_s += k * seconds;
    pace->weighted_items += k * n_items;
    learn_spread(pace, n_items, seconds / n_items);
    atomic_store_explicit(&pace->n_workers, n_workers, memory_order_relaxed);
    tell(&pace->rate, kind == RP_SCHEDULE_AF ? 1 / pace->mean_s : pace->weighted_items / pace->weighted_s);
    if (pace->n_chunks > 1) tell(&pace->spread, pace->squares / (k - 1) / pace->mean_s);
}

/* ---- what it earns ---- */

/* Sums over all workers that are known. */
typedef struct sums {
    double n_workers, rate, spread;
} sums;

static sums add_up(const rpi_paces *paces)
{
    sums all = {0, 0, 0};
    for (unsigned i = 0; i < paces->n; i++) {
        double rate = told(&paces->each[i].rate);
        if (rate <= 0) continue;
        double n_workers = atomic_load_explicit(&paces->each[i].n_workers, memory_order_relaxed);
        all.n_workers += n_workers;
        all.rate += n_workers * rate;
        all.spread += n_workers * told(&paces->each[i].spread);
    }
    return all;
}

static double weight_of(const rpi_paces *paces, const rpi_pace *pace)
{
    sums all = add_up(paces);
    return told(&pace->rate) * all.n_workers / all.rate;
}

/* A batch is known by the size of its chunks. */
static double batch_weight(const rpi_paces *paces, rpi_pace *pace, uint64_t chunk)
{
    if (pace->batch_chunk != chunk) pace->weight = weight_of(paces, pace);
    pace->batch_chunk = chunk;
    return pace->weight;
}

static double weighted_size(const rpi_paces *paces, rpi_pace *pace, const rpi_schedule *schedule, uint64_t position)
{
    uint64_t left = schedule->n_items - position, each = 2 * (uint64_t)schedule->n_workers;
    if (!goes_by_batch(schedule->kind)) return weight_of(paces, pace) * (double)(left / each + (left % each > 0));
    uint64_t chunk = rpi_schedule_size(schedule, position, 0);
    return batch_weight(paces, pace, chunk) * (double)chunk;
}

/* Those that aren't known yet are taken for average ones. */
static double adaptive_size(const rpi_paces *paces, const rpi_pace *pace, const rpi_schedule *schedule, uint64_t position)
{
    sums all = add_up(paces);
    double more = schedule->n_workers > all.n_workers ? schedule->n_workers / all.n_workers : 1;
    double D = all.spread * more, TR = (double)(schedule->n_items - position) / (all.rate * more);
    double size = (D + 2 * TR - sqrt(D * D + 4 * D * TR)) / 2 * told(&pace->rate);
    double most = (double)schedule->n_items / (2.0 * schedule->n_workers);
    return size < most ? size : most;
}

/* Half of what mfsc would give, as in LB4MPI, but no more than leaves the others as much. */
static double first_size(const rpi_schedule *schedule, uint64_t position)
{
    rpi_schedule even = *schedule;
    even.kind = RP_SCHEDULE_MFSC;
    double half = (double)rpi_schedule_size(&even, 0, 0) / 2, most = (double)(schedule->n_items - position) / (2.0 * schedule->n_workers);
    return half < most ? half : most;
}

uint64_t rpi_pace_size(rpi_paces *paces, unsigned who, const rpi_schedule *schedule, uint64_t position)
{
    rpi_pace *pace = &paces->each[who];
    double size;
    if (position >= schedule->n_items) return 0;
    uint64_t left = schedule->n_items - position;
    if (pace->n_chunks < (schedule->kind == RP_SCHEDULE_AF ? 2 : 1)) size = first_size(schedule, position);
    else if (schedule->kind == RP_SCHEDULE_AF) size = adaptive_size(paces, pace, schedule, position);
    else size = weighted_size(paces, pace, schedule, position);
    if (size + 0.5 >= (double)left) return left;
    return size < 1 ? 1 : (uint64_t)(size + 0.5);
}
