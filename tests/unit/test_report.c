/* test_report.c: reports packed, sent and unpacked; and the arithmetic of their totals. */
#include "unit.h"

#include "record/report.h"

#include <math.h>

#define assert_near(a, b, most) assert_true(fabs((double)(a) - (double)(b)) <= (most))

enum { MOST_WORKERS = 4 };

/* Worker k has k grains of k + 1 items each. Grain g takes one second, from second 10 k + 2 g after the worker's origin. */
typedef struct threads {
    rpi_recorder *recorders[MOST_WORKERS];
    unsigned n;
    rpi_work work;
    rpi_batch *batch;
} threads;

static const uint64_t second = 1000000000;

static uint64_t origin_of(const threads *self, unsigned k) { return rpi_recorder_total(self->recorders[k], RPI_TOTAL_ORIGIN_NS); }

static void make_threads(threads *self, unsigned n)
{
    memset(self, 0, sizeof *self);
    self->n = n;
    self->batch = rpi_batch_create();
    self->batch->work = &self->work;
    self->batch->attempt = 1;
    for (unsigned k = 0; k < n; k++) {
        self->recorders[k] = rpi_recorder_create(&(rpi_recording){RP_RECORD_GRAINS, 8});
        uint64_t origin = origin_of(self, k);
        for (unsigned g = 0; g < k; g++) {
            uint64_t begin = origin + (10 * k + 2 * g) * second;
            rpi_recorder_add(self->recorders[k], &(rpi_timed_grain){self->batch, g, k + 1, begin, begin + second});
        }
    }
}

static void free_threads(threads *self)
{
    for (unsigned k = 0; k < self->n; k++) rpi_recorder_destroy(self->recorders[k]);
    rpi_batch_destroy(self->batch);
}

static char *pack(const threads *self, size_t *size)
{
    *size = rpi_report_pack_size(self->recorders, self->n);
    char *packed = malloc(*size);
    rpi_report_pack(self->recorders, self->n, packed, *size);
    return packed;
}

static void a_report_comes_out_as_it_went_in(void **state)
{
    (void)state;
    threads self;
    for (unsigned n = 0; n <= MOST_WORKERS; n++) {
        size_t size;
        make_threads(&self, n);
        char *packed = pack(&self, &size);
        rp_rank_report *report;
        assert_int_equal(rpi_report_unpack(packed, size, &(rpi_report_clock){.error_s = 0.25}, &report, NULL), RP_OK);
        free(packed);
        assert_int_equal(report->n_workers, n);
        assert_near(report->clock_error_s, 0.25, 0);
        for (unsigned k = 0; k < n; k++) {
            const rp_worker_report *worker = &report->workers[k];
            assert_int_equal(worker->n_grains, k);
            assert_int_equal(worker->n_recorded, k);
            assert_int_equal(worker->items, k * (k + 1));
            assert_near(worker->busy_s, k, 1e-9);
            for (unsigned g = 0; g < k; g++) assert_int_equal(worker->grains[g].first, g);
            assert_true(k > 0 || !worker->grains);
        }
        rp_rank_report_free(report);
        free_threads(&self);
    }
}

/* The other clock is 5 s ahead, and the pool was opened 3 s before the worker's origin by ours. */
static void times_become_those_of_the_client(void **state)
{
    (void)state;
    threads self;
    size_t size;
    make_threads(&self, 2);
    char *packed = pack(&self, &size);
    rpi_report_clock clock = {.origin_ns = origin_of(&self, 1) - 8 * second, .offset_ns = (int64_t)(5 * second)};
    rp_rank_report *report;
    assert_int_equal(rpi_report_unpack(packed, size, &clock, &report, NULL), RP_OK);
    free(packed);
    assert_near(report->workers[1].begin_s, 13, 1e-9);
    assert_near(report->workers[1].end_s, 14, 1e-9);
    assert_near(report->workers[1].grains[0].begin_s, 13, 1e-9);
    assert_near(report->workers[1].grains[0].end_s, 14, 1e-9);
    assert_near(report->workers[0].begin_s, 0, 0); /* it ran nothing */
    rp_rank_report_free(report);
    free_threads(&self);
}

static void what_is_not_whole_is_refused(void **state)
{
    (void)state;
    threads self;
    size_t size;
    rp_error error;
    rp_rank_report *report = NULL;
    make_threads(&self, 3);
    char *packed = pack(&self, &size);
    for (size_t shorter = 0; shorter < size; shorter++)
        assert_refused(rpi_report_unpack(packed, shorter, &(rpi_report_clock){0}, &report, &error), error, "isn't whole");
    uint64_t many = UINT64_MAX;
    memcpy(packed + sizeof many + RPI_TOTAL_RECORDED * sizeof many, &many, sizeof many);
    assert_refused(rpi_report_unpack(packed, size, &(rpi_report_clock){0}, &report, &error), error, "isn't whole");
    memcpy(packed, &many, sizeof many);
    assert_refused(rpi_report_unpack(packed, size, &(rpi_report_clock){0}, &report, &error), error, "isn't whole");
    assert_null(report);
    free(packed);
    free_threads(&self);
}

static void grains_that_come_meanwhile_are_left_out(void **state)
{
    (void)state;
    threads self;
    make_threads(&self, 2);
    size_t size = rpi_report_pack_size(self.recorders, 2);
    uint64_t begin = origin_of(&self, 1) + 60 * second;
    rpi_recorder_add(self.recorders[1], &(rpi_timed_grain){self.batch, 70, 1, begin, begin + second});
    char *packed = malloc(size);
    rpi_report_pack(self.recorders, 2, packed, size);
    rp_rank_report *report;
    assert_int_equal(rpi_report_unpack(packed, size, &(rpi_report_clock){0}, &report, NULL), RP_OK);
    assert_int_equal(report->workers[1].n_recorded, 1);
    assert_int_equal(report->workers[1].n_grains, 2);
    free(packed);
    rp_rank_report_free(report);
    free_threads(&self);
}

static void chunks_and_traffic_are_added(void **state)
{
    (void)state;
    threads self;
    rp_rank_report *report;
    make_threads(&self, 3);
    rpi_recorder *chunks = self.recorders[2]; /* two grains, used as chunks */
    rpi_recorder_count(chunks, RPI_TOTAL_BYTES_SENT, 100);
    rpi_recorder_count(chunks, RPI_TOTAL_BYTES_RECEIVED, 200);
    rpi_recorder_count(chunks, RPI_TOTAL_MESSAGES_SENT, 3);
    rpi_recorder_count(chunks, RPI_TOTAL_MESSAGES_RECEIVED, 4);
    uint64_t origin = origin_of(&self, 2) - second;
    assert_int_equal(rpi_report_local(self.recorders, 1, origin, &report, NULL), RP_OK);
    assert_true(rpi_report_add_chunks(report, chunks, origin));
    assert_int_equal(report->n_chunks, 2);
    assert_int_equal(report->n_chunks_recorded, 2);
    assert_near(report->chunks[0].begin_s, 21, 1e-9);
    assert_near(report->chunks[1].end_s, 24, 1e-9);
    assert_int_equal(report->bytes_sent, 100);
    assert_int_equal(report->bytes_received, 200);
    assert_int_equal(report->messages_sent, 3);
    assert_int_equal(report->messages_received, 4);
    rp_rank_report_free(report);
    rp_rank_report_free(NULL);
    free_threads(&self);
}

/* ---- totals ---- */

static void totals_are_those_of_all_workers(void **state)
{
    (void)state;
    rp_worker_report first[2] = {{.items = 10, .failed = 1, .n_grains = 4, .n_recorded = 3, .busy_s = 3, .begin_s = 1, .end_s = 5},
                                 {.items = 20, .repeated = 2, .n_grains = 2, .n_recorded = 2, .busy_s = 1, .begin_s = 2, .end_s = 3}};
    rp_worker_report second_rank[2] = {{.items = 5, .n_grains = 1, .n_recorded = 1, .busy_s = 2, .begin_s = 4, .end_s = 6}, {0}};
    rp_rank_report ranks[2] = {{.n_workers = 2, .workers = first, .bytes_sent = 1, .messages_received = 2},
                               {.n_workers = 2, .workers = second_rank, .bytes_sent = 10, .bytes_received = 7, .messages_sent = 3}};
    const rp_rank_report *all[3] = {&ranks[0], NULL, &ranks[1]};
    rp_summary summary;
    rp_reports_summarise(all, 3, &summary);
    assert_int_equal(summary.workers, 4);
    assert_int_equal(summary.items, 35);
    assert_int_equal(summary.failed, 1);
    assert_int_equal(summary.repeated, 2);
    assert_int_equal(summary.n_grains, 7);
    assert_int_equal(summary.n_recorded, 6);
    assert_near(summary.begin_s, 1, 0);
    assert_near(summary.makespan_s, 5, 1e-12);
    assert_near(summary.busy_s, 6, 1e-12);
    assert_near(summary.ideal_s, 1.5, 1e-12);
    assert_near(summary.efficiency, 0.3, 1e-12);
    assert_near(summary.imbalance, 2, 1e-12);
    assert_int_equal(summary.bytes_sent, 11);
    assert_int_equal(summary.bytes_received, 7);
    assert_int_equal(summary.messages_sent, 3);
    assert_int_equal(summary.messages_received, 2);
}

static void of_nothing_all_totals_are_nought(void **state)
{
    (void)state;
    rp_worker_report idle[2] = {{0}, {0}};
    rp_rank_report rank = {.n_workers = 2, .workers = idle};
    const rp_rank_report *all[1] = {&rank};
    rp_summary summary;
    rp_reports_summarise(all, 1, &summary);
    assert_int_equal(summary.workers, 2);
    assert_near(summary.makespan_s, 0, 0);
    assert_near(summary.efficiency, 0, 0);
    assert_near(summary.imbalance, 0, 0);
    rp_reports_summarise(NULL, 0, &summary);
    assert_int_equal(summary.workers, 0);
    assert_near(summary.ideal_s, 0, 0);
}

UNIT_MAIN(UNIT(a_report_comes_out_as_it_went_in), UNIT(times_become_those_of_the_client), UNIT(what_is_not_whole_is_refused),
          UNIT(grains_that_come_meanwhile_are_left_out), UNIT(chunks_and_traffic_are_added), UNIT(totals_are_those_of_all_workers),
          UNIT(of_nothing_all_totals_are_nought))
