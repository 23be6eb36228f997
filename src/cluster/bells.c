/* bells.c: see bells.h. */
#include "cluster/bells.h"

#include "base/region.h"

#include <stdlib.h>

/* Each word has a line of its own: ringing writes the count, and reads whether anybody sleeps. */
typedef struct bell {
    _Alignas(RPI_SHARED_LINE) _Atomic uint32_t count;
    _Alignas(RPI_SHARED_LINE) _Atomic uint32_t sleeping;
} bell;

typedef struct peer {
    rpi_region region; /* of its bell; base NULL: not attached */
    bool has_told;     /* of the own bell, and then whether the peer's is attached */
    bool told_attached;
    bool rings;     /* it has attached the own bell */
    uint32_t n_due; /* messages that it is to be rung for */
    struct peer *next_due;
} peer;

struct rpi_bells {
    rpi_region own;
    int n_ranks, n_ringing;
    peer *due; /* those that are to be rung */
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

/* As often as there are messages: the rank counts which it has heard. */
void rpi_bells_ring(rpi_bells *self)
{
    for (peer *to; (to = self->due);) {
        self->due = to->next_due;
        rpi_event_signal_times(event_of(&to->region), to->n_due);
        to->n_due = 0;
    }
}

bool rpi_bells_all_ring(const rpi_bells *self, int n) { return self->n_ringing >= n; }
