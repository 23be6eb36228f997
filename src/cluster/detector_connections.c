/* detector_connections.c: see detector_connections.h. */
#include "cluster/detector_connections.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double connect_s = 30; /* how long a peer may take to connect */
static const double soon_s = 0.005; /* between turns while one does */

__attribute__((format(printf, 2, 3))) static void warn(const detector *self, const char *format, ...)
{
    char text[256];
    va_list values;
    if (!self->options.warn || self->base.rank != 0) return;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    self->options.warn(text);
}

static void take_news(void *argument, int peer, rpi_heartbeat_event event)
{
    detector *self = argument;
    monitored *from = &self->peers[peer];
    switch (event) {
    case RPI_HEARTBEAT_CONNECTED:
        self->n_invited -= from->invited_ns > 0;
        from->invited_ns = 0;
        rpi_peer_connected(&from->peer, self->now_ns);
        break;
    case RPI_HEARTBEAT_HEARD: rpi_peer_heard(&from->peer, self->now_ns); break;
    case RPI_HEARTBEAT_CUT: rpi_peer_cut(&from->peer); break;
    case RPI_HEARTBEAT_ENDED: rpi_peer_ended(&from->peer, self->now_ns); break;
    case RPI_HEARTBEAT_PARTED: rpi_peer_disconnects(&from->peer); break;
    }
}

bool rpi_detector_connections_init(detector *self)
{
    if (!self->options.sockets) return true;
    self->heartbeats = rpi_heartbeats_create(self->base.rank, self->base.n_ranks, self->options.sockets, take_news, self);
    return self->heartbeats;
}

/* The next HEARTBEAT is due at once: a rank that dies before it is connected is missed late. */
void rpi_detector_connections_want(detector *self, int peer)
{
    if (!self->heartbeats || self->base.rank != 0) return;
    self->n_invited++;
    self->peers[peer].invited_ns = self->now_ns;
    self->peers[peer].peer.introduced = false;
    self->looked_ns = 0;
}

const rpi_meeting *rpi_detector_connections_invite(detector *self, int peer)
{
    const monitored *to = &self->peers[peer];
    return to->invited_ns > 0 && !to->peer.introduced ? rpi_heartbeats_listen(self->heartbeats) : NULL;
}

void rpi_detector_connections_accept(detector *self, const char *data)
{
    rpi_meeting meeting;
    if (!self->heartbeats) return;
    memcpy(&meeting, data + offsetof(introduction, meeting), sizeof meeting);
    bool same_machine = self->self.boot_id[0] && !strcmp(self->self.boot_id, self->peers[0].process.boot_id);
    rpi_heartbeats_join(self->heartbeats, &meeting, same_machine, self->now_ns);
}

/* Says once, for all ranks, that the connections that should be there by now aren't. */
static void look_for_absent(detector *self)
{
    int n = 0, first = 0;
    for (int p = self->base.n_ranks - 1; p > 0; p--) {
        monitored *other = &self->peers[p];
        if (other->invited_ns == 0 || other->is_lost || other->peer.parted) continue;
        if (self->now_ns - other->invited_ns < rpi_detector_ns(connect_s)) return;
        n++;
        first = p;
    }
    if (n == 0) return;
    self->has_warned = true;
    warn(self, "%d of %d ranks can't connect to rank 0 by TCP (rank %d on host %s for one): their loss is noticed only after %g s", n,
         self->base.n_ranks, first, self->peers[first].process.host, rpi_seconds(self->times.silence_ns));
}

void rpi_detector_connections_look(detector *self)
{
    uint64_t passed_ns = self->now_ns - self->turned_ns, soon_ns = rpi_detector_ns(soon_s);
    if (!self->heartbeats || (passed_ns < soon_ns && passed_ns < self->look_ns)) return; /* to look at all strangers takes long */
    bool soon = (self->n_invited > 0 && !self->has_warned) || rpi_heartbeats_is_connecting(self->heartbeats);
    if (passed_ns < (soon ? soon_ns : self->look_ns)) return;
    self->turned_ns = self->now_ns;
    rpi_heartbeats_turn(self->heartbeats, self->now_ns);
    if (!self->has_warned) look_for_absent(self);
}

void rpi_detector_connections_suspect(detector *self, int peer)
{
    monitored *other = &self->peers[peer];
    bool is_suspected = rpi_peer_is_suspected(&other->peer, &self->times, self->now_ns);
    if (is_suspected && !other->is_suspected)
        warn(self, "rank %d on host %s has said nothing for %g s", peer, other->process.host, rpi_seconds(self->times.suspect_ns));
    if (!is_suspected && other->is_suspected) warn(self, "rank %d on host %s answers again", peer, other->process.host);
    other->is_suspected = is_suspected;
}

void rpi_detector_connections_forget(detector *self, int peer)
{
    if (!self->heartbeats) return;
    rpi_heartbeats_forget(self->heartbeats, peer);
    self->n_invited -= self->peers[peer].invited_ns > 0;
    self->peers[peer].invited_ns = 0;
}

/* A member that leaves without a STOP does so for want of memory or the like. The end of its connection then tells rank 0 at once. */
void rpi_detector_connections_part(detector *self)
{
    bool is_well = !self->base.is_broken || self->base.rank == 0 || self->peers[0].peer.parted;
    if (self->heartbeats && is_well) rpi_heartbeats_part(self->heartbeats);
}
