/*
 * rates.h: how fast each participant was so far, and how many items it gets for that. A participant is a thread of a team, or a rank with
 * all its workers. Pure, except that threads share it without locks: each writes its own rate and reads the rates that the others publish.
 */
#ifndef RPI_SCHEDULE_RATES_H
#define RPI_SCHEDULE_RATES_H

#include "base/lines.h"
#include "schedule/schedule.h"

#include <stdatomic.h>
#include <stdbool.h>

typedef struct rpi_rate {
    /* for all to read */
    _Alignas(RPI_CACHE_LINE) _Atomic double rate; /* items a second of one worker; 0: not known */
    _Atomic double spread;                        /* variance of the seconds of an item over their mean */
    _Atomic unsigned n_workers;                   /* how many workers the rate is of */
    /* the participant's own */
    uint64_t n_chunks;
    double weighted_s, weighted_items; /* chunk number k counts k times */
    double n_items, mean_s, squares;   /* over all chunks: items, their mean time, the sum of n_j (m_j - mean)^2 */
    double weight;                     /* as of the last batch, whose chunks had the size batch_chunk */
    uint64_t batch_chunk;
} rpi_rate;

typedef struct rpi_rates {
    unsigned n;
    rpi_rate each[];
} rpi_rates;

/* What a chunk that was run took. */
typedef struct rpi_chunk_times {
    uint64_t n_items;
    double busy_s;    /* of all workers together, spent on items */
    double elapsed_s; /* of one worker, claims and messages included */
} rpi_chunk_times;

/* Whether the schedule goes by rates. Without rates such a schedule is factoring. */
bool rpi_rates_matter(rp_schedule kind);

/* Makes rates for n participants, none of them known yet. NULL: no memory. */
rpi_rates *rpi_rates_create(unsigned n);
/* Makes all participants unknown again. */
void rpi_rates_forget(rpi_rates *rates);
/* Frees them. NULL does nothing. */
void rpi_rates_destroy(rpi_rates *rates);

/* Learns from a chunk that participant `number`, which has n_workers workers, ran. */
void rpi_rates_learn(rpi_rates *rates, unsigned number, rp_schedule kind, unsigned n_workers, rpi_chunk_times times);

/*
 * How many items the next chunk of participant `number` has for one worker, when `position` items were handed out: 1 to N - position; 0
 * when none is left.
 *
 *   awf-b, awf-d  w_p ceil(R' / 2P), R' and w_p as of the last batch   Cariño & Banicescu, J. Supercomputing 44(1), 2008
 *   awf-c, awf-e  w_p ceil(R / 2P)                                     the same; with w_p from
 *                 w_p = P / pi_p / sum(1 / pi_i), pi_p = sum(k t_k) / sum(k n_k) over its chunks k of n_k items in t_k seconds:
 *                 Banicescu, Velusamy & Devaprasad, Cluster Computing 6, 2003. t_k is what items take, or, for d and e,
 *                 with claim or message
 *   af            (D + 2TR - sqrt(D^2 + 4DTR)) / 2 mu_p, D = sum(sigma_i^2 / mu_i), T = 1 / sum(1 / mu_i)
 *                 Banicescu & Liu, Proc. High Performance Computing Symposium, 2000. Items aren't timed one by one, so that sigma_p comes
 *                 from the means of its chunks
 *
 * A participant that isn't known yet gets a few items, so that its rate can be measured, and counts as average.
 */
uint64_t rpi_rates_size(rpi_rates *rates, unsigned number, const rpi_schedule *schedule, uint64_t position);

#endif
