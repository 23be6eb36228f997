/*
 * mpi_link.c: see mpi_link.h.
 *
 * A short message is one MPI message of header and data, and comes into the inbox. A long message is its header and then its data in
 * blocks. Only a few blocks are given to MPI at a time, so that messages of other ranks get in between, and so that each block that comes
 * in shows that its sender is alive, on a slow link too. MPI matches the messages of a pair of ranks in order. So the blocks of a message
 * begin when all of the one before have begun, on both sides. The blocks of a long message may arrive after a short message that was sent
 * later. So a message waits in its sender's queue until it is whole and comes first.
 *
 * MPI gives the context of a freed communicator to the next one, and with it messages that nobody took. So each link has tags of its own.
 */
#include "mpi_link.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/list.h"
#include "peer_failures.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

typedef rpi_mpi_lane lane;
typedef rpi_mpi_link mpi_link;

enum { FIRST_TAG = 1, TAGS_EACH = 2, MOST_LINKS = 16000 }; /* the least MPI_TAG_UB is 32767 */
/* How many threads of the process use MPI. Global, as a process has one MPI. */
static atomic_int n_links;

int rpi_mpi_link_count(void) { return atomic_load(&n_links); }

rp_status rpi_mpi_agree(MPI_Comm communicator, rp_status mine, const char *text, rp_error *error)
{
    int ok = mine == RP_OK, all_ok = 0;
    int code = MPI_Allreduce(&ok, &all_ok, 1, MPI_INT, MPI_MIN, communicator);
    if (code != MPI_SUCCESS) return rpi_mpi_error(error, code, "MPI_Allreduce");
    if (mine != RP_OK || all_ok) return mine;
    return rp_error_set(error, RP_UNSUPPORTED, 0, "%s", text);
}

/* ---- transfers ---- */

static rp_status move_send(mpi_link *self, rpi_transfer *what, rp_error *error)
{
    lane *to = &self->lanes[what->peer];
    rp_status status = rpi_transfer_advance(what, error);
    if (status != RP_AGAIN || what->n_begun == what->n_parts) return status;
    if (to->held_back != self->round) status = rpi_transfer_begin_blocks(what, self->communicator, self->block_tag, error);
    if (what->n_begun < what->n_parts) to->held_back = self->round;
    return status == RP_OK ? RP_AGAIN : status;
}

static rp_status move_sends(mpi_link *self, rp_error *error)
{
    self->round++;
    RPI_LIST_EACH_SAFE(at, following, &self->sends) {
        rpi_transfer *what = RPI_ENTRY(at, rpi_transfer, link);
        rp_status status = move_send(self, what, error);
        if (status == RP_AGAIN) continue;
        if (status != RP_OK) {
            rpi_peer_fail(self, what->peer);
            break; /* the list has changed */
        }
        rpi_list_remove(at);
        rpi_message_free(what->message);
        free(what);
    }
    return RP_OK;
}

/* ---- sending ---- */

/* A short message is mostly on its way at once, and nothing is kept of it. */
static bool is_sent_at_once(MPI_Request *request)
{
    int is_sent = 0;
    return MPI_Test(request, &is_sent, MPI_STATUS_IGNORE) == MPI_SUCCESS && is_sent;
}

/* Keeps a message whose send has begun. The blocks of a long one begin with the next flush. Without memory the link has failed, and MPI may
 * go on to read the message. */
static rp_status keep_sending(mpi_link *self, int peer, rpi_message *message, size_t n_blocks, MPI_Request request, rp_error *error)
{
    rpi_transfer *what = rpi_transfer_create(message, peer, 1 + n_blocks);
    if (!what) return rpi_error_no_memory(error);
    what->is_send = true;
    what->blocks = (char *)(uintptr_t)rpi_message_bytes(message); /* MPI_Isend leaves them as they are */
    what->n_begun = 1;
    what->requests[0] = request;
    rpi_transfers_append(&self->sends, what);
    self->has_blocks = self->has_blocks || n_blocks > 0;
    return RP_OK;
}

static rp_status send_now(mpi_link *self, int peer, rpi_message *message, rp_error *error)
{
    if (self->lanes[peer].is_given_up) {
        rpi_message_free(message);
        return RP_OK;
    }
    size_t blocks = rpi_transfer_n_blocks(message), first = sizeof message->header + (blocks ? 0 : (size_t)message->header.size);
    MPI_Request request = MPI_REQUEST_NULL;
    int code = MPI_Isend(&message->header, (int)first, MPI_BYTE, peer, self->message_tag, self->communicator, &request);
    if (code == MPI_SUCCESS && blocks == 0 && is_sent_at_once(&request)) {
        rpi_message_free(message);
        return RP_OK;
    }
    rp_status status = keep_sending(self, peer, message, blocks, request, error);
    if (code != MPI_SUCCESS) rpi_peer_fail(self, peer);
    return status;
}

static rp_status flush_lane(mpi_link *self, lane *to, rp_error *error)
{
    if (to->kept.n == 0) return RP_OK;
    rpi_message *message = rpi_bundle_take(&to->kept);
    if (!message) return rpi_error_no_memory(error);
    rpi_list_remove(&to->link);
    return send_now(self, to->peer, message, error);
}

static rp_status flush(rpi_link *link, rp_error *error)
{
    mpi_link *self = (mpi_link *)link;
    rp_status status = RP_OK;
    RPI_LIST_EACH_SAFE(at, following, &self->keeping)
        if (status == RP_OK) status = flush_lane(self, RPI_ENTRY(at, lane, link), error);
    if (status == RP_OK && self->has_blocks) status = move_sends(self, error);
    self->has_blocks = false;
    return status;
}

static bool keep(mpi_link *self, lane *to, rpi_message *message)
{
    bool was_empty = to->kept.n == 0, is_kept = rpi_bundle_add(&to->kept, message);
    if (is_kept && was_empty) rpi_list_add_last(&self->keeping, &to->link);
    return is_kept;
}

static rp_status send_message(rpi_link *link, int peer, rpi_message *message, rp_error *error)
{
    mpi_link *self = (mpi_link *)link;
    lane *to = &self->lanes[peer];
    if (to->is_given_up) {
        rpi_message_free(message);
        return RP_OK;
    }
    if (keep(self, to, message)) return RP_OK;
    rp_status status = flush_lane(self, to, error);
    if (status == RP_OK && keep(self, to, message)) return RP_OK;
    if (status == RP_OK) return send_now(self, peer, message, error);
    rpi_message_free(message);
    return status;
}

/* ---- receiving ---- */

static void enqueue(mpi_link *self, rpi_transfer *what)
{
    rpi_transfers_append(&self->lanes[what->peer].receives, what);
    self->n_receives++;
}

/* Whether a message of that rank isn't the next one, or isn't wanted. */
static bool is_behind(const lane *from) { return from->is_given_up || rpi_transfers_head(&from->receives); }

/* A message that is behind a long one of its sender. */
static rp_status add_received(mpi_link *self, int peer, rpi_message *message, rp_error *error)
{
    rpi_transfer *what = rpi_transfer_create(message, peer, 1);
    if (!what) {
        rpi_message_free(message);
        return rpi_error_no_memory(error);
    }
    what->n_begun = 1;
    enqueue(self, what);
    return RP_OK;
}

static rp_status receive_blocks(mpi_link *self, int peer, const rpi_header *header, rp_error *error)
{
    rpi_link *link = &self->base;
    if (self->lanes[peer].is_given_up) return RP_OK; /* its blocks stay with MPI */
    bool may_have_place = link->destination && header->size > RPI_LARGE_DATA;
    char *to = may_have_place ? link->destination(link->destination_argument, peer, header) : NULL;
    rpi_message *message = rpi_message_create((rpi_message_kind)header->kind, header->pool, to ? 0 : header->size);
    if (!message) return rpi_error_no_memory(error);
    message->outside = to;
    if (!to) to = message->data;
    message->header = *header;
    rpi_transfer *what = rpi_transfer_create(message, peer, rpi_transfer_n_blocks(message));
    if (!what) {
        rpi_message_free(message);
        return rpi_error_no_memory(error);
    }
    what->blocks = to;
    enqueue(self, what);
    return RP_OK;
}

static rp_status take_whole(mpi_link *self, int peer, rpi_message **message, rp_error *error)
{
    lane *from = &self->lanes[peer];
    rpi_transfer *head = rpi_transfers_head(&from->receives);
    if (!head) return RP_AGAIN;
    size_t before = head->n_finished;
    rp_status status = rpi_transfer_advance(head, error);
    from->n_parts += head->n_finished - before;
    if (status == RP_AGAIN && rpi_transfer_begin_blocks(head, self->communicator, self->block_tag, error) != RP_OK) status = RP_SYSTEM;
    if (status == RP_SYSTEM) {
        rpi_peer_fail(self, peer);
        return RP_AGAIN;
    }
    if (status != RP_OK) return status;
    rpi_transfer *what = rpi_transfers_take_head(&from->receives);
    *message = what->message;
    free(what);
    self->n_receives--;
    if ((*message)->outside || (*message)->header.size <= (*message)->capacity) return RP_OK;
    rpi_message_free(*message);
    return rp_error_set(error, RP_SYSTEM, 0, "rank %d sent a message that is longer than it is", peer);
}

/* Of what is in the inbox. RP_AGAIN: nothing that would be next. */
static rp_status take_from_inbox(mpi_link *self, int *peer, rpi_message **message, rp_error *error)
{
    rpi_inbox *inbox = &self->inbox;
    while (inbox->is_full) {
        lane *from = &self->lanes[ *peer = inbox->peer];
        rp_status status = RP_OK;
        if (rpi_inbox_has_long(inbox)) {
            rpi_inbox_empty(inbox);
            status = receive_blocks(self, *peer, &inbox->in->header, error);
        } else {
            status = rpi_inbox_take(inbox, message, error);
            if (status != RP_OK || !is_behind(from)) return status;
            if (from->is_given_up) rpi_message_free(*message);
            else status = add_received(self, *peer, *message, error);
        }
        if (status != RP_OK) return status;
    }
    return RP_AGAIN;
}

static rp_status take_whole_of_any(mpi_link *self, int *peer, rpi_message **message, rp_error *error)
{
    rp_status status = RP_AGAIN;
    for (int p = 0; status == RP_AGAIN && self->n_receives > 0 && p < self->base.n_ranks; p++) {
        *peer = p;
        status = take_whole(self, p, message, error);
    }
    return status;
}

static rp_status receive_message(rpi_link *link, int *peer, rpi_message **message, rp_error *error)
{
    mpi_link *self = (mpi_link *)link;
    rp_status status = take_from_inbox(self, peer, message, error);
    if (status != RP_AGAIN) return status;
    status = flush(link, error);
    if (status == RP_OK) status = move_sends(self, error);
    if (status == RP_OK) status = rpi_peer_failures_tell(self, peer, error);
    if (status != RP_OK) return status;
    status = rpi_inbox_look(&self->inbox, error);
    if (status == RP_OK) status = take_from_inbox(self, peer, message, error);
    return status == RP_AGAIN ? take_whole_of_any(self, peer, message, error) : status;
}

static bool has_news(rpi_link *link, bool looks)
{
    mpi_link *self = (mpi_link *)link;
    if (self->inbox.is_full || !looks) return self->inbox.is_full;
    bool has_begun = self->n_receives > 0 || self->n_failed > 0 || !rpi_list_is_empty(&self->sends) || !rpi_list_is_empty(&self->keeping);
    return has_begun || rpi_inbox_look(&self->inbox, NULL) != RP_AGAIN;
}

/* A send that isn't long needs little help from this side. If it counted, a peer that doesn't read would keep this side awake. */
static bool is_moving(const rpi_link *link)
{
    const mpi_link *self = (const mpi_link *)link;
    if (self->n_receives > 0) return true;
    RPI_LIST_EACH(at, &self->sends)
        if (RPI_ENTRY(at, rpi_transfer, link)->message->header.size > RPI_LARGE_DATA) return true;
    return false;
}

static bool is_sending(const rpi_link *link) { return !rpi_list_is_empty(&((const mpi_link *)link)->sends); }

static uint64_t n_parts(const rpi_link *link, int peer) { return ((const mpi_link *)link)->lanes[peer].n_parts; }

/* ---- life ---- */

static void destroy(rpi_link *link, double timeout_s)
{
    mpi_link *self = (mpi_link *)link;
    uint64_t deadline = rpi_deadline_ns(timeout_s);
    (void)flush(link, NULL);
    while (rpi_transfers_head(&self->sends) && rpi_now_ns() < deadline && move_sends(self, NULL) == RP_OK)
        if (rpi_transfers_head(&self->sends)) nanosleep(&(struct timespec){0, 20000}, NULL);
    bool clean = rpi_inbox_fini(&self->inbox, deadline) && !link->is_broken && !rpi_transfers_head(&self->sends);
    rpi_transfers_abandon(&self->sends);
    rpi_transfers_abandon(&self->given_up);
    for (int p = 0; p < link->n_ranks; p++) {
        rpi_transfers_abandon(&self->lanes[p].receives);
        rpi_bundle_fini(&self->lanes[p].kept);
    }
    if (clean) MPI_Comm_free(&self->communicator);
    free(self);
    atomic_fetch_sub(&n_links, 1);
}

static const rpi_link_ops ops = {send_message, flush, receive_message, has_news, is_moving, is_sending, n_parts, rpi_peer_give_up, destroy};

/* Collective. The next number after those of all links that one of the ranks was in. */
static int number_link(mpi_link *self)
{
    static int last;
    int next = last + 1, code = MPI_Allreduce(MPI_IN_PLACE, &next, 1, MPI_INT, MPI_MAX, self->communicator);
    last = next % MOST_LINKS;
    self->message_tag = FIRST_TAG + TAGS_EACH * last;
    self->block_tag = self->message_tag + 1;
    return code;
}

rp_status rpi_mpi_link_create(MPI_Comm communicator, rpi_link **link, rp_error *error)
{
    int n_ranks = 0, rank = 0;
    MPI_Comm_size(communicator, &n_ranks);
    MPI_Comm_rank(communicator, &rank);
    mpi_link *self = calloc(1, sizeof *self + (size_t)n_ranks * sizeof self->lanes[0]);
    if (!self) return rpi_error_no_memory(error);
    self->base = (rpi_link){.ops = &ops, .rank = rank, .n_ranks = n_ranks};
    rpi_list_init(&self->sends);
    rpi_list_init(&self->given_up);
    rpi_list_init(&self->keeping);
    for (int p = 0; p < n_ranks; p++) {
        rpi_list_init(&self->lanes[p].receives);
        self->lanes[p].peer = p;
    }
    int code = MPI_Comm_dup(communicator, &self->communicator);
    if (code == MPI_SUCCESS) code = MPI_Comm_set_errhandler(self->communicator, MPI_ERRORS_RETURN);
    if (code == MPI_SUCCESS) code = number_link(self);
    rp_status status = code == MPI_SUCCESS ? rpi_inbox_init(&self->inbox, self->communicator, self->message_tag, error)
                                           : rpi_mpi_error(error, code, "MPI_Comm_dup");
    if (status != RP_OK) {
        free(self);
        return status;
    }
    atomic_fetch_add(&n_links, 1);
    *link = &self->base;
    return RP_OK;
}
