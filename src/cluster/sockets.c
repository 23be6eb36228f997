/* sockets.c: see sockets.h. */
#include "cluster/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* An end that is silent is asked after 2 s, and twice more, a second apart. */
enum { IDLE_S = 2, INTERVAL_S = 1, PROBES = 2, UNACKNOWLEDGED_MS = 4000, BACKLOG = 1024 };

static bool set(int socket, int level, int option, int value) { return setsockopt(socket, level, option, &value, sizeof value) == 0; }

static int fail(int socket)
{
    int code = errno;
    close(socket);
    errno = code;
    return -1;
}

/* A program that closed its standard output would else write its results into a socket. */
static int above_2(int socket)
{
    if (socket < 0 || socket > 2) return socket;
    int moved = fcntl(socket, F_DUPFD_CLOEXEC, 3);
    if (moved < 0) return fail(socket);
    close(socket);
    return moved;
}

static int watched(int socket)
{
    if (socket < 0) return -1;
    bool done = set(socket, IPPROTO_TCP, TCP_NODELAY, 1) && set(socket, SOL_SOCKET, SO_KEEPALIVE, 1) &&
                set(socket, IPPROTO_TCP, TCP_KEEPIDLE, IDLE_S) && set(socket, IPPROTO_TCP, TCP_KEEPINTVL, INTERVAL_S) &&
                set(socket, IPPROTO_TCP, TCP_KEEPCNT, PROBES) && set(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS);
    return done ? socket : fail(socket);
}

static int new_socket(int family) { return above_2(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)); }

/* ---- listening ---- */

static int begin_listening(int listener, const struct sockaddr *at, socklen_t size)
{
    if (listener < 0) return -1;
    return bind(listener, at, size) == 0 && listen(listener, BACKLOG) == 0 ? listener : fail(listener);
}

static int listen_at_6(void)
{
    struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_ANY_INIT};
    int listener = new_socket(AF_INET6);
    if (listener >= 0 && !set(listener, IPPROTO_IPV6, IPV6_V6ONLY, 0)) return fail(listener);
    return begin_listening(listener, (const struct sockaddr *)&any, sizeof any);
}

static int listen_at_4(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
    return begin_listening(new_socket(AF_INET), (const struct sockaddr *)&any, sizeof any);
}

/* The port is at the same place in an address of either version. */
static int begin(void *argument, uint16_t *port)
{
    struct sockaddr_in6 at;
    socklen_t size = sizeof at;
    (void)argument;
    int listener = listen_at_6();
    if (listener < 0) listener = listen_at_4();
    if (listener < 0) return -1;
    if (getsockname(listener, (struct sockaddr *)&at, &size) != 0) return fail(listener);
    *port = ntohs(at.sin6_port);
    return listener;
}

_Static_assert(offsetof(struct sockaddr_in, sin_port) == offsetof(struct sockaddr_in6, sin6_port), "the port has two places");

static int take(void *argument, int listener)
{
    (void)argument;
    return watched(above_2(accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)));
}

/* ---- connections ---- */

static int begin_connecting(int socket, const struct sockaddr *to, socklen_t size)
{
    if (socket < 0) return -1;
    return connect(socket, to, size) == 0 || errno == EINPROGRESS ? socket : fail(socket);
}

static int begin_connection(void *argument, const rpi_address *to, uint16_t port)
{
    (void)argument;
    if (rpi_address_is_4(to)) {
        struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
        memcpy(&at.sin_addr, to->bytes + sizeof to->bytes - sizeof at.sin_addr, sizeof at.sin_addr);
        return begin_connecting(watched(new_socket(AF_INET)), (const struct sockaddr *)&at, sizeof at);
    }
    struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    memcpy(&at.sin6_addr, to->bytes, sizeof at.sin6_addr);
    return begin_connecting(watched(new_socket(AF_INET6)), (const struct sockaddr *)&at, sizeof at);
}

static ssize_t send_bytes(void *argument, int socket, const void *bytes, size_t size)
{
    (void)argument;
    return send(socket, bytes, size, MSG_NOSIGNAL);
}

static ssize_t receive_bytes(void *argument, int socket, void *bytes, size_t size)
{
    (void)argument;
    return recv(socket, bytes, size, 0);
}

static void look(void *argument, struct pollfd *sockets, size_t n)
{
    (void)argument;
    if (poll(sockets, n, 0) > 0) return;
    for (size_t i = 0; i < n; i++) sockets[i].revents = 0;
}

static void end(void *argument, int socket)
{
    (void)argument;
    close(socket);
}

static size_t own_addresses(void *argument, rpi_address *list, size_t size)
{
    (void)argument;
    return rpi_addresses_own(list, size);
}

const rpi_sockets rpi_sockets_system = {NULL, own_addresses, begin, take, begin_connection, send_bytes, receive_bytes, look, end};
