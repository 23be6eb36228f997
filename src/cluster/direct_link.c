/* direct_link.c: see direct_link.h. */
#include "cluster/direct_link.h"

#include "base/error.h"
#include "base/list.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PIECE = 8 << 20 }; /* is read at once; some 2 ms */

typedef enum awaited { NOTHING, READING, REFUSED } awaited;

typedef struct lane {
    bool is_given_up;       /* nothing of it is wanted */
    bool refuses;           /* it has refused what was lent to it, so nothing more is */
    rpi_message *lent;      /* in the order in which they were lent */
    rpi_message **lent_end; /* where the next one goes */
    /* what comes in */
    rpi_message *queue; /* what came behind the message that is awaited */
    rpi_message **queue_end;
    awaited awaits;
    rpi_message *reading; /* READING: the message that is read */
    char *to;
    size_t n_read;
    rpi_lent from;
    rpi_header refused; /* REFUSED: of the message that will come as it is */
    uint64_t n_parts;
} lane;

typedef struct direct_link {
    rpi_link base; /* first */
    rpi_link *inner;
    rpi_read_memory *reads;
    bool lends;
    uint64_t token[2];
    rpi_region_name self; /* machine and process */
    int n_awaiting;       /* lanes that await something, or have something queued */
    lane lanes[];
} direct_link;

static bool read_system(pid_t process, uint64_t address, char *to, size_t size, uint64_t token_address, uint64_t token[2])
{
    struct iovec local[2] = {{token, 16}, {to, size}};
    struct iovec remote[2] = {{(void *)(uintptr_t)token_address, 16}, {(void *)(uintptr_t)address, size}};
    return process_vm_readv(process, local, 2, remote, 2, 0) == (ssize_t)(16 + size);
}

static void append(rpi_message ***end, rpi_message *message)
{
    message->next = NULL;
    **end = message;
    *end = &message->next;
}

static rpi_message *take_first(rpi_message **first, rpi_message ***end)
{
    rpi_message *message = *first;
    if (!message) return NULL;
    *first = message->next;
    if (!*first) *end = first;
    message->next = NULL;
    return message;
}

/* ---- sending ---- */

static rp_status lend(direct_link *self, int peer, rpi_message *message, rp_error *error)
{
    rpi_message *lent = rpi_message_create(RPI_LENT, message->header.pool, sizeof message->header);
    if (!lent) {
        rpi_message_free(message);
        return rpi_error_no_memory(error);
    }
    lent->header.lent = (rpi_lent){.machine = self->self.machine,
                                   .process = self->self.process,
                                   .address = (uintptr_t)rpi_message_bytes(message),
                                   .token_address = (uintptr_t)self->token,
                                   .token = self->token[0],
                                   .more_token = self->token[1]};
    memcpy(lent->data, &message->header, sizeof message->header);
    append(&self->lanes[peer].lent_end, message);
    return self->inner->ops->send(self->inner, peer, lent, error);
}

static rp_status send_message(rpi_link *link, int peer, rpi_message *message, rp_error *error)
{
    direct_link *self = (direct_link *)link;
    bool lends = self->lends && !self->lanes[peer].refuses && peer != link->rank && message->header.size > RPI_LARGE_DATA;
    return lends ? lend(self, peer, message, error) : self->inner->ops->send(self->inner, peer, message, error);
}

static rp_status take_returned(direct_link *self, int peer, bool taken, rp_error *error)
{
    lane *of = &self->lanes[peer];
    rpi_message *message = take_first(&of->lent, &of->lent_end);
    if (!message) return RP_OK;
    if (!taken) {
        of->refuses = true;
        return self->inner->ops->send(self->inner, peer, message, error);
    }
    rpi_message_free(message);
    return RP_OK;
}

static rp_status give_back(direct_link *self, int peer, bool taken, rp_error *error)
{
    rpi_message *message = rpi_message_create(RPI_RETURNED, 0, 0);
    if (!message) return rpi_error_no_memory(error);
    message->header.returned.taken = taken;
    return self->inner->ops->send(self->inner, peer, message, error);
}

/* ---- receiving ---- */

static void await(direct_link *self, lane *from, awaited what)
{
    bool was_busy = from->awaits != NOTHING || from->queue;
    from->awaits = what;
    self->n_awaiting += (from->awaits != NOTHING || from->queue) - was_busy;
}

/* Begins to read what was lent; or refuses it. */
static rp_status take_lent(direct_link *self, int peer, const rpi_message *message, rp_error *error)
{
    lane *from = &self->lanes[peer];
    rpi_header header;
    rpi_link *link = &self->base;
    if (message->header.size != sizeof header) return rp_error_set(error, RP_SYSTEM, 0, "rank %d lent a message that is none", peer);
    memcpy(&header, message->data, sizeof header);
    from->from = message->header.lent;
    if (self->self.machine == 0 || from->from.machine != self->self.machine) {
        from->refused = header;
        await(self, from, REFUSED);
        return give_back(self, peer, false, error);
    }
    char *to = link->destination ? link->destination(link->destination_argument, peer, &header) : NULL;
    from->reading = rpi_message_create((rpi_message_kind)header.kind, header.pool, to ? 0 : (size_t)header.size);
    if (!from->reading) return rpi_error_no_memory(error);
    from->reading->outside = to;
    from->reading->header = header;
    from->to = to ? to : from->reading->data;
    from->n_read = 0;
    await(self, from, READING);
    return RP_OK;
}

static bool read_piece(direct_link *self, lane *from)
{
    size_t left = (size_t)from->reading->header.size - from->n_read, size = left < PIECE ? left : PIECE;
    uint64_t token[2];
    const rpi_lent *lent = &from->from;
    if (!self->reads((pid_t)lent->process, lent->address + from->n_read, from->to + from->n_read, size, lent->token_address, token))
        return false;
    from->n_read += size;
    from->n_parts++;
    return token[0] == lent->token && token[1] == lent->more_token;
}

/* Data that goes straight to where it belongs: that may have ceased to be a place for it, as when the sender was lost meanwhile. */
static bool still_belongs_there(direct_link *self, int peer)
{
    const rpi_message *reading = self->lanes[peer].reading;
    rpi_link *link = &self->base;
    return !reading->outside || link->destination(link->destination_argument, peer, &reading->header) == reading->outside;
}

/* Nobody wants it. */
static rp_status drop(direct_link *self, int peer, rp_error *error)
{
    lane *from = &self->lanes[peer];
    rpi_message_free(from->reading);
    from->reading = NULL;
    await(self, from, NOTHING);
    rp_status status = give_back(self, peer, true, error);
    return status == RP_OK ? RP_AGAIN : status;
}

/* Reads on. RP_OK: `*message` is complete; RP_AGAIN: not yet. */
static rp_status read_on(direct_link *self, int peer, rpi_message **message, rp_error *error)
{
    lane *from = &self->lanes[peer];
    if (!still_belongs_there(self, peer)) return drop(self, peer, error);
    bool is_read = read_piece(self, from);
    if (is_read && from->n_read < from->reading->header.size) return RP_AGAIN;
    rpi_message *done = from->reading;
    from->reading = NULL;
    if (!is_read) from->refused = done->header;
    await(self, from, is_read ? NOTHING : REFUSED);
    rp_status status = give_back(self, peer, is_read, error);
    if (status == RP_OK && is_read) {
        *message = done;
        return RP_OK;
    }
    rpi_message_free(done);
    return status == RP_OK ? RP_AGAIN : status;
}

/* A message that isn't behind an awaited one. RP_OK: it is the user's; RP_AGAIN: it was for this link, and is freed. */
static rp_status take(direct_link *self, int peer, rpi_message *message, rp_error *error)
{
    uint64_t kind = message->header.kind;
    if (kind != RPI_LENT) return RP_OK;
    rp_status status = take_lent(self, peer, message, error);
    rpi_message_free(message);
    return status == RP_OK ? RP_AGAIN : status;
}

static bool is_refused_one(const lane *from, const rpi_message *message)
{
    return from->awaits == REFUSED && memcmp(&from->refused, &message->header, sizeof from->refused) == 0;
}

/* A message that has come in. As take. */
static rp_status sort(direct_link *self, int peer, rpi_message *message, rp_error *error)
{
    lane *from = &self->lanes[peer];
    if (from->is_given_up) {
        rpi_message_free(message);
        return RP_AGAIN;
    }
    if (message->header.kind == RPI_RETURNED) {
        bool taken = message->header.returned.taken == 1;
        rpi_message_free(message);
        rp_status status = take_returned(self, peer, taken, error);
        return status == RP_OK ? RP_AGAIN : status;
    }
    if (is_refused_one(from, message)) {
        await(self, from, NOTHING);
        return RP_OK;
    }
    if (from->awaits == NOTHING && !from->queue) return take(self, peer, message, error);
    append(&from->queue_end, message);
    return RP_AGAIN;
}

/* Goes on with a lane: reads, or takes what was queued. RP_AGAIN: there is nothing for the user yet. */
static rp_status go_on(direct_link *self, int peer, rpi_message **message, rp_error *error)
{
    lane *from = &self->lanes[peer];
    if (from->awaits == READING) return read_on(self, peer, message, error);
    if (from->awaits == REFUSED || !from->queue) return RP_AGAIN;
    *message = take_first(&from->queue, &from->queue_end);
    self->n_awaiting -= !from->queue;
    return take(self, peer, *message, error);
}

static rp_status receive_message(rpi_link *link, int *peer, rpi_message **message, rp_error *error)
{
    direct_link *self = (direct_link *)link;
    self->inner->destination = link->destination;
    self->inner->destination_argument = link->destination_argument;
    rp_status status = RP_AGAIN;
    for (int p = 0; status == RP_AGAIN && self->n_awaiting > 0 && p < link->n_ranks; p++) {
        *peer = p;
        status = go_on(self, p, message, error);
    }
    while (status == RP_AGAIN) {
        status = self->inner->ops->receive(self->inner, peer, message, error);
        if (status != RP_OK) return status;
        status = sort(self, *peer, *message, error);
    }
    return status;
}

static bool has_news(rpi_link *link, bool looks)
{
    const direct_link *self = (const direct_link *)link;
    return self->n_awaiting > 0 || rpi_link_has_news(self->inner, looks);
}

static rp_status flush(rpi_link *link, rp_error *error) { return rpi_link_flush(((direct_link *)link)->inner, error); }

static bool is_moving(const rpi_link *link)
{
    const direct_link *self = (const direct_link *)link;
    return self->n_awaiting > 0 || self->inner->ops->is_moving(self->inner);
}

static bool is_sending(const rpi_link *link)
{
    const rpi_link *inner = ((const direct_link *)link)->inner;
    return inner->ops->is_sending && inner->ops->is_sending(inner);
}

static uint64_t n_parts(const rpi_link *link, int peer)
{
    const direct_link *self = (const direct_link *)link;
    uint64_t n = self->inner->ops->n_parts ? self->inner->ops->n_parts(self->inner, peer) : 0;
    return n + self->lanes[peer].n_parts;
}

/* What it was lent it reads no more, or reads in vain. */
static void give_up(rpi_link *link, int peer)
{
    direct_link *self = (direct_link *)link;
    lane *of = &self->lanes[peer];
    of->is_given_up = true;
    self->n_awaiting -= of->awaits != NOTHING || of->queue;
    of->awaits = NOTHING;
    rpi_message_free(of->reading);
    of->reading = NULL;
    for (rpi_message *message; (message = take_first(&of->queue, &of->queue_end));) rpi_message_free(message);
    for (rpi_message *message; (message = take_first(&of->lent, &of->lent_end));) rpi_message_free(message);
    if (self->inner->ops->give_up) self->inner->ops->give_up(self->inner, peer);
}

/* ---- life ---- */

static void destroy(rpi_link *link, double timeout_s)
{
    direct_link *self = (direct_link *)link;
    self->inner->is_broken = link->is_broken;
    self->inner->ops->destroy(self->inner, timeout_s);
    for (int p = 0; p < link->n_ranks; p++) {
        rpi_message_free_list(self->lanes[p].lent);
        rpi_message_free_list(self->lanes[p].queue);
        rpi_message_free(self->lanes[p].reading);
    }
    free(self);
}

static const rpi_link_ops ops = {send_message, flush, receive_message, has_news, is_moving, is_sending, n_parts, give_up, destroy};

rp_status rpi_direct_link_create(rpi_link *link, rpi_read_memory *reads, rpi_link **made, rp_error *error)
{
    const char *wish = getenv("RANKPOOL_SHARED_MEMORY");
    direct_link *self = calloc(1, sizeof *self + (size_t)link->n_ranks * sizeof self->lanes[0]);
    if (!self) {
        link->ops->destroy(link, 1);
        return rpi_error_no_memory(error);
    }
    self->base = (rpi_link){.ops = &ops, .rank = link->rank, .n_ranks = link->n_ranks};
    self->inner = link;
    self->reads = reads ? reads : read_system;
    self->self = (rpi_region_name){.machine = rpi_region_machine(), .process = (uint64_t)getpid()};
    bool has_token = getrandom(self->token, sizeof self->token, GRND_NONBLOCK) == sizeof self->token;
    self->lends = has_token && self->self.machine != 0 && !(wish && !strcmp(wish, "0"));
    for (int p = 0; p < link->n_ranks; p++) {
        self->lanes[p].lent_end = &self->lanes[p].lent;
        self->lanes[p].queue_end = &self->lanes[p].queue;
    }
    *made = &self->base;
    return RP_OK;
}
