/* recorder.c: see recorder.h. */
#include "record/recorder.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

rpi_recorder *rpi_recorder_create(const rpi_recording *recording)
{
    size_t size = (sizeof(rpi_recorder) + 2 * RPI_CACHE_LINE - 1) / RPI_CACHE_LINE * RPI_CACHE_LINE;
    rpi_recorder *recorder = aligned_alloc(RPI_CACHE_LINE, size);
    if (!recorder) return NULL;
    memset(recorder, 0, size);
    atomic_store(&recorder->totals[RPI_TOTAL_ORIGIN_NS], rpi_now_ns());
    recorder->room = recording->room;
    if (recorder->room == 0) return recorder;
    recorder->grains = malloc((size_t)recorder->room * sizeof *recorder->grains);
    if (recorder->grains) return recorder;
    rpi_recorder_destroy(recorder);
    return NULL;
}

void rpi_recorder_destroy(rpi_recorder *recorder)
{
    if (!recorder) return;
    free(recorder->grains);
    free(recorder);
}

static void set(rpi_recorder *recorder, rpi_total which, uint64_t value)
{
    atomic_store_explicit(&recorder->totals[which], value, memory_order_relaxed);
}

/* A worker that left a chunk for an urgent batch comes back to the same chunk. Calls are numbered from 1, so the first grain always
 * begins a chunk. */
static bool begins_chunk(rpi_recorder *recorder, const rpi_batch *batch)
{
    bool same =
        recorder->chunk_call == batch->work->id && recorder->chunk_first == batch->first && recorder->chunk_attempt == batch->attempt;
    recorder->chunk_call = batch->work->id;
    recorder->chunk_first = batch->first;
    recorder->chunk_attempt = batch->attempt;
    return !same;
}

static void keep(rpi_recorder *recorder, const rpi_timed_grain *grain, uint64_t begin_ns, uint64_t end_ns)
{
    uint64_t n = rpi_recorder_total(recorder, RPI_TOTAL_RECORDED), failed = rpi_recorder_total(recorder, RPI_TOTAL_FAILED);
    if (n < recorder->room) {
        recorder->grains[n] = (rp_grain){.call = grain->batch->work->id,
                                         .first = grain->batch->first + grain->offset,
                                         .count = grain->n,
                                         .begin_s = rpi_seconds(begin_ns),
                                         .end_s = rpi_seconds(end_ns),
                                         .attempt = grain->batch->attempt,
                                         .failed = (unsigned)(failed - recorder->n_failed_before)};
        atomic_store_explicit(&recorder->totals[RPI_TOTAL_RECORDED], n + 1, memory_order_release); /* readers see it complete */
    }
    recorder->n_failed_before = failed;
}

void rpi_recorder_add(rpi_recorder *recorder, const rpi_timed_grain *grain)
{
    if (grain->n == 0) return;
    uint64_t origin = rpi_recorder_total(recorder, RPI_TOTAL_ORIGIN_NS), last = rpi_recorder_total(recorder, RPI_TOTAL_END_NS);
    uint64_t begin = grain->begin_ns - origin, end = grain->end_ns - origin;
    if (rpi_recorder_total(recorder, RPI_TOTAL_GRAINS) == 0) set(recorder, RPI_TOTAL_BEGIN_NS, begin);
    else if (begin > last + RPI_WAIT_NS) rpi_recorder_count(recorder, RPI_TOTAL_WAITS, 1);
    if (begins_chunk(recorder, grain->batch)) rpi_recorder_count(recorder, RPI_TOTAL_CHUNKS, 1);
    if (grain->batch->attempt > 1) rpi_recorder_count(recorder, RPI_TOTAL_REPEATED, grain->n);
    rpi_recorder_count(recorder, RPI_TOTAL_ITEMS, grain->n);
    rpi_recorder_count(recorder, RPI_TOTAL_GRAINS, 1);
    rpi_recorder_count(recorder, RPI_TOTAL_BUSY_NS, end - begin);
    if (end > last) set(recorder, RPI_TOTAL_END_NS, end);
    keep(recorder, grain, begin, end);
}

uint64_t rpi_recorder_end_ns(const rpi_recorder *recorder)
{
    if (rpi_recorder_total(recorder, RPI_TOTAL_GRAINS) == 0) return 0;
    return rpi_recorder_total(recorder, RPI_TOTAL_ORIGIN_NS) + rpi_recorder_total(recorder, RPI_TOTAL_END_NS);
}
