/* peer.c: see peer.h. */
#include "cluster/peer.h"

static uint64_t since(uint64_t then_ns, uint64_t now_ns) { return now_ns > then_ns ? now_ns - then_ns : 0; }

void rpi_peer_init(rpi_peer *peer, bool monitored, uint64_t now_ns) { *peer = (rpi_peer){.monitored = monitored, .heard_ns = now_ns}; }

/* An open gap keeps its time. */
static void learn(rpi_peer *peer, uint64_t number, uint64_t now_ns)
{
    if (peer->n_known == peer->n_taken) peer->gap_ns = now_ns;
    if (number > peer->n_known) peer->n_known = number;
}

rpi_peer_order rpi_peer_take(rpi_peer *peer, uint64_t number, uint64_t now_ns)
{
    peer->heard_ns = now_ns;
    if (number <= peer->n_taken) return RPI_PEER_STALE;
    learn(peer, number, now_ns);
    if (number > peer->n_taken + 1) return RPI_PEER_EARLY;
    peer->n_taken = number;
    peer->gap_ns = now_ns;
    return RPI_PEER_NEXT;
}

void rpi_peer_heartbeat(rpi_peer *peer, uint64_t last_number, uint64_t now_ns)
{
    peer->heard_ns = now_ns;
    if (last_number > peer->n_taken) learn(peer, last_number, now_ns);
}

void rpi_peer_heard(rpi_peer *peer, uint64_t now_ns) { peer->heard_ns = now_ns; }

void rpi_peer_gone(rpi_peer *peer, uint64_t now_ns)
{
    if (peer->gone_ns == 0) peer->gone_ns = now_ns;
}

void rpi_peer_connected(rpi_peer *peer, uint64_t now_ns)
{
    peer->connection = RPI_PEER_CONNECTED;
    peer->heard_ns = now_ns;
}

void rpi_peer_cut(rpi_peer *peer) { peer->connection = RPI_PEER_CUT; }

void rpi_peer_ended(rpi_peer *peer, uint64_t now_ns)
{
    peer->connection = RPI_PEER_NOT_CONNECTED;
    peer->is_far = true;
    rpi_peer_gone(peer, now_ns);
}

void rpi_peer_disconnects(rpi_peer *peer) { peer->connection = RPI_PEER_NOT_CONNECTED; }

void rpi_peer_forgive(rpi_peer *peer, uint64_t now_ns) { peer->heard_ns = peer->gap_ns = now_ns; }

bool rpi_peer_is_due(const rpi_peer *peer, const rpi_peer_times *times, uint64_t now_ns)
{
    if (!peer->monitored || peer->parted || peer->dismissed) return false;
    return !peer->introduced || since(peer->said_ns, now_ns) >= times->heartbeat_ns;
}

bool rpi_peer_is_suspected(const rpi_peer *peer, const rpi_peer_times *times, uint64_t now_ns)
{
    if (!peer->monitored || peer->parted || peer->connection == RPI_PEER_NOT_CONNECTED) return false;
    return since(peer->heard_ns, now_ns) >= times->suspect_ns;
}

static bool has_died(const rpi_peer *peer, const rpi_peer_times *times, uint64_t now_ns)
{
    uint64_t last_ns = peer->heard_ns > peer->gone_ns ? peer->heard_ns : peer->gone_ns;
    return peer->gone_ns && since(last_ns, now_ns) >= times->settle_ns + (peer->is_far ? times->way_ns : 0);
}

rpi_peer_verdict rpi_peer_judge(const rpi_peer *peer, const rpi_peer_times *times, uint64_t now_ns)
{
    if (!peer->monitored || peer->parted) return RPI_PEER_WELL;
    if (has_died(peer, times, now_ns)) return RPI_PEER_DIED;
    if (peer->n_known > peer->n_taken && since(peer->gap_ns, now_ns) >= times->gap_ns) return RPI_PEER_GAP;
    uint64_t silent_ns = since(peer->heard_ns, now_ns);
    if (peer->connection == RPI_PEER_CUT && silent_ns >= times->cut_ns) return RPI_PEER_UNREACHABLE;
    return silent_ns >= times->silence_ns ? RPI_PEER_SILENT : RPI_PEER_WELL;
}
