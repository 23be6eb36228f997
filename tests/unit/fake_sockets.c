/* fake_sockets.c: see fake_sockets.h. A socket is an end of a connection, or a listener. Its descriptor is its place in the table, and 100.
 */
#include "fake_sockets.h"

#include <errno.h>
#include <string.h>

enum { MOST_SOCKETS = 1024, BUFFER = 256, FIRST = 100 };
static const uint64_t timeout_ns = UINT64_C(4000000000);

typedef struct end {
    bool open, listens, accepted; /* accepted: or it is the end that has begun */
    int host, other;              /* other: -1: closed there, or none */
    int error;                    /* the next operation fails with it; stays */
    uint64_t begun_ns;
    size_t n;
    char bytes[BUFFER];
} end;

typedef struct host {
    fake_cable *cable;
    int number;
    rpi_sockets sockets;
    bool cut;
    uint64_t cut_ns;
    int n_missing, n_begun;
    rpi_address claimed[FAKE_HOSTS];
    size_t n_claimed;
} host;

struct fake_cable {
    uint64_t now_ns;
    host hosts[FAKE_HOSTS];
    end ends[MOST_SOCKETS];
};

static end *end_of(fake_cable *cable, int socket)
{
    assert_in_range(socket, FIRST, FIRST + MOST_SOCKETS - 1);
    end *found = &cable->ends[socket - FIRST];
    assert_true(found->open);
    return found;
}

/* -1: the host has no descriptor left. */
static int open_end(host *at)
{
    if (at->n_missing > 0) {
        at->n_missing--;
        errno = EMFILE;
        return -1;
    }
    for (int i = 0; i < MOST_SOCKETS; i++) {
        if (at->cable->ends[i].open) continue;
        at->cable->ends[i] = (end){.open = true, .host = at->number, .other = -1, .begun_ns = at->cable->now_ns};
        return FIRST + i;
    }
    fail_msg("too many sockets");
    return -1;
}

static int fail_with(int code)
{
    errno = code;
    return -1;
}

static bool is_cut(const fake_cable *cable, const end *of)
{
    return cable->hosts[of->host].cut || (of->other >= 0 && cable->hosts[cable->ends[of->other].host].cut);
}

/* Since when the connection is cut at either end. */
static uint64_t cut_since_ns(const fake_cable *cable, const end *of)
{
    const host *near = &cable->hosts[of->host], *far = of->other >= 0 ? &cable->hosts[cable->ends[of->other].host] : near;
    uint64_t since_ns = far->cut ? far->cut_ns : near->cut_ns;
    return since_ns > of->begun_ns ? since_ns : of->begun_ns;
}

/* Connections that are cut for too long fail. */
static void let_time_out(fake_cable *cable)
{
    for (int i = 0; i < MOST_SOCKETS; i++) {
        end *at = &cable->ends[i];
        if (!at->open || at->listens || at->error || !is_cut(cable, at)) continue;
        if (cable->now_ns - cut_since_ns(cable, at) >= timeout_ns) at->error = ETIMEDOUT;
    }
}

/* ---- operations ---- */

static size_t own_addresses(void *argument, rpi_address *list, size_t size)
{
    const host *at = argument;
    size_t n = at->n_claimed < size ? at->n_claimed : size;
    memcpy(list, at->claimed, n * sizeof *list);
    return n;
}

static int begin_listening(void *argument, uint16_t *port)
{
    host *at = argument;
    int made = open_end(at);
    if (made < 0) return -1;
    end_of(at->cable, made)->listens = true;
    *port = (uint16_t)(1000 + at->number);
    return made;
}

static end *find_listener(fake_cable *cable, const rpi_address *to, uint16_t port)
{
    for (int i = 0; i < MOST_SOCKETS; i++) {
        end *at = &cable->ends[i];
        rpi_address address = fake_address(at->host);
        if (at->open && at->listens && port == 1000 + at->host && !memcmp(&address, to, sizeof address)) return at;
    }
    return NULL;
}

/* The other end waits to be accepted. */
static int begin_connection(void *argument, const rpi_address *to, uint16_t port)
{
    host *from = argument;
    fake_cable *cable = from->cable;
    int made = open_end(from);
    if (made < 0) return -1;
    from->n_begun++;
    end *near = end_of(cable, made), *listener = find_listener(cable, to, port);
    near->accepted = true;
    if (to->bytes[15] >= FAKE_HOSTS) return made; /* nobody is there, and nobody says so */
    if (!listener) near->error = ECONNREFUSED;
    if (!listener || from->cut || cable->hosts[listener->host].cut) return made;
    int far = open_end(&cable->hosts[listener->host]);
    assert_true(far >= 0);
    near->other = far - FIRST;
    end_of(cable, far)->other = made - FIRST;
    return made;
}

static int accept_end(void *argument, int listener)
{
    host *at = argument;
    (void)end_of(at->cable, listener);
    for (int i = 0; i < MOST_SOCKETS; i++) {
        end *waiting = &at->cable->ends[i];
        if (!waiting->open || waiting->host != at->number || waiting->listens || waiting->accepted) continue;
        if (at->n_missing > 0) {
            at->n_missing--;
            return fail_with(EMFILE);
        }
        waiting->accepted = true;
        return FIRST + i;
    }
    return fail_with(EAGAIN);
}

static ssize_t send_bytes(void *argument, int socket, const void *bytes, size_t size)
{
    fake_cable *cable = ((host *)argument)->cable;
    end *from = end_of(cable, socket);
    if (from->error) return fail_with(from->error);
    if (from->other < 0) return fail_with(EPIPE);
    end *to = &cable->ends[from->other];
    if (is_cut(cable, from)) return (ssize_t)size; /* it waits in a buffer, and is never seen here */
    if (to->n + size > BUFFER) return fail_with(EAGAIN);
    memcpy(to->bytes + to->n, bytes, size);
    to->n += size;
    return (ssize_t)size;
}

static ssize_t receive_bytes(void *argument, int socket, void *bytes, size_t size)
{
    fake_cable *cable = ((host *)argument)->cable;
    end *at = end_of(cable, socket);
    size_t n = at->n < size ? at->n : size;
    if (n > 0) {
        memcpy(bytes, at->bytes, n);
        memmove(at->bytes, at->bytes + n, at->n - n);
        at->n -= n;
        return (ssize_t)n;
    }
    if (at->error) return fail_with(at->error);
    return at->other < 0 ? 0 : fail_with(EAGAIN);
}

static void look(void *argument, struct pollfd *sockets, size_t n)
{
    fake_cable *cable = ((host *)argument)->cable;
    for (size_t i = 0; i < n; i++) {
        sockets[i].revents = 0;
        if (sockets[i].fd < 0) continue;
        const end *at = end_of(cable, sockets[i].fd);
        bool is_undecided = at->other < 0 && !at->error && sockets[i].events == POLLOUT;
        if (is_undecided) continue;
        if (at->n > 0 || at->error || at->other < 0 || sockets[i].events == POLLOUT) sockets[i].revents = sockets[i].events;
    }
}

static void close_end(void *argument, int socket)
{
    fake_cable *cable = ((host *)argument)->cable;
    end *closed = end_of(cable, socket);
    closed->open = false;
    if (closed->other >= 0) cable->ends[closed->other].other = -1;
}

/* ---- the network ---- */

rpi_address fake_address(int number) { return (rpi_address){{[10] = 0xff, [11] = 0xff, [12] = 10, [15] = (unsigned char)number}}; }

fake_cable *fake_cable_create(void)
{
    fake_cable *cable = calloc(1, sizeof *cable);
    assert_non_null(cable);
    cable->now_ns = UINT64_C(1000000000000);
    for (int k = 0; k < FAKE_HOSTS; k++) {
        host *at = &cable->hosts[k];
        at->cable = cable;
        at->number = k;
        at->sockets =
            (rpi_sockets){at, own_addresses, begin_listening, accept_end, begin_connection, send_bytes, receive_bytes, look, close_end};
        fake_cable_claim(cable, k, &k, 1);
    }
    return cable;
}

void fake_cable_destroy(fake_cable *cable)
{
    for (int k = 0; k < FAKE_HOSTS; k++) assert_int_equal(fake_cable_n_open(cable, k), 0);
    free(cable);
}

const rpi_sockets *fake_cable_sockets(fake_cable *cable, int number) { return &cable->hosts[number].sockets; }

void fake_cable_claim(fake_cable *cable, int number, const int *hosts, size_t n)
{
    for (size_t i = 0; i < n; i++) cable->hosts[number].claimed[i] = fake_address(hosts[i]);
    cable->hosts[number].n_claimed = n;
}

uint64_t fake_cable_now(const fake_cable *cable) { return cable->now_ns; }

void fake_cable_pass(fake_cable *cable, double seconds)
{
    cable->now_ns += (uint64_t)(seconds * 1e9);
    let_time_out(cable);
}

void fake_cable_cut(fake_cable *cable, int number)
{
    cable->hosts[number].cut = true;
    cable->hosts[number].cut_ns = cable->now_ns;
}

void fake_cable_join(fake_cable *cable, int number) { cable->hosts[number].cut = false; }

void fake_cable_kill(fake_cable *cable, int number)
{
    for (int i = 0; i < MOST_SOCKETS; i++)
        if (cable->ends[i].open && cable->ends[i].host == number) close_end(&cable->hosts[number], FIRST + i);
}

void fake_cable_reset(fake_cable *cable, int number)
{
    for (int i = 0; i < MOST_SOCKETS; i++) {
        const end *at = &cable->ends[i];
        if (at->open && at->host == number && at->other >= 0) cable->ends[at->other].error = ECONNRESET;
    }
}

void fake_cable_exhaust(fake_cable *cable, int number, int n_attempts) { cable->hosts[number].n_missing = n_attempts; }

int fake_cable_n_open(const fake_cable *cable, int number)
{
    int n = 0;
    for (int i = 0; i < MOST_SOCKETS; i++) n += cable->ends[i].open && cable->ends[i].host == number && cable->ends[i].accepted;
    for (int i = 0; i < MOST_SOCKETS; i++) n += cable->ends[i].open && cable->ends[i].host == number && cable->ends[i].listens;
    return n;
}

int fake_cable_n_begun(const fake_cable *cable, int number) { return cable->hosts[number].n_begun; }
