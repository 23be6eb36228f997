/*
 * sockets.h: what heartbeats.h needs of TCP, as a table, so that tests can use a fake network and a simulated clock. No operation blocks.
 * Each is as the system call of its name: it returns -1 and sets errno where it fails. Sockets aren't inherited by programs that are
 * started, and their descriptors are above 2.
 *
 * A connection whose other end doesn't acknowledge anything for 4 s fails with ETIMEDOUT, whether something was sent on it or not. So as
 * long as it doesn't fail, the other host is up and can be reached.
 */
#ifndef RPI_CLUSTER_SOCKETS_H
#define RPI_CLUSTER_SOCKETS_H

#include "cluster/addresses.h"

#include <poll.h>
#include <sys/types.h>

typedef struct rpi_sockets {
    void *argument; /* of each operation */
    /* The addresses at which other hosts may reach this one, the likeliest first; returns how many. */
    size_t (*addresses)(void *argument, rpi_address *list, size_t size);
    /* A socket that accepts connections at all addresses of this host, at a port that is free. */
    int (*listen)(void *argument, uint16_t *port);
    int (*accept)(void *argument, int listener);
    /* Begins to connect. Poll says POLLOUT once that is decided, and sending fails if it came to nothing. */
    int (*connect)(void *argument, const rpi_address *to, uint16_t port);
    ssize_t (*send)(void *argument, int socket, const void *bytes, size_t size);
    ssize_t (*receive)(void *argument, int socket, void *bytes, size_t size);
    void (*poll)(void *argument, struct pollfd *sockets, size_t n); /* at once; sets all revents */
    void (*close)(void *argument, int socket);
} rpi_sockets;

/* Those of the system. */
extern const rpi_sockets rpi_sockets_system;

#endif
