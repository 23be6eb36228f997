/* test_retry_backoff.c: how long failed items wait, what is due when, and which waits are cut short. */
#include "unit.h"

#include "pool/retry_backoff.h"

static int64_t same(int64_t x) { return x; }
RP_TASK(same, int64_t, int64_t)

typedef struct waiting {
    rpi_work work;
    rpi_batch *origin;
    rpi_retry_queue queue;
    rpi_retry retries[200];
    rpi_failure *failures[200];
} waiting;

static int set_up(void **state)
{
    waiting *self = calloc(1, sizeof *self);
    self->origin = rpi_batch_create();
    assert_int_equal(rpi_work_init(&self->work, same_task, (rp_columns){0, NULL}, RP_COLUMNS(RP_RANGE(0, 1)), NULL), RP_OK);
    rpi_batch_reset(self->origin, &self->work, 0, N_OF(self->retries));
    rpi_retry_queue_init(&self->queue, 0.5);
    for (size_t k = 0; k < N_OF(self->retries); k++) {
        self->failures[k] = rpi_failure_create("", 0);
        self->failures[k]->facts.item = k;
        self->retries[k] = (rpi_retry){.origin = self->origin, .failure = self->failures[k], .n_tries = 1};
    }
    *state = self;
    return 0;
}

static int tear_down(void **state)
{
    waiting *self = *state;
    for (size_t k = 0; k < N_OF(self->retries); k++) free(self->failures[k]);
    rpi_batch_destroy(self->origin);
    rpi_work_fini(&self->work);
    free(self);
    return 0;
}

/* What is taken now: the first, and how many. */
static rpi_retry *take(waiting *self, uint64_t now_ns, bool cut_short, size_t *n)
{
    rpi_list taken;
    rpi_list_init(&taken);
    rpi_retry_queue_take(&self->queue, now_ns, cut_short, &taken);
    rpi_retry *first = rpi_retry_take_first(&taken);
    for (*n = first != NULL; rpi_retry_take_first(&taken); ++*n) continue;
    return first;
}

static rpi_retry *take_one(waiting *self, uint64_t now_ns, bool cut_short)
{
    size_t n;
    rpi_retry *first = take(self, now_ns, cut_short, &n);
    assert_true(n <= 1);
    return first;
}

static const uint64_t second = 1000000000u;

static void backoffs_double_up_to_half_a_minute(void **state)
{
    (void)state;
    assert_int_equal(rpi_retry_backoff_ns(0.5, 1), second / 2);
    assert_int_equal(rpi_retry_backoff_ns(0.5, 2), second);
    assert_int_equal(rpi_retry_backoff_ns(0.5, 6), 16 * second);
    assert_int_equal(rpi_retry_backoff_ns(0.5, 7), 30 * second);
    assert_int_equal(rpi_retry_backoff_ns(0.5, 1000000), 30 * second);
    assert_int_equal(rpi_retry_backoff_ns(100, 1), 30 * second);
    assert_int_equal(rpi_retry_backoff_ns(1e-9, 1), 1);
    assert_int_equal(rpi_retry_backoff_ns(1e-300, 1000000), 0);
}

static void what_is_due_is_taken_once_and_nothing_else(void **state)
{
    waiting *self = *state;
    assert_int_equal(rpi_retry_queue_next_ns(&self->queue), UINT64_MAX);
    rpi_retry_queue_add(&self->queue, &self->retries[0], 1000);
    assert_int_equal(rpi_retry_queue_next_ns(&self->queue), 1000 + second / 2);
    assert_null(take_one(self, 999 + second / 2, false));
    assert_null(take_one(self, 999 + second / 2, true));
    assert_ptr_equal(take_one(self, 1000 + second / 2, false), &self->retries[0]);
    assert_null(take_one(self, 1000 + second, true));
    assert_int_equal(rpi_retry_queue_next_ns(&self->queue), UINT64_MAX);
}

static void shorter_backoffs_end_before_longer_ones_that_began_earlier(void **state)
{
    waiting *self = *state;
    self->retries[0].n_tries = 3; /* 2 s */
    rpi_retry_queue_add(&self->queue, &self->retries[0], 0);
    rpi_retry_queue_add(&self->queue, &self->retries[1], second);
    assert_ptr_equal(take_one(self, second * 3 / 2, false), &self->retries[1]);
    assert_int_equal(rpi_retry_queue_next_ns(&self->queue), 2 * second);
    rpi_retry_queue_add(&self->queue, &self->retries[1], second * 3 / 2);
    size_t n;
    assert_non_null(take(self, 2 * second, false, &n));
    assert_int_equal(n, 2);
}

static void a_stopped_call_ends_the_waits_that_it_cuts_short(void **state)
{
    waiting *self = *state;
    assert_int_equal(rpi_retry_fate_of(&self->work, 5), RPI_RETRY_GOES_ON);
    for (size_t k = 0; k < 10; k++) rpi_retry_queue_add(&self->queue, &self->retries[k], 0);
    rpi_work_lower_cutoff(&self->work, 7);
    assert_int_equal(rpi_retry_fate_of(&self->work, 6), RPI_RETRY_GOES_ON);
    assert_int_equal(rpi_retry_fate_of(&self->work, 7), RPI_RETRY_DROPPED);
    assert_null(take_one(self, 0, false)); /* without a signal it isn't looked for */
    size_t n = 0;
    rpi_list all;
    rpi_list_init(&all);
    rpi_retry_queue_take(&self->queue, 0, true, &all);
    for (rpi_retry *taken; (taken = rpi_retry_take_first(&all)); n++) assert_in_range(taken->failure->facts.item, 7, 9);
    assert_int_equal(n, 3);
    atomic_store(&self->work.draining, true);
    assert_int_equal(rpi_retry_fate_of(&self->work, 6), RPI_RETRY_STANDS);
    assert_int_equal(rpi_retry_fate_of(&self->work, 7), RPI_RETRY_DROPPED);
    rpi_retry_queue_add(&self->queue, &self->retries[9], 0); /* the queue's end is right */
    assert_non_null(take(self, 0, true, &n));
    assert_int_equal(n, 8);
    assert_int_equal(rpi_retry_queue_next_ns(&self->queue), UINT64_MAX);
}

/* Against a plain model: a table of due times. */
static void random_waits_end_when_they_are_due(void **state)
{
    waiting *self = *state;
    bool waits[N_OF(self->retries)] = {false};
    uint64_t now = 0;
    unit_seed();
    for (int round = 0; round < 20000; round++) {
        size_t k = unit_random(N_OF(self->retries));
        now += unit_random(second / 20);
        if (!waits[k]) {
            self->retries[k].n_tries = 1 + (unsigned)unit_random(80);
            rpi_retry_queue_add(&self->queue, &self->retries[k], now);
            waits[k] = true;
        }
        rpi_list all;
        rpi_list_init(&all);
        rpi_retry_queue_take(&self->queue, now, unit_random(2), &all);
        for (rpi_retry *taken; (taken = rpi_retry_take_first(&all));) {
            assert_true(waits[taken - self->retries] && taken->due_ns <= now);
            waits[taken - self->retries] = false;
        }
        uint64_t next = UINT64_MAX;
        for (size_t i = 0; i < N_OF(waits); i++)
            if (waits[i] && self->retries[i].due_ns < next) next = self->retries[i].due_ns;
        assert_true(next > now);
        assert_int_equal(rpi_retry_queue_next_ns(&self->queue), next);
    }
}

#define BACKOFFS(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

UNIT_MAIN(BACKOFFS(backoffs_double_up_to_half_a_minute), BACKOFFS(what_is_due_is_taken_once_and_nothing_else),
          BACKOFFS(shorter_backoffs_end_before_longer_ones_that_began_earlier), BACKOFFS(a_stopped_call_ends_the_waits_that_it_cuts_short),
          BACKOFFS(random_waits_end_when_they_are_due))
