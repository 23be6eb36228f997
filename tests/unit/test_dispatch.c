/* test_dispatch.c: which place gets which items next: in simulated time, and by single questions. */
#include "simulator.h"

#include <math.h>

static double a_microsecond(uint64_t item)
{
    (void)item;
    return 1e-6;
}
static double a_millisecond(uint64_t item)
{
    (void)item;
    return 1e-3;
}
static double a_second(uint64_t item)
{
    (void)item;
    return 1;
}
static double uneven(uint64_t item) { return (double)(item * 2654435761u % 1000) * 1e-6; }
static double rising(uint64_t item) { return (double)item * 1e-6; }
static double any(uint64_t item)
{
    (void)item;
    return (double)unit_random(1000) * (unit_random(10) ? 1e-7 : 1e-4);
}

static double (*const durations[])(uint64_t) = {a_microsecond, a_millisecond, a_second, uneven, rising, any};

static void check_all_ran(const sim_job *job)
{
    assert_true(rpi_dispatch_is_through(job->job));
    for (uint64_t i = 0; i < job->call.n_items; i++)
        if (job->hits[i] != 1)
            fail_msg("item %llu of %llu ran %d times", (unsigned long long)i, (unsigned long long)job->call.n_items, job->hits[i]);
}

/* ---- every item once ---- */

static void every_schedule_hands_out_every_item(void **state)
{
    (void)state;
    static const uint64_t counts[] = {0, 1, 2, 7, 16, 100, 1000};
    static const unsigned workers[3][4] = {{1}, {2, 2}, {1, 3, 0, 4}};
    static const int n_places[] = {1, 2, 4};
    for (int kind = RP_SCHEDULE_AUTO; kind < RPI_N_SCHEDULES; kind++)
        for (size_t w = 0; w < 3; w++)
            for (size_t c = 0; c < N_OF(counts); c++)
                for (size_t d = 0; d < N_OF(durations) - 1; d++) {
                    sim *world = sim_create(n_places[w], workers[w], 20e-6);
                    sim_job *job = sim_add(world, counts[c], (rp_schedule)kind, 1 + c % 3 * 7, durations[d]);
                    sim_run(world);
                    check_all_ran(job);
                    if (w == 2) assert_int_equal(sim_n_items(world, 2), 0);
                    sim_destroy(world);
                    sim_job_free(job);
                }
}

static void random_worlds_hand_out_every_item_once(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 1000; round++) {
        unsigned workers[SIM_MOST_PLACES];
        int n_places = 1 + (int)unit_random(6);
        for (int p = 0; p < n_places; p++) workers[p] = (unsigned)unit_random(9);
        workers[0]++;
        sim *world = sim_create(n_places, workers, (double)unit_random(200) * 1e-6);
        sim_job *jobs[5];
        size_t n_jobs = 1 + unit_random(5);
        for (size_t k = 0; k < n_jobs; k++) {
            jobs[k] = sim_add(world, unit_random(UINT64_C(1) << unit_random(11)), (rp_schedule)unit_random(RPI_N_SCHEDULES),
                              1 + unit_random(40), durations[unit_random(N_OF(durations))]);
            jobs[k]->job->whole = unit_random(5) == 0;
            for (uint64_t steps = unit_random(50); steps > 0; steps--) (void)sim_step(world);
        }
        sim_run(world);
        for (size_t k = 0; k < n_jobs; k++) check_all_ran(jobs[k]);
        sim_destroy(world);
        for (size_t k = 0; k < n_jobs; k++) sim_job_free(jobs[k]);
    }
}

static void stopped_jobs_run_no_item_twice_and_none_beyond(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 1000; round++) {
        unsigned workers[3] = {2, 1, 3};
        sim *world = sim_create(3, workers, 20e-6);
        sim_job *job =
            sim_add(world, 1 + unit_random(2000), (rp_schedule)unit_random(RPI_N_SCHEDULES), 1 + unit_random(9), durations[unit_random(5)]);
        sim_job *after = sim_add(world, unit_random(100), RP_SCHEDULE_AUTO, 0, a_microsecond);
        for (uint64_t steps = unit_random(300); steps > 0; steps--) (void)sim_step(world);
        uint64_t out = job->job->position, limit = unit_random(job->call.n_items + 5);
        rpi_dispatch_stop(world->dispatch, job->job, limit);
        sim_run(world);
        uint64_t last = limit < job->call.n_items ? (limit > out ? limit : out) : job->call.n_items;
        for (uint64_t i = 0; i < job->call.n_items; i++) assert_int_equal(job->hits[i], i < last);
        assert_true(rpi_dispatch_is_through(job->job));
        check_all_ran(after);
        sim_destroy(world);
        sim_job_free(job);
        sim_job_free(after);
    }
}

/* ---- fair and ahead ---- */

static void as_many_long_items_as_workers_go_one_to_each(void **state)
{
    (void)state;
    static const unsigned workers[][3] = {{8, 8, 0}, {1, 2, 5}, {4, 1, 1}, {3, 3, 3}};
    for (size_t w = 0; w < N_OF(workers); w++) {
        sim *world = sim_create(3, workers[w], 20e-6);
        sim_job *job = sim_add(world, workers[w][0] + workers[w][1] + workers[w][2], RP_SCHEDULE_AUTO, 0, a_second);
        sim_run(world);
        for (int p = 0; p < 3; p++) assert_int_equal(sim_n_items(world, p), workers[w][p]);
        assert_true(job->call.finished_s < 1.001);
        sim_destroy(world);
        sim_job_free(job);
    }
}

static void fewer_items_than_workers_spread(void **state)
{
    (void)state;
    sim *world = sim_create(4, (const unsigned[]){4, 4, 4, 4}, 20e-6);
    sim_job *job = sim_add(world, 8, RP_SCHEDULE_AUTO, 0, a_second);
    sim_run(world);
    for (int p = 0; p < 4; p++) assert_int_equal(sim_n_items(world, p), 2);
    sim_destroy(world);
    sim_job_free(job);
}

static void static_gives_each_place_its_share_in_one_parcel(void **state)
{
    (void)state;
    static const unsigned workers[] = {1, 2, 5};
    sim *world = sim_create(3, workers, 20e-6);
    sim_job *job = sim_add(world, 800, RP_SCHEDULE_STATIC, 0, a_millisecond);
    sim_run(world);
    assert_int_equal(job->call.n_parcels, 3);
    for (int p = 0; p < 3; p++) assert_int_equal(sim_n_items(world, p), 100 * workers[p]);
    sim_destroy(world);
    sim_job_free(job);
}

/* While items last, no place runs dry: it has two parcels or more, and more items than workers. */
static void look_for_dry_places(sim *self)
{
    const rpi_job *first = self->dispatch->head;
    if (!first || first->position >= first->count) return;
    bool last_items = first->count - first->position <= self->dispatch->n_workers && !first->next_job;
    if (last_items && first->item_s >= 0.5e-3) return;
    for (int p = 0; p < self->dispatch->n_places; p++) {
        assert_true(self->places[p].n_parcels_out >= 2);
        assert_true(self->places[p].n_items_out >= self->places[p].n_workers);
    }
}

static void no_place_is_without_a_second_parcel_while_items_last(void **state)
{
    (void)state;
    for (int kind = RP_SCHEDULE_AUTO; kind < RPI_N_SCHEDULES; kind++)
        for (size_t d = 0; d < N_OF(durations) - 1; d++) {
            sim *world = sim_create(3, (const unsigned[]){2, 1, 4}, 50e-6);
            world->look = look_for_dry_places;
            sim_job *job = sim_add(world, 3000, (rp_schedule)kind, 2, durations[d]);
            sim_run(world);
            check_all_ran(job);
            sim_destroy(world);
            sim_job_free(job);
        }
}

static void long_items_are_not_sent_ahead_at_the_end(void **state)
{
    (void)state;
    rpi_place places[2] = {{.n_workers = 2}, {.n_workers = 2}};
    rpi_dispatch dispatch;
    rpi_parcel_plan plan;
    rpi_job job = {.schedule = {RP_SCHEDULE_FIXED, 8, 1, 0, 0, 0}, .count = 8, .item_s = 0.01};
    rpi_dispatch_init(&dispatch, places, 2);
    rpi_dispatch_add(&dispatch, &job);
    for (int k = 0; k < 4; k++) assert_true(rpi_dispatch_next(&dispatch, &plan));
    assert_int_equal(places[0].n_items_out, 2);
    assert_int_equal(places[1].n_items_out, 2);
    assert_false(rpi_dispatch_next(&dispatch, &plan)); /* the four that are left wait for the first worker */
    rpi_dispatch_back(&dispatch, 1, &job, 1);
    assert_true(rpi_dispatch_next(&dispatch, &plan));
    assert_int_equal(plan.place, 1);
    assert_int_equal(plan.first, 4);
    assert_false(rpi_dispatch_next(&dispatch, &plan));
    job.item_s = 1e-6; /* short ones are */
    assert_true(rpi_dispatch_next(&dispatch, &plan));
}

/* Several at a time only where there are so many places that one by one would be too many messages. */
static void long_items_go_one_by_one_to_few_places(void **state)
{
    (void)state;
    enum { MANY = 1000, WORKERS = 8 };
    static rpi_place places[MANY];
    static const int n_places[] = {4, MANY};
    for (int k = 0; k < 2; k++)
        for (int known = 0; known < 2; known++) {
            rpi_dispatch dispatch;
            rpi_parcel_plan plan;
            rpi_job job = {.schedule = {.kind = RP_SCHEDULE_AUTO, .n_items = 1000000}, .count = 1000000, .item_s = known ? 0.01 : 0};
            for (int p = 0; p < MANY; p++) places[p] = (rpi_place){.n_workers = WORKERS};
            rpi_dispatch_init(&dispatch, places, n_places[k]);
            rpi_dispatch_add(&dispatch, &job);
            assert_true(rpi_dispatch_next(&dispatch, &plan));
            assert_int_equal(plan.count, k == 0 ? 1 : WORKERS);
            job.position = job.count - WORKERS * (uint64_t)n_places[k] / 4; /* towards the end, less */
            assert_true(rpi_dispatch_next(&dispatch, &plan));
            assert_int_equal(plan.count, 1);
        }
}

static void long_items_are_sent_ahead_while_another_job_follows(void **state)
{
    (void)state;
    rpi_place places[2] = {{.n_workers = 1}, {.n_workers = 1}};
    rpi_dispatch dispatch;
    rpi_parcel_plan plan;
    rpi_job jobs[2];
    rpi_dispatch_init(&dispatch, places, 2);
    for (int k = 0; k < 2; k++) {
        jobs[k] = (rpi_job){.schedule = {RP_SCHEDULE_FIXED, 4, 1, 0, 0, 0}, .count = 4, .item_s = 0.01};
        rpi_dispatch_add(&dispatch, &jobs[k]);
    }
    for (int k = 0; k < 4; k++) {
        assert_true(rpi_dispatch_next(&dispatch, &plan));
        assert_ptr_equal(plan.job, &jobs[0]);
    }
    assert_false(rpi_dispatch_next(&dispatch, &plan));
}

/* ---- the neediest place ---- */

enum { MOST_PLACES = 70 };

static double load_of(const rpi_place *place) { return (double)place->n_items_out / place->n_workers; }

/* By a look at all of them: the first with the fewest items a worker, among those with fewer parcels than that. */
static int lightest_of(const rpi_dispatch *dispatch, uint64_t fewer_than)
{
    int best = -1;
    for (int p = 0; p < dispatch->n_places; p++) {
        const rpi_place *place = &dispatch->places[p];
        if (place->n_workers == 0 || place->n_parcels_out >= fewer_than) continue;
        if (best < 0 || load_of(place) < load_of(&dispatch->places[best])) best = p;
    }
    return best;
}

/* Plans a parcel, and compares the place with what a look at all of them finds. */
static bool check_next(rpi_dispatch *dispatch, rpi_parcel_plan *plan)
{
    int lightest = lightest_of(dispatch, UINT64_MAX), short_of_parcels = lightest_of(dispatch, 2);
    bool needed = lightest >= 0 && load_of(&dispatch->places[lightest]) < 1;
    if (!dispatch->head) return false;
    bool last = dispatch->head->count - dispatch->head->position <= dispatch->n_workers;
    bool any = rpi_dispatch_next(dispatch, plan);
    if (!any) assert_false(needed);
    if (!any && !last) assert_int_equal(short_of_parcels, -1);
    if (any) assert_true(plan->place == lightest || (!needed && plan->place == short_of_parcels));
    return any;
}

/* Compares what is kept along with what a look at all of them finds. */
static void check_standing(const rpi_dispatch *dispatch)
{
    uint64_t n_items_out = 0;
    int n_hungry = 0;
    double least = HUGE_VAL;
    for (int p = 0; p < dispatch->n_places; p++) {
        const rpi_place *place = &dispatch->places[p];
        n_items_out += place->n_items_out;
        if (p == 0) continue;
        n_hungry += place->n_items_out > 0 && place->n_items_out <= place->n_workers;
        if (place->n_workers > 0 && load_of(place) < least) least = load_of(place);
    }
    assert_int_equal(dispatch->n_items_out, n_items_out);
    assert_int_equal(dispatch->n_hungry, n_hungry);
    assert_true(rpi_dispatch_least_load(dispatch) <= least && rpi_dispatch_least_load(dispatch) >= least);
}

static void change_workers(rpi_dispatch *dispatch, int place, unsigned n_workers)
{
    if (dispatch->n_workers + n_workers > dispatch->places[place].n_workers) rpi_dispatch_set_workers(dispatch, place, n_workers);
}

static void how_places_stand_is_known_among_any_number(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 300; round++) {
        rpi_place places[MOST_PLACES] = {0};
        rpi_parcel_plan out[200];
        size_t n_out = 0;
        int n_places = 1 + (int)unit_random(MOST_PLACES);
        for (int p = 0; p < n_places; p++) places[p].n_workers = (unsigned)unit_random(5);
        rpi_dispatch dispatch;
        rpi_job job = {.schedule = {.kind = (rp_schedule)unit_random(6), .n_items = 5000, .chunk = 1 + unit_random(9)}, .count = 5000};
        rpi_dispatch_init(&dispatch, places, n_places);
        if (dispatch.n_workers == 0) continue;
        rpi_dispatch_add(&dispatch, &job);
        for (int step = 0; step < 500; step++) {
            job.item_s = (double)unit_random(3) * 1e-3;
            if (n_out < N_OF(out) && unit_random(3) > 0) n_out += check_next(&dispatch, &out[n_out]);
            if (n_out > 0 && unit_random(3) == 0) {
                size_t k = unit_random(n_out--);
                rpi_dispatch_back(&dispatch, out[k].place, out[k].job, out[k].count);
                out[k] = out[n_out];
            }
            int changed = (int)unit_random(50 * (uint64_t)n_places);
            if (changed < n_places) change_workers(&dispatch, changed, (unsigned)unit_random(2) * (unsigned)unit_random(5));
            check_standing(&dispatch);
        }
    }
}

static void places_that_come_later_are_given_items(void **state)
{
    (void)state;
    rpi_place places[3] = {{.n_workers = 1}};
    rpi_dispatch dispatch;
    rpi_parcel_plan plan;
    rpi_job job = {.schedule = {.kind = RP_SCHEDULE_FIXED, .n_items = 100, .chunk = 1}, .count = 100};
    rpi_dispatch_init(&dispatch, places, 3);
    rpi_dispatch_set_workers(&dispatch, 2, 4);
    assert_int_equal(dispatch.n_workers, 5);
    rpi_dispatch_add(&dispatch, &job);
    uint64_t n[3] = {0};
    while (rpi_dispatch_next(&dispatch, &plan)) n[plan.place] += plan.count;
    assert_true(n[0] >= 2 && n[1] == 0 && n[2] >= 5);
}

/* ---- order ---- */

static void jobs_are_handed_out_in_their_order(void **state)
{
    (void)state;
    sim *world = sim_create(2, (const unsigned[]){2, 2}, 20e-6);
    sim_job *jobs[4];
    for (int k = 0; k < 4; k++) jobs[k] = sim_add(world, 50, (rp_schedule)(k % 6), 3, uneven);
    sim_run(world);
    for (int k = 0; k < 4; k++) check_all_ran(jobs[k]);
    for (int k = 1; k < 4; k++) {
        assert_true(jobs[k]->call.started_s >= jobs[k - 1]->call.started_s);
        assert_true(jobs[k]->call.started_s <= jobs[k - 1]->call.finished_s); /* without a barrier between them */
    }
    sim_destroy(world);
    for (int k = 0; k < 4; k++) sim_job_free(jobs[k]);
}

static void whole_jobs_are_one_parcel(void **state)
{
    (void)state;
    sim *world = sim_create(3, (const unsigned[]){2, 2, 1}, 20e-6);
    sim_job *jobs[12];
    for (int k = 0; k < 12; k++) {
        jobs[k] = sim_add(world, 20, (rp_schedule)(k % 6), 3, a_millisecond);
        jobs[k]->job->whole = true;
    }
    sim_run(world);
    for (int k = 0; k < 12; k++) {
        check_all_ran(jobs[k]);
        assert_int_equal(jobs[k]->call.n_parcels, 1);
    }
    for (int p = 0; p < 3; p++) assert_in_range(sim_n_items(world, p), 40, 120);
    sim_destroy(world);
    for (int k = 0; k < 12; k++) sim_job_free(jobs[k]);
}

static void a_stopped_job_leaves_the_queue(void **state)
{
    (void)state;
    rpi_place places[1] = {{.n_workers = 1}};
    rpi_dispatch dispatch;
    rpi_parcel_plan plan;
    rpi_job jobs[3];
    rpi_dispatch_init(&dispatch, places, 1);
    for (int k = 0; k < 3; k++) {
        jobs[k] = (rpi_job){.schedule = {RP_SCHEDULE_FIXED, 10, 1, 0, 0, 0}, .count = 10};
        rpi_dispatch_add(&dispatch, &jobs[k]);
    }
    assert_true(rpi_dispatch_next(&dispatch, &plan));
    rpi_dispatch_stop(&dispatch, &jobs[2], 0); /* the last, before it began */
    assert_true(rpi_dispatch_is_through(&jobs[2]));
    rpi_dispatch_stop(&dispatch, &jobs[0], 0); /* the first, which has one out */
    assert_false(rpi_dispatch_is_through(&jobs[0]));
    assert_false(jobs[0].queued);
    rpi_dispatch_stop(&dispatch, &jobs[0], 0);
    rpi_dispatch_back(&dispatch, 0, &jobs[0], 1);
    assert_true(rpi_dispatch_is_through(&jobs[0]));
    rpi_dispatch_add(&dispatch, &jobs[2]); /* the tail is where it should be */
    jobs[2].count = 10;
    uint64_t n[3] = {0};
    while (rpi_dispatch_next(&dispatch, &plan)) {
        n[plan.job - jobs] += plan.count;
        rpi_dispatch_back(&dispatch, 0, plan.job, plan.count);
    }
    assert_true(n[0] == 0 && n[1] == 10);
    assert_null(dispatch.head);
}

static void an_empty_job_is_through_at_once(void **state)
{
    (void)state;
    rpi_place places[1] = {{.n_workers = 1}};
    rpi_dispatch dispatch;
    rpi_parcel_plan plan;
    rpi_job job = {.count = 0};
    rpi_dispatch_init(&dispatch, places, 1);
    rpi_dispatch_add(&dispatch, &job);
    assert_true(rpi_dispatch_is_through(&job));
    assert_false(rpi_dispatch_next(&dispatch, &plan));
    rpi_dispatch_stop(&dispatch, &job, 0);
}

/* ---- tries after a failure ---- */

static void urgent_jobs_go_first_in_their_order(void **state)
{
    (void)state;
    rpi_place places[1] = {{.n_workers = 1}};
    rpi_dispatch dispatch;
    rpi_parcel_plan plan;
    rpi_job jobs[6];
    static const int order[] = {0, 2, 3, 5, 0, 1, 4}; /* the first was begun before the others came */
    rpi_dispatch_init(&dispatch, places, 1);
    for (int k = 0; k < 6; k++) {
        bool urgent = k == 2 || k == 3 || k == 5;
        jobs[k] = (rpi_job){.schedule = {RP_SCHEDULE_FIXED, 2, 1, 0, 0, 0}, .count = k ? 1 : 2, .urgent = urgent};
        rpi_dispatch_add(&dispatch, &jobs[k]);
        if (k > 0) continue;
        assert_true(rpi_dispatch_next(&dispatch, &plan));
        assert_ptr_equal(plan.job, &jobs[order[0]]);
        rpi_dispatch_back(&dispatch, 0, plan.job, plan.count);
    }
    for (size_t k = 1; k < N_OF(order); k++) {
        assert_true(rpi_dispatch_next(&dispatch, &plan));
        assert_ptr_equal(plan.job, &jobs[order[k]]);
        rpi_dispatch_back(&dispatch, 0, plan.job, plan.count);
        if (k != 3) continue;
        jobs[5].urgent = true; /* once more: the urgent ones' end is where it should be */
        rpi_dispatch_add(&dispatch, &jobs[5]);
        rpi_dispatch_stop(&dispatch, &jobs[5], 0);
    }
    assert_null(dispatch.head);
}

static rpi_job avoiding(int place)
{
    return (rpi_job){
        .schedule = {RP_SCHEDULE_FIXED, 1, 1, 0, 0, 0}, .count = 1, .whole = true, .urgent = true, .avoids = true, .avoided = place};
}

/* So many parcels of one item are out. */
static void set_out(rpi_dispatch *dispatch, int place, uint64_t n)
{
    dispatch->places[place].n_parcels_out = dispatch->places[place].n_items_out = n;
    rpi_dispatch_set_workers(dispatch, place, dispatch->places[place].n_workers); /* which has it looked at again */
}

static void an_avoided_place_is_used_only_when_there_is_no_other(void **state)
{
    (void)state;
    rpi_place places[3] = {{.n_workers = 0}, {.n_workers = 2}, {.n_workers = 2, .n_parcels_out = 5, .n_items_out = 50}};
    rpi_dispatch dispatch;
    rpi_parcel_plan plan;
    rpi_job job = avoiding(1);
    rpi_dispatch_init(&dispatch, places, 3);
    rpi_dispatch_add(&dispatch, &job);
    assert_false(rpi_dispatch_next(&dispatch, &plan)); /* place 1 is idle, but there is place 2 */
    set_out(&dispatch, 2, 1);
    assert_true(rpi_dispatch_next(&dispatch, &plan));
    assert_int_equal(plan.place, 2);
    rpi_dispatch_set_workers(&dispatch, 2, 0); /* lost */
    rpi_dispatch_add(&dispatch, &job);
    assert_true(rpi_dispatch_next(&dispatch, &plan));
    assert_int_equal(plan.place, 1);
}

static void a_job_that_waits_for_another_place_holds_up_none(void **state)
{
    (void)state;
    rpi_place places[3] = {
        {.n_workers = 1}, {.n_workers = 1, .n_parcels_out = 2, .n_items_out = 2}, {.n_workers = 1, .n_parcels_out = 2, .n_items_out = 2}};
    rpi_dispatch dispatch;
    rpi_parcel_plan plan;
    rpi_job retries[3] = {avoiding(0), avoiding(0), avoiding(1)};
    rpi_job job = {.schedule = {RP_SCHEDULE_FIXED, 100, 1, 0, 0, 0}, .count = 100};
    rpi_dispatch_init(&dispatch, places, 3);
    rpi_dispatch_add(&dispatch, &retries[0]);
    rpi_dispatch_add(&dispatch, &retries[1]);
    rpi_dispatch_add(&dispatch, &job);
    for (int k = 0; k < 2; k++) {
        assert_true(rpi_dispatch_next(&dispatch, &plan));
        assert_ptr_equal(plan.job, &job);
        assert_int_equal(plan.place, 0);
    }
    assert_false(rpi_dispatch_next(&dispatch, &plan));
    rpi_dispatch_back(&dispatch, 0, &job, 1);
    rpi_dispatch_add(&dispatch, &retries[2]); /* may go where the others can't */
    assert_true(rpi_dispatch_next(&dispatch, &plan));
    assert_ptr_equal(plan.job, &retries[2]);
    assert_int_equal(plan.place, 0);
    set_out(&dispatch, 2, 0);
    for (int k = 0; k < 2; k++) {
        assert_true(rpi_dispatch_next(&dispatch, &plan));
        assert_ptr_equal(plan.job, &retries[k]);
        assert_int_equal(plan.place, 2);
    }
}

/* Short items keep each place well supplied, but not so that what must go there is never let in. */
static void what_goes_past_a_waiting_job_leaves_it_room(void **state)
{
    (void)state;
    rpi_place places[2] = {{.n_workers = 1}, {.n_workers = 1, .n_parcels_out = 2, .n_items_out = 2}};
    rpi_dispatch dispatch;
    rpi_parcel_plan plan;
    rpi_job retry = avoiding(0);
    rpi_job job = {.schedule = {RP_SCHEDULE_FIXED, 100, 1, 0, 0, 0}, .count = 100, .item_s = 1e-3};
    rpi_dispatch_init(&dispatch, places, 2);
    rpi_dispatch_add(&dispatch, &job);
    rpi_dispatch_add(&dispatch, &retry);
    uint64_t n = 0;
    while (rpi_dispatch_next(&dispatch, &plan)) {
        assert_ptr_equal(plan.job, &job);
        assert_int_equal(plan.place, 0); /* though place 1 has less than the job would like it to have */
        n += plan.count;
    }
    assert_in_range(n, 3, 16);
    rpi_dispatch_back(&dispatch, 1, &job, 1);
    assert_true(rpi_dispatch_next(&dispatch, &plan));
    assert_ptr_equal(plan.job, &retry);
    assert_true(rpi_dispatch_next(&dispatch, &plan)); /* and now it has */
    assert_ptr_equal(plan.job, &job);
    assert_int_equal(plan.place, 1);
}

static void what_goes_past_a_waiting_job_does_not_starve_it(void **state)
{
    (void)state;
    sim *world = sim_create(2, (const unsigned[]){2, 2}, 20e-6);
    sim_job *job = sim_add(world, 100000, RP_SCHEDULE_AUTO, 0, a_microsecond);
    for (int k = 0; k < 200; k++) (void)sim_step(world);
    double began_s = world->world->now_s;
    sim_job *retry = sim_add_retry(world, 0, a_microsecond);
    sim_run(world);
    check_all_ran(job);
    check_all_ran(retry);
    assert_true(retry->call.finished_s - began_s < (job->call.finished_s - began_s) / 2);
    sim_destroy(world);
    sim_job_free(job);
    sim_job_free(retry);
}

static void random_retries_run_once_and_where_they_may(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 1000; round++) {
        unsigned workers[SIM_MOST_PLACES];
        int n_places = 1 + (int)unit_random(5);
        for (int p = 0; p < n_places; p++) workers[p] = (unsigned)unit_random(4);
        workers[0]++;
        sim *world = sim_create(n_places, workers, (double)unit_random(200) * 1e-6);
        sim_job *jobs[40];
        for (size_t k = 0; k < N_OF(jobs); k++) {
            double (*duration)(uint64_t) = durations[unit_random(N_OF(durations))];
            bool retry = unit_random(3) > 0;
            if (retry) jobs[k] = sim_add_retry(world, (int)unit_random((uint64_t)n_places + 1) - 1, duration);
            else jobs[k] = sim_add(world, unit_random(300), (rp_schedule)unit_random(RPI_N_SCHEDULES), 1 + unit_random(40), duration);
            for (uint64_t steps = unit_random(20); steps > 0; steps--) (void)sim_step(world);
        }
        sim_run(world);
        for (size_t k = 0; k < N_OF(jobs); k++) check_all_ran(jobs[k]);
        sim_destroy(world);
        for (size_t k = 0; k < N_OF(jobs); k++) sim_job_free(jobs[k]);
    }
}

/* ---- how well ---- */

static void check_makespan(rp_schedule kind, uint64_t n, double (*duration)(uint64_t), double most_ratio, uint64_t most_parcels)
{
    sim *world = sim_create(2, (const unsigned[]){2, 2}, 20e-6);
    sim_job *job = sim_add(world, n, kind, 1, duration);
    sim_run(world);
    check_all_ran(job);
    double best = job->call.busy_s / 4;
    if (job->call.finished_s > most_ratio * best || job->call.n_parcels > most_parcels)
        fail_msg("%s, %llu items: %.4g s, could be %.4g; %llu parcels", rp_schedule_name(kind), (unsigned long long)n, job->call.finished_s,
                 best, (unsigned long long)job->call.n_parcels);
    sim_destroy(world);
    sim_job_free(job);
}

static void the_makespan_is_near_the_best(void **state)
{
    (void)state;
    check_makespan(RP_SCHEDULE_AUTO, 400, a_millisecond, 1.03, 400);
    check_makespan(RP_SCHEDULE_AUTO, 2000, uneven, 1.03, 1500);
    check_makespan(RP_SCHEDULE_FIXED, 400, a_millisecond, 1.03, 400);
    check_makespan(RP_SCHEDULE_GUIDED, 2000, uneven, 1.15, 200); /* one place has half of all, and one parcel more ahead */
    check_makespan(RP_SCHEDULE_FACTORING, 2000, uneven, 1.05, 300);
    check_makespan(RP_SCHEDULE_TRAPEZOID, 2000, uneven, 1.10, 200);
}

static void short_items_travel_together(void **state)
{
    (void)state;
    check_makespan(RP_SCHEDULE_AUTO, 200000, a_microsecond, 1.10, 400);
    check_makespan(RP_SCHEDULE_FIXED, 200000, a_microsecond, 1.10, 1000);
}

UNIT_MAIN(UNIT(every_schedule_hands_out_every_item), UNIT(random_worlds_hand_out_every_item_once),
          UNIT(stopped_jobs_run_no_item_twice_and_none_beyond), UNIT(as_many_long_items_as_workers_go_one_to_each),
          UNIT(fewer_items_than_workers_spread), UNIT(static_gives_each_place_its_share_in_one_parcel),
          UNIT(no_place_is_without_a_second_parcel_while_items_last), UNIT(long_items_are_not_sent_ahead_at_the_end),
          UNIT(long_items_go_one_by_one_to_few_places), UNIT(long_items_are_sent_ahead_while_another_job_follows),
          UNIT(how_places_stand_is_known_among_any_number), UNIT(places_that_come_later_are_given_items),
          UNIT(jobs_are_handed_out_in_their_order), UNIT(whole_jobs_are_one_parcel), UNIT(a_stopped_job_leaves_the_queue),
          UNIT(an_empty_job_is_through_at_once), UNIT(urgent_jobs_go_first_in_their_order),
          UNIT(an_avoided_place_is_used_only_when_there_is_no_other), UNIT(a_job_that_waits_for_another_place_holds_up_none),
          UNIT(what_goes_past_a_waiting_job_leaves_it_room), UNIT(what_goes_past_a_waiting_job_does_not_starve_it),
          UNIT(random_retries_run_once_and_where_they_may), UNIT(the_makespan_is_near_the_best), UNIT(short_items_travel_together))
