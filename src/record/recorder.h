/*
 * recorder.h: what one worker did, or what one rank was sent: sums, and the first grains. One thread writes; others may read at the
 * same time, as sums are atomic and a grain doesn't change once it is counted. All memory is allocated at the start, and touched
 * only when it is used.
 */
#ifndef RPI_RECORD_RECORDER_H
#define RPI_RECORD_RECORDER_H

#include "task/batch.h"

#include <rankpool/report.h>

/* What a pool records. */
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
    RPI_TOTAL_RECORDED, /* grains that are recorded */
    RPI_TOTAL_WAITS,
    RPI_TOTAL_BUSY_NS,
    RPI_TOTAL_ORIGIN_NS, /* the origin of the times, by the monotonic clock of this host */
    RPI_TOTAL_BEGIN_NS,  /* since the origin */
    RPI_TOTAL_END_NS,
    /* of a rank, recorded in rank 0's process */
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
    /* of the writer: the chunk of the last grain, and the failures before it */
    uint64_t chunk_call, chunk_first, n_failed_before;
    unsigned chunk_attempt;
} rpi_recorder;

/* Items offset … offset + n - 1 of a batch, run from begin to end. */
typedef struct rpi_timed_grain {
    const rpi_batch *batch;
    uint64_t offset, n;
    uint64_t begin_ns, end_ns; /* by the monotonic clock */
} rpi_timed_grain;

/* Makes an empty recorder. NULL: no memory. */
rpi_recorder *rpi_recorder_create(const rpi_recording *recording);
/* Frees it. NULL does nothing. */
void rpi_recorder_destroy(rpi_recorder *recorder);

static inline uint64_t rpi_recorder_total(const rpi_recorder *recorder, rpi_total which)
{
    return atomic_load_explicit(&recorder->totals[which], memory_order_relaxed);
}

/* Adds n to a sum. Only the writer may call it. */
static inline void rpi_recorder_count(rpi_recorder *recorder, rpi_total which, uint64_t n)
{
    atomic_store_explicit(&recorder->totals[which], rpi_recorder_total(recorder, which) + n, memory_order_relaxed);
}

/* Records a grain; a grain without items is left out. Only the writer may call it. */
void rpi_recorder_add(rpi_recorder *recorder, const rpi_timed_grain *grain);

/* When the last grain of the writer ended; 0: there was none. Only the writer may call it. */
uint64_t rpi_recorder_end_ns(const rpi_recorder *recorder);

/* Up to this much time between two grains is no wait: a worker that begins its next chunk may be off its core for as long. */
#define RPI_WAIT_NS 20000

#endif
