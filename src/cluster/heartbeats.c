/*
 * heartbeats.c: see heartbeats.h.
 *
 * A connection's state:
 *
 *     state        event                                            next
 *     CLOSED       other ranks: an address is tried                 CONNECTING
 *     CONNECTING   the connection is there: greeting sent           GREETING
 *     CONNECTING   refused, or not there in time                    CLOSED       the next address is tried
 *     GREETING     other ranks: rank 0's answer is right            UP           CONNECTED
 *     GREETING     anything else, or nothing in time                CLOSED
 *     UP           the end, or a cut                                CLOSED       ENDED, CUT
 *
 * Rank 0 has a slot for each peer, and some for strangers: connections whose greeting isn't complete. A right greeting moves the
 * connection from its slot as a stranger to that of its peer, and replaces an older one there.
 */
#include "cluster/heartbeats.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { MOST_STRANGERS = 64, AT_ONCE = 64 };
static const char beat = '.', parting = 'x';
static const char greeting_word[8] = "rpheart1";

#define SECOND_NS UINT64_C(1000000000)
static const uint64_t beat_ns = SECOND_NS / 2, fresh_ns = 2 * SECOND_NS; /* a reset of a connection that is fresh is an end */
static const uint64_t stranger_ns = 5 * SECOND_NS, attempt_ns = 2 * SECOND_NS, pause_ns = SECOND_NS / 2, patience_ns = 30 * SECOND_NS;
static const uint64_t return_ns = 10 * SECOND_NS; /* until a rank whose connection was cut is lost, unless MPI still reaches it */

typedef struct greeting {
    char word[sizeof greeting_word];
    uint64_t rank;
    unsigned char token[RPI_TOKEN_SIZE];
} greeting;

typedef enum connection_state { CLOSED, CONNECTING, GREETING, UP } connection_state;

typedef struct connection {
    connection_state state;
    int socket;
    bool has_parted;
    uint64_t since_ns, heard_ns, said_ns; /* since_ns: begin of the state */
    size_t n_read;
    union {
        char bytes[sizeof(greeting)];
        greeting greeting;
    } read; /* in GREETING */
} connection;

struct rpi_heartbeats {
    int rank, n_ranks;
    const rpi_sockets *sockets;
    rpi_heartbeat_news *news;
    void *argument;
    rpi_meeting meeting;
    uint64_t now_ns;
    /* rank 0 */
    int listener; /* -1: none */
    connection *strangers;
    /* other ranks */
    bool joins, same_machine;
    uint64_t address, tried; /* the next to be tried, and the last; with same_machine 0 is loopback */
    uint64_t return_until_ns, rested_ns, give_up_ns;
    connection peers[]; /* by rank; other ranks use that of rank 0 alone */
};

static void tell(rpi_heartbeats *self, int peer, rpi_heartbeat_event event) { self->news(self->argument, peer, event); }

/* ---- connections ---- */

static void begin(rpi_heartbeats *self, connection *of, int socket, connection_state state)
{
    *of = (connection){.state = state, .socket = socket, .since_ns = self->now_ns};
}

static void end(rpi_heartbeats *self, connection *of)
{
    if (of->state != CLOSED) self->sockets->close(self->sockets->argument, of->socket);
    of->state = CLOSED;
}

static bool send_all(rpi_heartbeats *self, const connection *to, const void *bytes, size_t size)
{
    return self->sockets->send(self->sockets->argument, to->socket, bytes, size) == (ssize_t)size;
}

/* The first bytes on a connection always fit; of the later ones, one that doesn't fit isn't needed. */
static void send_byte(rpi_heartbeats *self, connection *to, const char *byte)
{
    to->said_ns = self->now_ns;
    (void)self->sockets->send(self->sockets->argument, to->socket, byte, 1);
}

/* Takes as long as it takes, wherever they differ: nobody can find the token out byte by byte. */
static bool are_equal(const unsigned char *a, const unsigned char *b)
{
    unsigned char different = 0;
    for (int i = 0; i < RPI_TOKEN_SIZE; i++) different |= a[i] ^ b[i];
    return different == 0;
}

static bool is_worth_waiting(ssize_t n) { return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR); }

/* Reads up to `size` bytes of a greeting or an answer in all. False: it won't come. */
static bool read_greeting(rpi_heartbeats *self, connection *from, size_t size)
{
    ssize_t n = self->sockets->receive(self->sockets->argument, from->socket, from->read.bytes + from->n_read, size - from->n_read);
    if (n > 0) from->n_read += (size_t)n;
    return n > 0 || is_worth_waiting(n);
}

static void come_up(rpi_heartbeats *self, int peer)
{
    connection *with = &self->peers[peer];
    with->state = UP;
    with->since_ns = with->heard_ns = self->now_ns;
    tell(self, peer, RPI_HEARTBEAT_CONNECTED);
}

/* An established connection is over. */
static void lose(rpi_heartbeats *self, int peer, bool has_ended)
{
    connection *with = &self->peers[peer];
    bool had_parted = with->has_parted;
    end(self, with);
    if (had_parted) self->joins = false;
    else tell(self, peer, has_ended ? RPI_HEARTBEAT_ENDED : RPI_HEARTBEAT_CUT);
    self->give_up_ns = self->now_ns + patience_ns;
    self->return_until_ns = self->now_ns + return_ns;
}

static void take_bytes(rpi_heartbeats *self, int peer, const char *bytes, size_t n)
{
    connection *from = &self->peers[peer];
    from->heard_ns = self->now_ns;
    bool parts = memchr(bytes, parting, n) && !from->has_parted;
    if (parts) from->has_parted = true;
    tell(self, peer, parts ? RPI_HEARTBEAT_PARTED : RPI_HEARTBEAT_HEARD);
}

static void hear(rpi_heartbeats *self, int peer)
{
    char bytes[64];
    connection *from = &self->peers[peer];
    ssize_t n = self->sockets->receive(self->sockets->argument, from->socket, bytes, sizeof bytes);
    if (n > 0) {
        take_bytes(self, peer, bytes, (size_t)n);
        return;
    }
    if (is_worth_waiting(n)) return;
    bool is_reset = n < 0 && (errno == ECONNRESET || errno == EPIPE);
    lose(self, peer, n == 0 || (is_reset && self->now_ns - from->heard_ns < fresh_ns));
}

/* ---- rank 0 ---- */

/* A place for a stranger: a free one, or that of the oldest. */
static connection *place_for_stranger(rpi_heartbeats *self)
{
    connection *oldest = &self->strangers[0];
    for (int i = 0; i < MOST_STRANGERS; i++) {
        connection *at = &self->strangers[i];
        if (at->state == CLOSED) return at;
        if (at->since_ns < oldest->since_ns) oldest = at;
    }
    return self->now_ns - oldest->since_ns >= SECOND_NS ? oldest : NULL;
}

static void accept_strangers(rpi_heartbeats *self)
{
    for (int i = 0; i < MOST_STRANGERS; i++) {
        connection *place = place_for_stranger(self);
        int socket = place ? self->sockets->accept(self->sockets->argument, self->listener) : -1;
        if (socket < 0) return;
        end(self, place);
        begin(self, place, socket, GREETING);
    }
}

static void take_greeting(rpi_heartbeats *self, connection *stranger)
{
    const greeting *said = &stranger->read.greeting;
    bool is_right = are_equal(said->token, self->meeting.token) && memcmp(said->word, greeting_word, sizeof greeting_word) == 0 &&
                    said->rank > 0 && said->rank < (uint64_t)self->n_ranks;
    if (!is_right || !send_all(self, stranger, self->meeting.answer, sizeof self->meeting.answer)) {
        end(self, stranger);
        return;
    }
    int peer = (int)said->rank;
    end(self, &self->peers[peer]);
    self->peers[peer] = *stranger;
    stranger->state = CLOSED;
    come_up(self, peer);
}

static void hear_stranger(rpi_heartbeats *self, connection *stranger)
{
    if (!read_greeting(self, stranger, sizeof stranger->read)) end(self, stranger);
    else if (stranger->n_read == sizeof stranger->read) take_greeting(self, stranger);
}

const rpi_meeting *rpi_heartbeats_listen(rpi_heartbeats *self)
{
    uint16_t port;
    rpi_meeting *meeting = &self->meeting;
    if (self->listener >= 0) return meeting;
    if (getrandom(meeting->token, sizeof meeting->token, 0) < 0 || getrandom(meeting->answer, sizeof meeting->answer, 0) < 0) return NULL;
    if (!self->strangers) self->strangers = calloc(MOST_STRANGERS, sizeof *self->strangers);
    if (!self->strangers) return NULL;
    self->listener = self->sockets->listen(self->sockets->argument, &port);
    if (self->listener < 0) return NULL;
    meeting->port = port;
    meeting->n_addresses = self->sockets->addresses(self->sockets->argument, meeting->addresses, RPI_MOST_ADDRESSES);
    return meeting;
}

/* ---- other ranks ---- */

void rpi_heartbeats_join(rpi_heartbeats *self, const rpi_meeting *meeting, bool same_machine, uint64_t now_ns)
{
    if (self->joins || meeting->n_addresses > RPI_MOST_ADDRESSES || meeting->port > UINT16_MAX) return;
    self->meeting = *meeting;
    self->joins = true;
    self->same_machine = same_machine;
    self->give_up_ns = now_ns + patience_ns;
}

/* One address follows the other; after the last one there is a pause, and none. A rank that was cut off has no time for that, and tries the
 * address that worked. */
static bool choose_address(rpi_heartbeats *self, uint64_t n)
{
    bool returns = self->now_ns < self->return_until_ns, is_over = self->address >= n;
    if (returns || is_over) self->rested_ns = self->now_ns + pause_ns;
    if (returns) return true;
    if (!is_over) self->tried = self->address++;
    else self->address = 0;
    return !is_over;
}

static void try_address(rpi_heartbeats *self)
{
    uint64_t n_first = self->same_machine ? 1 : 0;
    if (!choose_address(self, self->meeting.n_addresses + n_first)) return;
    uint64_t k = self->tried;
    const rpi_address *to = k < n_first ? &rpi_address_loopback : &self->meeting.addresses[k - n_first];
    int socket = self->sockets->connect(self->sockets->argument, to, (uint16_t)self->meeting.port);
    if (socket >= 0) begin(self, &self->peers[0], socket, CONNECTING);
}

static void greet(rpi_heartbeats *self)
{
    connection *to = &self->peers[0];
    greeting said = {.rank = (uint64_t)self->rank};
    memcpy(said.word, greeting_word, sizeof said.word);
    memcpy(said.token, self->meeting.token, sizeof said.token);
    if (send_all(self, to, &said, sizeof said)) begin(self, to, to->socket, GREETING);
    else end(self, to);
}

static void hear_answer(rpi_heartbeats *self)
{
    connection *from = &self->peers[0];
    bool goes_on = read_greeting(self, from, RPI_TOKEN_SIZE);
    if (goes_on && from->n_read < RPI_TOKEN_SIZE) return;
    if (goes_on && are_equal((const unsigned char *)from->read.bytes, self->meeting.answer)) come_up(self, 0);
    else end(self, from);
}

/* ---- a turn ---- */

/* `peer` -1: of a stranger. */
static void take_event(rpi_heartbeats *self, connection *of, int peer)
{
    switch (of->state) {
    case CLOSED: break;
    case CONNECTING: greet(self); break;
    case GREETING:
        if (peer < 0) hear_stranger(self, of);
        else hear_answer(self);
        break;
    case UP: hear(self, peer); break;
    }
}

/* Polls n connections, which are those of peers first, first + 1, ... or (first -1) of strangers. */
static void poll_some(rpi_heartbeats *self, connection *some, int n, int first)
{
    struct pollfd polled[AT_ONCE];
    int any = 0;
    for (int i = 0; i < n; i++) {
        any += some[i].state != CLOSED;
        polled[i] = (struct pollfd){.fd = some[i].state == CLOSED ? -1 : some[i].socket, .events = POLLIN};
        if (some[i].state == CONNECTING) polled[i].events = POLLOUT;
    }
    if (any == 0) return;
    self->sockets->poll(self->sockets->argument, polled, (size_t)n);
    for (int i = 0; i < n; i++)
        if (polled[i].revents) take_event(self, &some[i], first < 0 ? -1 : first + i);
}

static void poll_all(rpi_heartbeats *self)
{
    int n_peers = self->rank == 0 ? self->n_ranks : 1;
    if (self->listener >= 0) {
        accept_strangers(self);
        poll_some(self, self->strangers, MOST_STRANGERS, -1);
    }
    for (int at = 0; at < n_peers; at += AT_ONCE) poll_some(self, self->peers + at, n_peers - at < AT_ONCE ? n_peers - at : AT_ONCE, at);
}

static void drop_slow(rpi_heartbeats *self, connection *of, uint64_t limit_ns)
{
    if ((of->state == CONNECTING || of->state == GREETING) && self->now_ns - of->since_ns >= limit_ns) end(self, of);
}

static void send_beats(rpi_heartbeats *self)
{
    int n_peers = self->rank == 0 ? self->n_ranks : 1;
    for (int p = 0; p < n_peers; p++)
        if (self->peers[p].state == UP && self->now_ns - self->peers[p].said_ns >= beat_ns) send_byte(self, &self->peers[p], &beat);
}

void rpi_heartbeats_turn(rpi_heartbeats *self, uint64_t now_ns)
{
    self->now_ns = now_ns;
    poll_all(self);
    for (int i = 0; self->listener >= 0 && i < MOST_STRANGERS; i++) drop_slow(self, &self->strangers[i], stranger_ns);
    drop_slow(self, &self->peers[0], attempt_ns);
    if (self->joins && self->peers[0].state == CLOSED && now_ns >= self->rested_ns && now_ns < self->give_up_ns) try_address(self);
    send_beats(self);
}

bool rpi_heartbeats_is_connecting(const rpi_heartbeats *self)
{
    for (int i = 0; self->listener >= 0 && i < MOST_STRANGERS; i++)
        if (self->strangers[i].state != CLOSED) return true;
    return self->joins && self->peers[0].state != UP && self->now_ns < self->give_up_ns;
}

/* ---- life ---- */

rpi_heartbeats *rpi_heartbeats_create(int rank, int n_ranks, const rpi_sockets *sockets, rpi_heartbeat_news *news, void *argument)
{
    rpi_heartbeats *self = calloc(1, sizeof *self + (size_t)n_ranks * sizeof self->peers[0]);
    if (!self) return NULL;
    self->rank = rank;
    self->n_ranks = n_ranks;
    self->sockets = sockets;
    self->news = news;
    self->argument = argument;
    self->listener = -1;
    return self;
}

void rpi_heartbeats_forget(rpi_heartbeats *self, int peer)
{
    end(self, &self->peers[peer]);
    if (peer == 0) self->joins = false;
}

void rpi_heartbeats_part(rpi_heartbeats *self)
{
    poll_all(self); /* closing a connection with bytes that weren't read would reset it */
    for (int p = 0; p < self->n_ranks; p++)
        if (self->peers[p].state == UP) send_byte(self, &self->peers[p], &parting);
}

void rpi_heartbeats_destroy(rpi_heartbeats *self)
{
    if (!self) return;
    for (int p = 0; p < self->n_ranks; p++) end(self, &self->peers[p]);
    for (int i = 0; self->strangers && i < MOST_STRANGERS; i++) end(self, &self->strangers[i]);
    if (self->listener >= 0) self->sockets->close(self->sockets->argument, self->listener);
    free(self->strangers);
    free(self);
}
