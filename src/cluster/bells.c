/* bells.c: see bells.h. */
#include "cluster/bells.h"

#include "base/clock.h"
#include "base/region.h"

#include <stdlib.h>

/* Others write the first line, its owner the rest. Those that spin read the last one again and again, so nothing else is there. */
typedef struct bell {
    _Alignas(RPI_SHARED_LINE) _Atomic uint32_t count;
    _Alignas(RPI_SHARED_LINE) _Atomic uint32_t sleeping;
    _Atomic uint32_t answered;
    _Alignas(RPI_SHARED_LINE) _Atomic uint32_t core_plus_1; /* 0: not known */
} bell;

typedef struct peer {
    rpi_region region; /* of its bell; base NULL: not attached */
    bool has_told;     /* of the own bell, and then whether the peer's is attached */
    bool told_attached;
    bool rings;     /* it has attached the own bell */
    uint32_t n_due; /* messages that it is to be rung for */
    struct peer *next_due;
    uint64_t wake_ns; /* its progress thread, which may sleep; 0: nobody is to be woken */
    uint32_t rung_to; /* the count that it answers before */
} peer;

struct rpi_bells {
    rpi_region own;
    int n_ranks, n_ringing;
    peer *due; /* those that are to be rung */
    atomic_uint n_put_off;
    _Atomic(const bell *) first; /* the bell of peer 0; NULL: not attached */
    peer peers[];
};

static rpi_event event_of(const rpi_region *region)
{
    bell *there = (bell *)(void *)region->base;
    return (rpi_event){&there->count, &there->sleeping};
}

rpi_bells *rpi_bells_create(int n_ranks, bool shared)
{
    rpi_bells *self = calloc(1, sizeof *self + (size_t)n_ranks * sizeof self->peers[0]);
    if (!self) return NULL;
    self->n_ranks = n_ranks;
    if (rpi_region_create(sizeof(bell), shared, &self->own, NULL) == RP_OK) return self;
    free(self);
    return NULL;
}

void rpi_bells_destroy(rpi_bells *self)
{
    if (!self) return;
    for (int rank = 0; rank < self->n_ranks; rank++)
        if (self->peers[rank].region.base) rpi_region_fini(&self->peers[rank].region);
    rpi_region_fini(&self->own);
    free(self);
}

rpi_event rpi_bells_own(const rpi_bells *self) { return event_of(&self->own); }

_Atomic uint32_t *rpi_bells_answered(const rpi_bells *self) { return &((bell *)(void *)self->own.base)->answered; }

static bool is_attached(const peer *other) { return other->region.base != NULL; }

rpi_message *rpi_bells_tell(rpi_bells *self, int rank)
{
    peer *to = &self->peers[rank];
    if (!rpi_region_is_shared(&self->own) || (to->has_told && to->told_attached == is_attached(to))) return NULL;
    rpi_message *message = rpi_message_create(RPI_BELL, 0, 0);
    if (!message) return NULL;
    const rpi_region_name *name = &self->own.name;
    message->header.bell =
        (rpi_bell){name->machine, name->process, name->descriptor, name->size, name->token[0], name->token[1], is_attached(to)};
    to->has_told = true;
    to->told_attached = is_attached(to);
    return message;
}

void rpi_bells_take(rpi_bells *self, int rank, const rpi_message *message)
{
    const rpi_bell *told = &message->header.bell;
    peer *from = &self->peers[rank];
    rpi_region_name name = {told->machine, told->process, told->descriptor, told->size, {told->token, told->more_token}};
    if (!is_attached(from) && name.size >= sizeof(bell)) (void)rpi_region_attach(&name, true, &from->region, NULL);
    if (is_attached(from) && from->region.is_read_only) rpi_region_fini(&from->region);
    if (rank == 0) atomic_store(&self->first, (const bell *)(const void *)from->region.base);
    if (told->attached && !from->rings) self->n_ringing++;
    if (told->attached) from->rings = true;
}

/* What isn't worth waking anybody for: others follow, or nothing waits for it. */
static bool is_quiet(uint64_t kind) { return kind == RPI_CALL || kind == RPI_FORGET || kind == RPI_BELL; }

bool rpi_bells_hear(const rpi_bells *self, int rank, uint64_t kind) { return self->peers[rank].rings && !is_quiet(kind); }

void rpi_bells_plan(rpi_bells *self, int rank, uint64_t kind)
{
    peer *to = &self->peers[rank];
    if (!is_attached(to) || is_quiet(kind)) return;
    if (to->n_due++ > 0) return;
    to->next_due = self->due;
    self->due = to;
}

static bool has_answered(const peer *to)
{
    const bell *there = (const bell *)(const void *)to->region.base;
    return (int32_t)(to->rung_to - atomic_load(&there->answered)) <= 0;
}

static void put_off(rpi_bells *self, peer *to, uint64_t wake_ns)
{
    if (to->wake_ns == 0) {
        atomic_fetch_add(&self->n_put_off, 1);
        to->wake_ns = wake_ns;
    }
    to->rung_to = rpi_event_count(event_of(&to->region));
}

/* Wakes whom it is time to wake. Who has answered is awake, or was. */
static void wake_sleepers(rpi_bells *self, uint64_t now_ns)
{
    for (int rank = 0; rank < self->n_ranks && rpi_bells_put_off(self); rank++) {
        peer *to = &self->peers[rank];
        bool is_over = to->wake_ns > 0 && has_answered(to);
        if (to->wake_ns == 0 || (!is_over && now_ns < to->wake_ns)) continue;
        if (!is_over) rpi_event_wake_sleeper(event_of(&to->region));
        to->wake_ns = 0;
        atomic_fetch_sub(&self->n_put_off, 1);
    }
}

bool rpi_bells_put_off(const rpi_bells *self) { return atomic_load_explicit(&self->n_put_off, memory_order_relaxed) > 0; }

/* As often as there are messages: the rank counts which it has heard. */
static void ring_due(rpi_bells *self, uint64_t patience_ns)
{
    for (peer *to; (to = self->due);) {
        self->due = to->next_due;
        rpi_event event = event_of(&to->region);
        rpi_event_count_up(event, to->n_due);
        to->n_due = 0;
        if (patience_ns > 0 && atomic_load(event.sleeping) == RPI_EVENT_OUT) put_off(self, to, rpi_now_ns() + patience_ns);
        else rpi_event_wake_sleeper(event);
    }
}

void rpi_bells_ring(rpi_bells *self)
{
    ring_due(self, 0);
    if (rpi_bells_put_off(self)) wake_sleepers(self, RPI_NEVER);
}

void rpi_bells_ring_patiently(rpi_bells *self, uint64_t patience_ns)
{
    ring_due(self, patience_ns);
    if (rpi_bells_put_off(self)) wake_sleepers(self, rpi_now_ns());
}

bool rpi_bells_all_ring(const rpi_bells *self, int n) { return self->n_ringing >= n; }

void rpi_bells_come(const rpi_bells *self, int core)
{
    _Atomic uint32_t *place = &((bell *)(void *)self->own.base)->core_plus_1;
    if (atomic_load_explicit(place, memory_order_relaxed) != (uint32_t)core + 1) atomic_store(place, (uint32_t)core + 1);
}

bool rpi_bells_is_taken(const rpi_bells *self, int core)
{
    const bell *first = atomic_load(&self->first);
    return first && atomic_load_explicit(&first->core_plus_1, memory_order_relaxed) == (uint32_t)core + 1;
}
