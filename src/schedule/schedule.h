/*
 * schedule.h: how many items the next chunk has. Pure: a function of how many items were handed out and how long they take.
 *
 * N items in all, R = N - position left, P workers. The same code sizes the chunks that ranks get and the grains that threads claim.
 */
#ifndef RPI_SCHEDULE_SCHEDULE_H
#define RPI_SCHEDULE_SCHEDULE_H

#include "base/names.h"

#include <rankpool/pool.h>

typedef struct rpi_schedule {
    rp_schedule kind;
    uint64_t n_items;   /* N */
    uint64_t chunk;     /* fixed: the size */
    unsigned n_workers; /* P, at least 1 */
    double target_s;    /* auto: how long a chunk takes at least, if there are enough items left */
    double short_s;     /* auto: instead, where target_s is more than an eighth of each worker's part of what is left; 0: target_s too */
} rpi_schedule;

/* What a schedule goes by, in addition to its size function. */
enum {
    RPI_GIVEN_SIZE = 1,      /* chunks have the size that the user gave */
    RPI_EVEN_SHARES = 2,     /* each worker has one share, whichever worker asks first */
    RPI_BY_TIME = 4,         /* the time that items take */
    RPI_BY_RATES = 8,        /* how fast each worker is, see rates.h */
    RPI_BY_VARIANCE = 16,    /* rates: how much the times of its items vary, too; otherwise rates are weights */
    RPI_BY_BATCH = 32,       /* rates: a weight stays for a batch of P chunks */
    RPI_COUNTS_OVERHEAD = 64 /* rates: claims and messages count in the time of a worker */
};

/* A schedule's row. */
typedef struct rpi_schedule_kind {
    rp_name is; /* first, see names.h */
    /* Items of the next chunk, as in rpi_schedule_size, which keeps it within 1 and N - position; position < N. For a schedule that goes by
     * rates: its size while no rate is known. */
    uint64_t (*size)(const rpi_schedule *schedule, uint64_t position, double item_s);
    unsigned goes_by;
} rpi_schedule_kind;

/* The row of a schedule. For a number that is no schedule: a row with chunks of 1 item that goes by nothing. */
const rpi_schedule_kind *rpi_schedule_find(rp_schedule kind);
static inline bool rpi_schedule_goes_by(rp_schedule kind, unsigned what) { return (rpi_schedule_find(kind)->goes_by & what) != 0; }

/*
 * How many items the next chunk has when `position` items were handed out: 1 to N - position; 0 when none is left. `item_s`: seconds that
 * an item takes, as measured lately; 0: not known yet (auto only).
 *
 *   static     ceil(N / P)
 *   fixed      chunk
 *   guided     ceil(R / P)                            Polychronopoulos & Kuck, IEEE ToC C-36(12), 1987
 *   trapezoid  from f = ceil(N / 2P) linearly to 1    Tzen & Ni, IEEE TPDS 4(1), 1993
 *   factoring  ceil(R' / 2P), R' as of the last P     FAC2: Hummel, Schonberg & Flynn, CACM 35(8), 1992
 *   mfsc       S / log2 S, S = ceil(N / P)            Banicescu, Ciorba & Srivastava, Scalable Computing, Wiley 2013: as many chunks as
 *                                                     FAC2 makes, all of one size
 *   awf-b, awf-c, awf-d, awf-e, af: as factoring, where nothing is known of the workers; see rates.h
 *   auto       target_s / item_s, or R / 8P if that is less, then short_s / item_s; at most R / 2P (one worker alone: no matter what is
 *              left), and at most position / P: no estimate is trusted further than it reaches
 */
uint64_t rpi_schedule_size(const rpi_schedule *schedule, uint64_t position, double item_s);

/* The first item of worker (or rank) `index` when n items are split evenly among `count`. */
uint64_t rpi_schedule_split(uint64_t n_items, uint64_t index, uint64_t count);

/* Puts together the schedule and the chunk size that a pool or a call was given: auto with a chunk size becomes fixed; no chunk
 * size becomes 1. */
void rpi_schedule_choose(rp_schedule kind, uint64_t chunk, rp_schedule *kind_out, uint64_t *chunk_out);

#endif
