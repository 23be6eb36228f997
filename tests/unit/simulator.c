/* simulator.c: see simulator.h. */
#include "simulator.h"

sim *sim_create(int n_places, const unsigned *n_workers, double latency_s)
{
    sim *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->latency_s = latency_s;
    for (int p = 0; p < n_places; p++) self->places[p].n_workers = n_workers[p];
    rpi_dispatch_init(&self->dispatch, self->places, n_places);
    return self;
}

void sim_destroy(sim *self)
{
    assert_int_equal(self->n_events, 0);
    for (int p = 0; p < self->dispatch.n_places; p++) {
        assert_null(self->queue[p]);
        assert_int_equal(self->places[p].n_items_out, 0);
        assert_int_equal(self->places[p].n_parcels_out, 0);
    }
    free(self);
}

static sim_job *new_job(uint64_t n, rp_schedule kind, uint64_t chunk, double (*duration)(uint64_t item))
{
    sim_job *made = calloc(1, sizeof *made);
    assert_non_null(made);
    made->n = n;
    made->hits = calloc(n + 1, 1);
    made->duration = duration;
    made->started_s = made->finished_s = -1;
    made->job.schedule = (rpi_schedule){.kind = kind, .n_items = n, .chunk = chunk};
    made->job.count = n;
    return made;
}

sim_job *sim_add(sim *self, uint64_t n, rp_schedule kind, uint64_t chunk, double (*duration)(uint64_t item))
{
    sim_job *made = new_job(n, kind, chunk, duration);
    rpi_dispatch_add(&self->dispatch, &made->job);
    return made;
}

sim_job *sim_add_retry(sim *self, int avoided, double (*duration)(uint64_t item))
{
    sim_job *made = new_job(1, RP_SCHEDULE_FIXED, 1, duration);
    made->job.whole = made->job.urgent = true;
    made->job.avoids = avoided >= 0;
    made->job.avoided = avoided;
    rpi_dispatch_add(&self->dispatch, &made->job);
    return made;
}

void sim_job_free(sim_job *job)
{
    free(job->hits);
    free(job);
}

static void add_event(sim *self, sim_event event)
{
    assert_true(self->n_events < SIM_MOST_EVENTS);
    self->events[self->n_events++] = event;
}

/* The grains that the plan gives to the place's workers add up to the parcel. */
static void check_grains(const rpi_parcel_plan *plan, const rpi_place *place)
{
    assert_int_equal(plan->grains.n_items, plan->count);
    assert_int_equal(plan->grains.n_workers, place->n_workers);
    uint64_t size = rpi_schedule_size(&plan->grains, 0, 1e-6);
    assert_in_range(size, 1, plan->count);
}

static void send_parcels(sim *self)
{
    rpi_parcel_plan plan;
    while (rpi_dispatch_next(&self->dispatch, &plan)) {
        sim_job *job = (sim_job *)plan.job;
        assert_true(plan.count >= 1 && plan.first + plan.count <= job->n);
        assert_in_range(plan.place, 0, self->dispatch.n_places - 1);
        assert_true(self->places[plan.place].n_workers > 0);
        if (job->job.avoids && plan.place == job->job.avoided)
            assert_int_equal(self->places[plan.place].n_workers, self->dispatch.n_workers);
        check_grains(&plan, &self->places[plan.place]);
        sim_parcel *parcel = calloc(1, sizeof *parcel);
        assert_non_null(parcel);
        parcel->plan = plan;
        job->n_parcels++;
        if (plan.count > job->most_parcel) job->most_parcel = plan.count;
        add_event(self, (sim_event){self->now_s + self->latency_s, plan.place, -1, parcel, 0});
    }
    if (self->look) self->look(self);
}

static sim_parcel *parcel_with_items(const sim *self, int place)
{
    sim_parcel *parcel = self->queue[place];
    while (parcel && parcel->n_claimed == parcel->plan.count) parcel = parcel->next;
    return parcel;
}

static void start_workers(sim *self, int place)
{
    for (unsigned w = 0; w < self->places[place].n_workers; w++) {
        sim_parcel *parcel = self->busy[place][w] ? NULL : parcel_with_items(self, place);
        if (!parcel) continue;
        sim_job *job = (sim_job *)parcel->plan.job;
        uint64_t item = parcel->plan.first + parcel->n_claimed++;
        if (job->hits[item] < 255) job->hits[item]++;
        if (job->started_s < 0) job->started_s = self->now_s;
        self->busy[place][w] = true;
        self->n_items[place]++;
        add_event(self, (sim_event){self->now_s + job->duration(item), place, (int)w, parcel, self->now_s});
    }
}

static void finish_item(sim *self, const sim_event *event)
{
    sim_parcel *parcel = event->parcel;
    sim_job *job = (sim_job *)parcel->plan.job;
    self->busy[event->place][event->worker] = false;
    job->busy_s += self->now_s - event->began_s;
    job->n_run++;
    job->finished_s = self->now_s;
    if (++parcel->n_finished < parcel->plan.count) return;
    sim_parcel **link = &self->queue[event->place];
    while (*link != parcel) link = &(*link)->next;
    *link = parcel->next;
    add_event(self, (sim_event){self->now_s + self->latency_s, event->place, -2, parcel, 0});
}

static void arrive(sim *self, sim_parcel *parcel, int place)
{
    sim_parcel **link = &self->queue[place];
    while (*link) link = &(*link)->next;
    *link = parcel;
}

static void come_back(sim *self, sim_parcel *parcel)
{
    sim_job *job = (sim_job *)parcel->plan.job;
    rpi_dispatch_back(&self->dispatch, parcel->plan.place, &job->job, parcel->plan.count);
    job->job.item_s = job->busy_s / (double)job->n_run;
    free(parcel);
}

bool sim_step(sim *self)
{
    send_parcels(self);
    size_t first = 0;
    for (size_t k = 1; k < self->n_events; k++)
        if (self->events[k].at_s < self->events[first].at_s) first = k;
    if (self->n_events == 0) return false;
    sim_event event = self->events[first];
    self->events[first] = self->events[--self->n_events];
    self->now_s = event.at_s;
    if (event.worker >= 0) finish_item(self, &event);
    else if (event.worker == -1) arrive(self, event.parcel, event.place);
    else come_back(self, event.parcel);
    start_workers(self, event.place);
    return true;
}

void sim_run(sim *self)
{
    while (sim_step(self)) continue;
}
