/*
 * recorder.h: what one worker did, or one rank was sent: sums, and the first so many grains. One thread writes, others may read
 * meanwhile: sums are atomic, and a grain doesn't change once it is counted. The memory is all taken at the start, and touched as it is
 * used.
 */
#ifndef RPI_RECORD_RECORDER_H
#define RPI_RECORD_RECORDER_H

#include "task/batch.h"

#include <rankpool/report.h>

/* What a pool is to record. */
typedef struct rpi_recording {
    rp_record level;
    uint64_t room; /* grains of each worker, and chunks of each rank; 0 unless level is RP_RECORD_GRAINS */
} rpi_recording;

typedef enum rpi_total {
    RPI_TOTAL_ITEMS,
    RPI_TOTAL_FAILED,
    RPI_TOTAL_REPEATED,
    RPI_TOTAL_CHUNKS,
    RPI_TOTAL_GRAINS,
    RPI_TOTAL_RECORDED, /* grains that are there */
    RPI_TOTAL_WAITS,
    RPI_TOTAL_BUSY_NS,
    RPI_TOTAL_ORIGIN_NS, /* what times are told from, by this host's monotonic clock */
    RPI_TOTAL_BEGIN_NS,  /* from there on */
    RPI_TOTAL_END_NS,
    /* of a rank, in rank 0's process */
    RPI_TOTAL_BYTES_SENT,
    RPI_TOTAL_BYTES_RECEIVED,
    RPI_TOTAL_MESSAGES_SENT,
    RPI_TOTAL_MESSAGES_RECEIVED,
    RPI_N_TOTALS
} rpi_total;

typedef struct rpi_recorder {
    _Atomic uint64_t totals[RPI_N_TOTALS];
    uint64_t room;
    rp_grain *grains;
    /* the writer's: the chunk of the last grain, and failures before it */
    uint64_t chunk_call, chunk_first, n_failed_before;
    unsigned chunk_attempt;
} rpi_recorder;

/* Items offset … offset + n - 1 of a batch, run from begin to end. */
typedef struct rpi_timed_grain {
    const rpi_batch *batch;
    uint64_t offset, n;
    uint64_t begin_ns, end_ns; /* of the monotonic clock */
} rpi_timed_grain;

/* NULL: no memory. */
rpi_recorder *rpi_recorder_create(const rpi_recording *recording);
/* NULL does nothing. */
void rpi_recorder_destroy(rpi_recorder *recorder);

static inline uint64_t rpi_recorder_total(const rpi_recorder *recorder, rpi_total which)
{
    return atomic_load_explicit(&recorder->totals[which], memory_order_relaxed);
}

/* By the writer. */
static inline void rpi_recorder_count(rpi_recorder *recorder, rpi_total which, uint64_t n)
{
    atomic_store_explicit(&recorder->totals[which], rpi_recorder_total(recorder, which) + n, memory_order_relaxed);
}

/* By the writer: one of no items is left out. */
void rpi_recorder_add(rpi_recorder *recorder, const rpi_timed_grain *grain);

/* By the writer: when its last grain ended; 0: there was none. */
uint64_t rpi_recorder_end_ns(const rpi_recorder *recorder);

/* Between two grains this much is no wait: a worker that takes up its next chunk may be scheduled out for as long. */
#define RPI_WAIT_NS 20000

#endif
