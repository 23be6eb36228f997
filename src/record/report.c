/*
 * report.c: see report.h and rankpool/report.h.
 *
 * Packed: the number of workers, then the totals of each, then the grains of each, as many as the totals say.
 */
#include "record/report.h"

#include <stdlib.h>
#include <string.h>

typedef struct packed_worker {
    uint64_t totals[RPI_N_TOTALS];
} packed_worker;

/* ---- packing ---- */

static uint64_t n_recorded(const rpi_recorder *recorder)
{
    return atomic_load_explicit(&recorder->totals[RPI_TOTAL_RECORDED], memory_order_acquire);
}

static size_t head_size(uint64_t n) { return sizeof(uint64_t) + (size_t)n * sizeof(packed_worker); }

size_t rpi_report_pack_size(rpi_recorder *const *recorders, unsigned n)
{
    uint64_t n_grains = 0;
    for (unsigned i = 0; i < n; i++)
        if (recorders[i]) n_grains += n_recorded(recorders[i]);
    return head_size(n) + (size_t)n_grains * sizeof(rp_grain);
}

void rpi_report_pack(rpi_recorder *const *recorders, unsigned n, char *to, size_t size)
{
    uint64_t left = (size - head_size(n)) / sizeof(rp_grain), n_workers = n;
    packed_worker *packed = (packed_worker *)(void *)(to + sizeof n_workers);
    rp_grain *grains = (rp_grain *)(void *)(to + head_size(n));
    memcpy(to, &n_workers, sizeof n_workers);
    memset(packed, 0, n * sizeof *packed);
    for (unsigned i = 0; i < n; i++) {
        const rpi_recorder *recorder = recorders[i];
        if (!recorder) continue;
        uint64_t count = n_recorded(recorder);
        if (count > left) count = left;
        for (int which = 0; which < RPI_N_TOTALS; which++) packed[i].totals[which] = rpi_recorder_total(recorder, (rpi_total)which);
        packed[i].totals[RPI_TOTAL_RECORDED] = count;
        if (count) memcpy(grains, recorder->grains, (size_t)count * sizeof *grains);
        grains += count;
        left -= count;
    }
}

/* ---- unpacking ---- */

/* By how much the times of a worker are shifted. */
static double shift_s(uint64_t worker_origin_ns, const rpi_report_clock *clock)
{
    int64_t shift = (int64_t)(worker_origin_ns - clock->origin_ns) - clock->offset_ns;
    return (double)shift * 1e-9;
}

static void shift_grains(rp_grain *grains, uint64_t n, double by_s)
{
    for (uint64_t i = 0; i < n; i++) {
        grains[i].begin_s += by_s;
        grains[i].end_s += by_s;
    }
}

static rp_worker_report make_worker(const uint64_t *totals, rp_grain *grains, const rpi_report_clock *clock)
{
    double by_s = shift_s(totals[RPI_TOTAL_ORIGIN_NS], clock);
    rp_worker_report worker = {.items = totals[RPI_TOTAL_ITEMS],
                               .failed = totals[RPI_TOTAL_FAILED],
                               .repeated = totals[RPI_TOTAL_REPEATED],
                               .chunks = totals[RPI_TOTAL_CHUNKS],
                               .n_grains = totals[RPI_TOTAL_GRAINS],
                               .n_recorded = totals[RPI_TOTAL_RECORDED],
                               .waits = totals[RPI_TOTAL_WAITS],
                               .busy_s = (double)totals[RPI_TOTAL_BUSY_NS] * 1e-9};
    if (worker.n_grains > 0) {
        worker.begin_s = (double)totals[RPI_TOTAL_BEGIN_NS] * 1e-9 + by_s;
        worker.end_s = (double)totals[RPI_TOTAL_END_NS] * 1e-9 + by_s;
    }
    if (worker.n_recorded > 0) worker.grains = grains;
    shift_grains(grains, worker.n_recorded, by_s);
    return worker;
}

/* How many grains there are in all; UINT64_MAX: the data isn't complete. */
static uint64_t count_grains(const char *from, size_t size, uint64_t *n_workers)
{
    uint64_t n = 0, totals[RPI_N_TOTALS];
    if (size < sizeof n) return UINT64_MAX;
    memcpy(n_workers, from, sizeof *n_workers);
    if (*n_workers > (size - sizeof n) / sizeof(packed_worker)) return UINT64_MAX;
    for (uint64_t i = 0; i < *n_workers; i++) {
        memcpy(totals, from + head_size(i), sizeof totals);
        uint64_t room = (size - head_size(*n_workers)) / sizeof(rp_grain) - n;
        if (totals[RPI_TOTAL_RECORDED] > room) return UINT64_MAX;
        n += totals[RPI_TOTAL_RECORDED];
    }
    return head_size(*n_workers) + (size_t)n * sizeof(rp_grain) == size ? n : UINT64_MAX;
}

/* Allocates a report, its workers and their grains as one block. */
static rp_rank_report *new_report(uint64_t n_workers, uint64_t n_grains, rp_worker_report **workers, rp_grain **grains)
{
    size_t workers_size = (size_t)n_workers * sizeof **workers;
    rp_rank_report *report = malloc(sizeof *report + workers_size + (size_t)n_grains * sizeof **grains);
    if (!report) return NULL;
    *workers = (rp_worker_report *)(void *)(report + 1);
    *grains = (rp_grain *)(void *)((char *)*workers + workers_size);
    *report = (rp_rank_report){.n_workers = (int)n_workers, .workers = *workers};
    return report;
}

rp_status rpi_report_unpack(const char *from, size_t size, const rpi_report_clock *clock, rp_rank_report **out, rp_error *error)
{
    uint64_t n_workers = 0, n_grains = count_grains(from, size, &n_workers), totals[RPI_N_TOTALS];
    if (n_grains == UINT64_MAX) return rp_error_set(error, RP_USAGE, 0, "the report of a rank isn't whole");
    rp_worker_report *workers;
    rp_grain *grains;
    rp_rank_report *report = new_report(n_workers, n_grains, &workers, &grains);
    if (!report) return rpi_error_no_memory(error);
    if (n_grains) memcpy(grains, from + head_size(n_workers), (size_t)n_grains * sizeof *grains);
    for (uint64_t i = 0; i < n_workers; i++) {
        memcpy(totals, from + head_size(i), sizeof totals);
        workers[i] = make_worker(totals, grains, clock);
        grains += workers[i].n_recorded;
    }
    report->clock_error_s = clock->error_s;
    *out = report;
    return RP_OK;
}

rp_status rpi_report_local(rpi_recorder *const *recorders, unsigned n, uint64_t origin_ns, rp_rank_report **report, rp_error *error)
{
    size_t size = rpi_report_pack_size(recorders, n);
    char *packed = malloc(size);
    if (!packed) return rpi_error_no_memory(error);
    rpi_report_pack(recorders, n, packed, size);
    rp_status status = rpi_report_unpack(packed, size, &(rpi_report_clock){.origin_ns = origin_ns}, report, error);
    free(packed);
    return status;
}

bool rpi_report_add_chunks(rp_rank_report *report, const rpi_recorder *recorder, uint64_t origin_ns)
{
    uint64_t n = n_recorded(recorder);
    rp_grain *chunks = n ? malloc((size_t)n * sizeof *chunks) : NULL;
    if (n && !chunks) return false;
    if (n) memcpy(chunks, recorder->grains, (size_t)n * sizeof *chunks);
    shift_grains(chunks, n, shift_s(rpi_recorder_total(recorder, RPI_TOTAL_ORIGIN_NS), &(rpi_report_clock){.origin_ns = origin_ns}));
    report->chunks = chunks;
    report->n_chunks_recorded = n;
    report->n_chunks = rpi_recorder_total(recorder, RPI_TOTAL_GRAINS);
    report->bytes_sent = rpi_recorder_total(recorder, RPI_TOTAL_BYTES_SENT);
    report->bytes_received = rpi_recorder_total(recorder, RPI_TOTAL_BYTES_RECEIVED);
    report->messages_sent = rpi_recorder_total(recorder, RPI_TOTAL_MESSAGES_SENT);
    report->messages_received = rpi_recorder_total(recorder, RPI_TOTAL_MESSAGES_RECEIVED);
    return true;
}

/* As new_report makes it, with workers of another size: the report, its workers, their grains. */
static rp_rank_report *copy_with(const rp_rank_report *report, size_t worker_size)
{
    uint64_t n_grains = 0;
    size_t n = (size_t)report->n_workers;
    for (size_t i = 0; i < n; i++) n_grains += report->workers[i].n_recorded;
    rp_rank_report *copy = malloc(sizeof *copy + n * worker_size + (size_t)n_grains * sizeof(rp_grain));
    if (!copy) return NULL;
    char *workers = (char *)(copy + 1), *grains = workers + n * worker_size;
    *copy = *report;
    copy->workers = (rp_worker_report *)(void *)workers;
    for (size_t i = 0; i < n; i++) {
        rp_worker_report worker = report->workers[i];
        size_t size = (size_t)worker.n_recorded * sizeof *worker.grains;
        if (worker.grains) worker.grains = memcpy(grains, worker.grains, size);
        rpi_sized_write(&worker, sizeof worker, workers + i * worker_size, worker_size);
        grains += size;
    }
    return copy;
}

rp_rank_report *rpi_report_with_workers_of(rp_rank_report *report, size_t worker_size)
{
    if (worker_size == sizeof *report->workers) return report;
    rp_rank_report *copy = copy_with(report, worker_size);
    if (copy) report->chunks = NULL; /* the copy's */
    rp_rank_report_free(report);
    return copy;
}

void rp_rank_report_free(rp_rank_report *report)
{
    if (!report) return;
    free((void *)(uintptr_t)report->chunks);
    free(report);
}

/* ---- totals ---- */

static void add_worker(rp_summary *summary, const rp_worker_report *worker, double *most_busy_s)
{
    summary->workers++;
    if (worker->busy_s > *most_busy_s) *most_busy_s = worker->busy_s;
    if (worker->n_grains == 0) return;
    bool is_first = summary->n_grains == 0;
    if (is_first || worker->begin_s < summary->begin_s) summary->begin_s = worker->begin_s;
    if (is_first || worker->end_s > summary->end_s) summary->end_s = worker->end_s;
    summary->items += worker->items;
    summary->failed += worker->failed;
    summary->repeated += worker->repeated;
    summary->n_grains += worker->n_grains;
    summary->n_recorded += worker->n_recorded;
    summary->busy_s += worker->busy_s;
}

static void add_rank(rp_summary *summary, const rp_rank_report *rank, size_t worker_size, double *most_busy_s)
{
    for (int i = 0; i < rank->n_workers; i++)
        add_worker(summary, (const void *)((const char *)rank->workers + (size_t)i * worker_size), most_busy_s);
    summary->bytes_sent += rank->bytes_sent;
    summary->bytes_received += rank->bytes_received;
    summary->messages_sent += rank->messages_sent;
    summary->messages_received += rank->messages_received;
}

void rp_reports_summarise_sized(const rp_rank_report *const *reports, int n_reports, size_t worker_size, rp_summary *summary,
                                size_t summary_size)
{
    double most_busy_s = 0;
    rp_summary own = {0};
    for (int i = 0; reports && i < n_reports; i++)
        if (reports[i]) add_rank(&own, reports[i], worker_size, &most_busy_s);
    own.makespan_s = own.end_s - own.begin_s;
    if (own.workers > 0) own.ideal_s = own.busy_s / (double)own.workers;
    if (own.makespan_s > 0) own.efficiency = own.ideal_s / own.makespan_s;
    if (own.ideal_s > 0) own.imbalance = most_busy_s / own.ideal_s;
    if (summary) rpi_sized_write(&own, sizeof own, summary, summary_size);
}

void rp_reports_summarise(const rp_rank_report *const *reports, int n_reports, rp_summary *summary)
{
    rp_reports_summarise_sized(reports, n_reports, RPI_FIRST_WORKER_REPORT, summary, RPI_FIRST_SUMMARY);
}
