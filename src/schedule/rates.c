/* rates.c: see rates.h, which has the formulas and where they come from. */
#include "schedule/rates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool rpi_rates_matter(rp_schedule kind) { return rpi_schedule_goes_by(kind, RPI_BY_RATES); }

/* ---- what is known ---- */

rpi_rates *rpi_rates_create(unsigned n)
{
    rpi_rates *rates = aligned_alloc(RPI_CACHE_LINE, sizeof *rates + n * sizeof *rates->each);
    if (!rates) return NULL;
    rates->n = n;
    rpi_rates_forget(rates);
    return rates;
}

void rpi_rates_forget(rpi_rates *rates) { memset(rates->each, 0, rates->n * sizeof *rates->each); }

void rpi_rates_destroy(rpi_rates *rates) { free(rates); }

static void tell(_Atomic double *what, double value) { atomic_store_explicit(what, value, memory_order_relaxed); }
static double told(const _Atomic double *what) { return atomic_load_explicit(what, memory_order_relaxed); }

/* The variance of items, as far as the means of chunks show it: the mean of n items has one n-th of their variance. The sum is formed as in
 * West, CACM 22(9), 1979. */
static void learn_spread(rpi_rate *rate, double n_items, double mean_s)
{
    double difference = mean_s - rate->mean_s;
    rate->n_items += n_items;
    rate->mean_s += difference * n_items / rate->n_items;
    rate->squares += n_items * difference * (mean_s - rate->mean_s);
}

void rpi_rates_learn(rpi_rates *rates, unsigned number, rp_schedule kind, unsigned n_workers, rpi_chunk_times times)
{
    rpi_rate *rate = &rates->each[number];
    double seconds = rpi_schedule_goes_by(kind, RPI_COUNTS_OVERHEAD) ? times.elapsed_s * n_workers : times.busy_s,
           n_items = (double)times.n_items;
    if (times.n_items == 0 || n_workers == 0 || seconds <= 0) return;
    double k = (double)++rate->n_chunks;
    rate->weighted_s += k * seconds;
    rate->weighted_items += k * n_items;
    learn_spread(rate, n_items, seconds / n_items);
    atomic_store_explicit(&rate->n_workers, n_workers, memory_order_relaxed);
    tell(&rate->rate, rpi_schedule_goes_by(kind, RPI_BY_VARIANCE) ? 1 / rate->mean_s : rate->weighted_items / rate->weighted_s);
    if (rate->n_chunks > 1) tell(&rate->spread, rate->squares / (k - 1) / rate->mean_s);
}

/* ---- what it earns ---- */

/* Sums over all workers whose rate is known. */
typedef struct sums {
    double n_workers, rate, spread;
} sums;

static sums add_up(const rpi_rates *rates)
{
    sums all = {0, 0, 0};
    for (unsigned i = 0; i < rates->n; i++) {
        double rate = told(&rates->each[i].rate);
        if (rate <= 0) continue;
        double n_workers = atomic_load_explicit(&rates->each[i].n_workers, memory_order_relaxed);
        all.n_workers += n_workers;
        all.rate += n_workers * rate;
        all.spread += n_workers * told(&rates->each[i].spread);
    }
    return all;
}

static double weight_of(const rpi_rates *rates, const rpi_rate *rate)
{
    sums all = add_up(rates);
    return told(&rate->rate) * all.n_workers / all.rate;
}

/* A batch is recognised by the size of its chunks. */
static double batch_weight(const rpi_rates *rates, rpi_rate *rate, uint64_t chunk)
{
    if (rate->batch_chunk != chunk) rate->weight = weight_of(rates, rate);
    rate->batch_chunk = chunk;
    return rate->weight;
}

static double weighted_size(const rpi_rates *rates, rpi_rate *rate, const rpi_schedule *schedule, uint64_t position)
{
    uint64_t left = schedule->n_items - position, each = 2 * (uint64_t)schedule->n_workers;
    if (!rpi_schedule_goes_by(schedule->kind, RPI_BY_BATCH)) return weight_of(rates, rate) * (double)(left / each + (left % each > 0));
    uint64_t chunk = rpi_schedule_size(schedule, position, 0);
    return batch_weight(rates, rate, chunk) * (double)chunk;
}

/* Workers whose rate isn't known yet count as average. */
static double adaptive_size(const rpi_rates *rates, const rpi_rate *rate, const rpi_schedule *schedule, uint64_t position)
{
    sums all = add_up(rates);
    double more = schedule->n_workers > all.n_workers ? schedule->n_workers / all.n_workers : 1;
    double D = all.spread * more, TR = (double)(schedule->n_items - position) / (all.rate * more);
    double size = (D + 2 * TR - sqrt(D * D + 4 * D * TR)) / 2 * told(&rate->rate);
    double most = (double)schedule->n_items / (2.0 * schedule->n_workers);
    return size < most ? size : most;
}

/* Half of what mfsc would give, as in LB4MPI, but at most half of a worker's share of what is left. */
static double first_size(const rpi_schedule *schedule, uint64_t position)
{
    rpi_schedule even = *schedule;
    even.kind = RP_SCHEDULE_MFSC;
    double half = (double)rpi_schedule_size(&even, 0, 0) / 2, most = (double)(schedule->n_items - position) / (2.0 * schedule->n_workers);
    return half < most ? half : most;
}

uint64_t rpi_rates_size(rpi_rates *rates, unsigned number, const rpi_schedule *schedule, uint64_t position)
{
    rpi_rate *rate = &rates->each[number];
    double size;
    if (position >= schedule->n_items) return 0;
    uint64_t left = schedule->n_items - position;
    bool by_variance = rpi_schedule_goes_by(schedule->kind, RPI_BY_VARIANCE);
    if (rate->n_chunks < (by_variance ? 2 : 1)) size = first_size(schedule, position);
    else if (by_variance) size = adaptive_size(rates, rate, schedule, position);
    else size = weighted_size(rates, rate, schedule, position);
    if (size + 0.5 >= (double)left) return left;
    return size < 1 ? 1 : (uint64_t)(size + 0.5);
}
