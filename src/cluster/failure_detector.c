/* failure_detector.c: see failure_detector.h. peer.c decides whether a peer is lost. */
#include "cluster/failure_detector.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/process_stat.h"
#include "base/text.h"
#include "cluster/detector_connections.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double default_heartbeat_s = 0.5, default_gap_s = 10, default_silence_s = 60, settle_s = 0.02;
static const double look_s = 0.05; /* how often processes are checked */
static const double pause_s = 3;   /* a process that didn't look for longer was stopped, or its machine was asleep */

/* For a peer with a connection. A rank that can't be reached is lost within 15 s: cut_s, and at most pause_s in which this rank is held up.
 * A cable may be out for 9 s. Then the peer has time to connect again: it tries each 2 s. */
static const double way_s = 0.1, suspect_s = 5, cut_s = 12;
enum { TIMES_SLOW = 10 };         /* a process that can be seen to wait for a core may be silent for so much longer */
static const double ending_s = 5; /* how long the end of a process that is given up is waited for */

static uint64_t read_clock(const detector *self) { return self->options.now_ns ? self->options.now_ns() : rpi_now_ns(); }

/* ---- saying ---- */

/* Nothing follows it. What doesn't fit its description isn't obeyed, so more will follow. `by_coordinator`: it was sent by rank 0. */
static bool is_last(bool by_coordinator, const rpi_message *message)
{
    uint64_t last = by_coordinator ? RPI_STOP : RPI_BYE;
    return message->header.kind == last && rpi_message_check(message, by_coordinator, NULL) == RP_OK;
}

static rp_status send_message(rpi_link *link, int peer, rpi_message *message, rp_error *error)
{
    detector *self = (detector *)link;
    monitored *to = &self->peers[peer];
    if (to->is_lost) { /* nobody would receive it */
        rpi_message_free(message);
        return RP_OK;
    }
    message->header.number = ++to->peer.n_sent;
    to->peer.said_ns = self->now_ns;
    to->peer.dismissed = is_last(link->rank == 0, message);
    return self->inner->ops->send(self->inner, peer, message, error);
}

static rp_status send_heartbeat(detector *self, int peer, rp_error *error)
{
    monitored *to = &self->peers[peer];
    const rpi_meeting *meeting = rpi_detector_connections_invite(self, peer);
    rpi_message *alive = rpi_message_create(RPI_HEARTBEAT, 0, meeting ? sizeof(introduction) : sizeof self->self);
    if (!alive) return rpi_error_no_memory(error);
    memcpy(alive->data, &self->self, sizeof self->self);
    if (meeting) memcpy(alive->data + offsetof(introduction, meeting), meeting, sizeof *meeting);
    alive->header.heartbeat.last_number = to->peer.n_sent;
    to->peer.introduced = true;
    to->peer.said_ns = self->now_ns;
    return self->inner->ops->send(self->inner, peer, alive, error);
}

/* ---- looking after peers ---- */

static void look_for_process(detector *self, int peer)
{
    if (self->options.is_gone) self->gone[peer] = self->options.is_gone(self->options.argument, peer);
    if (self->gone[peer]) rpi_peer_gone(&self->peers[peer].peer, self->now_ns);
}

static void look_for_parts(detector *self, int peer)
{
    monitored *from = &self->peers[peer];
    uint64_t n_parts = self->inner->ops->n_parts ? self->inner->ops->n_parts(self->inner, peer) : 0;
    if (n_parts == from->n_parts) return;
    from->n_parts = n_parts;
    rpi_peer_heard(&from->peer, self->now_ns);
}

/* Checks all peers, when it is time to. */
static rp_status look(detector *self, rp_error *error)
{
    rp_status status = RP_OK;
    uint64_t passed_ns = self->now_ns - self->looked_ns;
    bool paused = self->looked_ns > 0 && passed_ns > rpi_detector_ns(pause_s);
    rpi_detector_connections_look(self);
    if (self->looked_ns > 0 && passed_ns < self->look_ns) return RP_OK;
    self->looked_ns = self->now_ns;
    self->may_judge = true;
    rpi_process_poll(self->descriptors, self->gone, (size_t)self->base.n_ranks);
    for (int p = 0; p < self->base.n_ranks && status == RP_OK; p++) {
        monitored *other = &self->peers[p];
        if (!other->peer.monitored || other->is_lost) continue;
        look_for_process(self, p);
        look_for_parts(self, p);
        if (paused) rpi_peer_forgive(&other->peer, self->now_ns);
        rpi_detector_connections_suspect(self, p);
        if (rpi_peer_is_due(&other->peer, &self->times, self->now_ns)) status = send_heartbeat(self, p, error);
    }
    return status;
}

static void forget_process(detector *self, int peer)
{
    if (self->descriptors[peer] >= 0) close(self->descriptors[peer]);
    self->descriptors[peer] = -1;
}

/* Nothing of it is wanted any more. */
static void give_up(detector *self, int peer)
{
    monitored *of = &self->peers[peer];
    forget_process(self, peer);
    for (rpi_message *next; of->held; of->held = next, self->n_held--) {
        next = of->held->next;
        rpi_message_free(of->held);
    }
    if (self->inner->ops->give_up) self->inner->ops->give_up(self->inner, peer);
}

/* Has the process ended, if it lives. True: that is waited for. */
static bool is_ending(detector *self, int peer, rpi_peer_verdict verdict)
{
    monitored *other = &self->peers[peer];
    if (!self->base.ends_lost || self->gone[peer]) return false;
    if (other->verdict != RPI_PEER_WELL) return self->now_ns - other->ended_ns < rpi_detector_ns(ending_s);
    if (!rpi_process_end(self->descriptors[peer])) return false;
    other->verdict = verdict;
    other->ended_ns = self->now_ns;
    return true;
}

static double tenths(uint64_t ns) { return (double)(ns / 100000000) / 10; }

static rp_status say_lost(detector *self, int peer, rpi_peer_verdict verdict, rp_error *error)
{
    const char *host = self->peers[peer].process.host, *on = *host ? " on host " : "";
    self->peers[peer].is_lost = true;
    give_up(self, peer);
    rpi_detector_connections_forget(self, peer);
    if (verdict == RPI_PEER_DIED) rp_error_set(error, RP_LOST, 0, "rank %d%s%s died", peer, on, host);
    else if (verdict == RPI_PEER_GAP) rp_error_set(error, RP_LOST, 0, "a message from rank %d%s%s was lost", peer, on, host);
    else if (verdict == RPI_PEER_UNREACHABLE)
        rp_error_set(error, RP_LOST, 0, "rank %d%s%s couldn't be reached for %g s", peer, on, host, cut_s);
    else rp_error_set(error, RP_LOST, 0, "rank %d%s%s said nothing for %g s", peer, on, host, tenths(self->peers[peer].silent_ns));
    if (!error) return RP_LOST;
    error->rank = peer;
    memcpy(error->host, host, sizeof error->host);
    return RP_LOST;
}

/* On a machine that is overloaded its progress thread may get no core for minutes. One that hangs while others of its threads compute isn't
 * waited for without end. */
static bool is_only_slow(const detector *self, int peer)
{
    const monitored *other = &self->peers[peer];
    return self->descriptors[peer] >= 0 && self->now_ns - other->peer.heard_ns < TIMES_SLOW * self->times.silence_ns &&
           rpi_process_is_kept_waiting(other->process.pid);
}

static rpi_peer_verdict find_verdict(detector *self, int peer)
{
    monitored *other = &self->peers[peer];
    if (other->verdict != RPI_PEER_WELL) return other->verdict;
    rpi_peer_verdict verdict = rpi_peer_judge(&other->peer, &self->times, self->now_ns);
    other->silent_ns = self->now_ns - other->peer.heard_ns;
    return verdict == RPI_PEER_SILENT && is_only_slow(self, peer) ? RPI_PEER_WELL : verdict;
}

/* Judges the peers when no message is there. Returns RP_LOST for one peer at a time, else RP_AGAIN. */
static rp_status judge(detector *self, int *peer, rp_error *error)
{
    for (int p = 0; self->may_judge && p < self->base.n_ranks; p++) {
        if (self->peers[p].is_lost) continue;
        rpi_peer_verdict verdict = find_verdict(self, p);
        if (verdict == RPI_PEER_WELL || is_ending(self, p, verdict)) continue;
        *peer = p;
        return say_lost(self, p, verdict, error);
    }
    self->may_judge = false;
    return RP_AGAIN;
}

/* ---- hearing ---- */

static void hold(detector *self, monitored *from, rpi_message *message)
{
    rpi_message **at = &from->held;
    while (*at && (*at)->header.number < message->header.number) at = &(*at)->next;
    if (*at && (*at)->header.number == message->header.number) {
        rpi_message_free(message);
        return;
    }
    message->next = *at;
    *at = message;
    self->n_held++;
}

/* Takes a message that came early and is the next one now. */
static rpi_message *take_held(detector *self, int *peer)
{
    for (int p = 0; self->n_held > 0 && p < self->base.n_ranks; p++) {
        monitored *from = &self->peers[p];
        if (!from->held || from->is_lost || rpi_peer_take(&from->peer, from->held->header.number, from->peer.heard_ns) != RPI_PEER_NEXT)
            continue;
        rpi_message *next = from->held;
        from->held = next->next;
        self->n_held--;
        *peer = p;
        return next;
    }
    return NULL;
}

/* A rank whose end no pidfd shows is to connect. */
static void monitor(detector *self, int peer)
{
    monitored *from = &self->peers[peer];
    if (!from->peer.monitored) return;
    self->descriptors[peer] = rpi_process_monitor(&self->self, &from->process, &self->gone[peer]);
    if (self->descriptors[peer] < 0 && !self->gone[peer]) rpi_detector_connections_want(self, peer);
}

static void take_heartbeat(detector *self, int peer, const rpi_message *message)
{
    monitored *from = &self->peers[peer];
    size_t size = (size_t)message->header.size;
    rpi_peer_heartbeat(&from->peer, message->header.heartbeat.last_number, self->now_ns);
    if (size != sizeof from->process && size != sizeof(introduction)) return;
    if (!from->is_known) {
        memcpy(&from->process, message->data, sizeof from->process);
        rpi_text_clean(from->process.host, sizeof from->process.host);
        from->process.boot_id[sizeof from->process.boot_id - 1] = '\0';
        from->is_known = true;
        monitor(self, peer);
    }
    if (size == sizeof(introduction) && peer == 0) rpi_detector_connections_accept(self, message->data);
}

/* True: the caller hands the message on. False: it was kept or freed. */
static bool sort(detector *self, int peer, rpi_message *message)
{
    monitored *from = &self->peers[peer];
    bool is_lost = from->is_lost, is_heartbeat = message->header.kind == RPI_HEARTBEAT;
    if (!is_lost && is_heartbeat) take_heartbeat(self, peer, message);
    rpi_peer_order order = is_lost || is_heartbeat ? RPI_PEER_STALE : rpi_peer_take(&from->peer, message->header.number, self->now_ns);
    if (order == RPI_PEER_STALE) rpi_message_free(message);
    if (order == RPI_PEER_EARLY) hold(self, from, message);
    return order == RPI_PEER_NEXT;
}

static rp_status next_message(detector *self, int *peer, rpi_message **message, rp_error *error)
{
    *message = take_held(self, peer);
    if (*message) return RP_OK;
    for (;;) {
        rp_status status = self->inner->ops->receive(self->inner, peer, message, error);
        if (status == RP_AGAIN) return judge(self, peer, error);
        if (status == RP_LOST) { /* the network says so; what it had sent before may still come */
            rpi_peer_ended(&self->peers[*peer].peer, self->now_ns);
            continue;
        }
        if (status != RP_OK || sort(self, *peer, *message)) return status;
    }
}

static rp_status receive_message(rpi_link *link, int *peer, rpi_message **message, rp_error *error)
{
    detector *self = (detector *)link;
    self->now_ns = read_clock(self);
    self->inner->destination = link->destination;
    self->inner->destination_argument = link->destination_argument;
    rp_status status = look(self, error);
    if (status == RP_OK) status = next_message(self, peer, message, error);
    if (status != RP_OK) return status;
    if (is_last(link->rank != 0, *message)) self->peers[*peer].peer.parted = true;
    return RP_OK;
}

static bool has_news(rpi_link *link, bool looks)
{
    const detector *self = (const detector *)link;
    return self->n_held > 0 || self->may_judge || rpi_link_has_news(self->inner, looks);
}

static rp_status flush(rpi_link *link, rp_error *error) { return rpi_link_flush(((detector *)link)->inner, error); }

static bool is_moving(const rpi_link *link)
{
    const rpi_link *inner = ((const detector *)link)->inner;
    return inner->ops->is_moving(inner);
}

static bool is_sending(const rpi_link *link)
{
    const rpi_link *inner = ((const detector *)link)->inner;
    return inner->ops->is_sending && inner->ops->is_sending(inner);
}

static uint64_t n_parts(const rpi_link *link, int peer) { return ((const detector *)link)->peers[peer].n_parts; }

/* ---- life ---- */

static void free_detector(detector *self)
{
    for (int p = 0; p < self->base.n_ranks; p++) {
        if (self->peers) rpi_message_free_list(self->peers[p].held);
        if (self->descriptors) forget_process(self, p);
    }
    rpi_heartbeats_destroy(self->heartbeats);
    free(self->peers);
    free(self->descriptors);
    free(self->gone);
    free(self);
}

static void destroy(rpi_link *link, double timeout_s)
{
    detector *self = (detector *)link;
    rpi_detector_connections_part(self);
    self->inner->is_broken = link->is_broken;
    self->inner->ops->destroy(self->inner, timeout_s);
    free_detector(self);
}

static const rpi_link_ops ops = {.send = send_message,
                                 .flush = flush,
                                 .receive = receive_message,
                                 .has_news = has_news,
                                 .is_moving = is_moving,
                                 .is_sending = is_sending,
                                 .n_parts = n_parts,
                                 .destroy = destroy};

static void set_times(detector *self)
{
    const rpi_failure_detector_options *options = &self->options;
    double heartbeat_s = options->heartbeat_s > 0 ? options->heartbeat_s : default_heartbeat_s;
    self->times.heartbeat_ns = rpi_detector_ns(heartbeat_s);
    self->times.settle_ns = rpi_detector_ns(settle_s);
    self->times.way_ns = rpi_detector_ns(way_s);
    self->times.suspect_ns = rpi_detector_ns(suspect_s);
    self->times.cut_ns = rpi_detector_ns(cut_s);
    self->times.gap_ns = rpi_detector_ns(options->gap_s > 0 ? options->gap_s : default_gap_s);
    self->times.silence_ns = rpi_detector_ns(options->silence_s > 0 ? options->silence_s : default_silence_s);
    self->look_ns = rpi_detector_ns(heartbeat_s / 2 < look_s ? heartbeat_s / 2 : look_s);
}

static bool set_up(detector *self)
{
    size_t n = (size_t)self->base.n_ranks;
    self->peers = calloc(n, sizeof *self->peers);
    self->descriptors = malloc(n * sizeof *self->descriptors);
    self->gone = calloc(n, sizeof *self->gone);
    for (size_t p = 0; self->descriptors && p < n; p++) self->descriptors[p] = -1;
    if (!self->peers || !self->descriptors || !self->gone || !rpi_detector_connections_init(self)) return false;
    self->now_ns = read_clock(self);
    for (int p = 0; p < self->base.n_ranks; p++) {
        bool monitors = p != self->base.rank && (p == 0 || self->base.rank == 0);
        rpi_peer_init(&self->peers[p].peer, monitors, self->now_ns);
    }
    set_times(self);
    rpi_process_self(&self->self);
    return true;
}

rp_status rpi_failure_detector_create(rpi_link *link, const rpi_failure_detector_options *options, rpi_link **made, rp_error *error)
{
    detector *self = calloc(1, sizeof *self);
    if (self) {
        self->base = (rpi_link){.ops = &ops, .rank = link->rank, .n_ranks = link->n_ranks};
        self->inner = link;
        if (options) self->options = *options;
        if (set_up(self)) {
            *made = &self->base;
            return RP_OK;
        }
        free_detector(self);
    }
    link->ops->destroy(link, 1);
    return rpi_error_no_memory(error);
}
