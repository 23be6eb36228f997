/* simulator.c: see simulator.h. */
#include "simulator.h"

/* The grains that the plan gives to the member's workers add up to the chunk. */
static void check_grains(const rpi_chunk *plan, const rpi_dispatch_member *member)
{
    assert_int_equal(plan->grains.n_items, plan->count);
    assert_int_equal(plan->grains.n_workers, member->n_workers);
    uint64_t size = rpi_schedule_size(&plan->grains, 0, 1e-6);
    assert_in_range(size, 1, plan->count);
}

static void look(rpi_sim *world, const rpi_chunk *plan)
{
    sim *self = world->looker;
    if (!plan) {
        if (self->look) self->look(self);
        return;
    }
    const rpi_sim_call *call = ((const rpi_sim_part *)plan->entry)->call;
    assert_true(plan->count >= 1 && plan->first + plan->count <= call->n_items);
    assert_in_range(plan->member, 0, self->dispatch->n_members - 1);
    assert_true(self->members[plan->member].n_workers > 0);
    if (call->avoids && plan->member == call->avoided) assert_int_equal(self->members[plan->member].n_workers, self->dispatch->n_workers);
    check_grains(plan, &self->members[plan->member]);
}

sim *sim_create(int n_members, const unsigned *n_workers, double latency_s)
{
    sim *self = calloc(1, sizeof *self);
    assert_non_null(self);
    rpi_sim_config config = {.n_teams = (uint32_t)n_members, .n_workers = n_workers, .network = {.latency_s = latency_s}};
    self->world = rpi_sim_create(&config);
    assert_non_null(self->world);
    self->world->look = look;
    self->world->looker = self;
    self->dispatch = &self->world->coordinators[0].distribution.dispatch;
    self->members = self->dispatch->members;
    return self;
}

void sim_destroy(sim *self)
{
    assert_int_equal(self->world->events.n, 0);
    for (int p = 0; p < self->dispatch->n_members; p++) {
        assert_true(rpi_list_is_empty(&self->world->teams[p].queue));
        assert_int_equal(self->members[p].n_items_out, 0);
        assert_int_equal(self->members[p].n_chunks_out, 0);
    }
    rpi_sim_destroy(self->world);
    free(self);
}

static double count_and_take_time(const void *times, uint64_t item)
{
    const sim_entry *entry = times;
    assert_true(item < entry->call.n_items);
    if (entry->hits[item] < 255) entry->hits[item]++;
    return entry->duration(item);
}

static sim_entry *new_entry(uint64_t n, double (*duration)(uint64_t item))
{
    sim_entry *made = calloc(1, sizeof *made);
    assert_non_null(made);
    made->hits = calloc(n + 1, 1);
    assert_non_null(made->hits);
    made->duration = duration;
    made->call = (rpi_sim_call){.n_items = n, .time_s = count_and_take_time, .times = made};
    made->entry = &made->call.part.entry.dispatch;
    return made;
}

sim_entry *sim_add(sim *self, uint64_t n, rp_schedule kind, uint64_t chunk, double (*duration)(uint64_t item))
{
    sim_entry *made = new_entry(n, duration);
    made->call.schedule = kind;
    made->call.chunk = chunk;
    rpi_sim_add(self->world, &made->call);
    return made;
}

sim_entry *sim_add_retry(sim *self, int avoided, double (*duration)(uint64_t item))
{
    sim_entry *made = new_entry(1, duration);
    made->call.schedule = RP_SCHEDULE_FIXED;
    made->call.chunk = 1;
    made->call.whole = made->call.urgent = true;
    made->call.avoids = avoided >= 0;
    made->call.avoided = avoided;
    rpi_sim_add(self->world, &made->call);
    return made;
}

void sim_entry_free(sim_entry *entry)
{
    free(entry->hits);
    free(entry);
}

bool sim_step(sim *self)
{
    bool any = rpi_sim_step(self->world);
    assert_false(self->world->out_of_memory);
    return any;
}

void sim_run(sim *self)
{
    while (sim_step(self)) continue;
}

uint64_t sim_n_items(const sim *self, int member) { return self->world->teams[member].n_items; }
