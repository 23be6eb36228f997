/*
 * fake_sockets.h: sockets between hosts that are made up, behind the same operations as those of the system, in simulated time. Host k has
 * the address 10.0.0.k. What is sent arrives at once. While a host's cable is cut nothing arrives, and after 4 s of it a connection fails
 * with ETIMEDOUT at both ends.
 */
#ifndef FAKE_SOCKETS_H
#define FAKE_SOCKETS_H

#include "unit.h"

#include "cluster/sockets.h"

enum { FAKE_HOSTS = 8 };

typedef struct fake_cable fake_cable;

fake_cable *fake_cable_create(void);
/* Fails the test when a socket is left open. */
void fake_cable_destroy(fake_cable *cable);

/* The sockets of a host, owned by the cable. */
const rpi_sockets *fake_cable_sockets(fake_cable *cable, int host);

rpi_address fake_address(int host);
/* The addresses that the host believes to have; by default its own alone. */
void fake_cable_claim(fake_cable *cable, int host, const int *hosts, size_t n);

uint64_t fake_cable_now(const fake_cable *cable);
void fake_cable_pass(fake_cable *cable, double seconds);

void fake_cable_cut(fake_cable *cable, int host);
void fake_cable_join(fake_cable *cable, int host);

/* The host's process is gone: its sockets are closed, and the other ends see the end of the file. */
void fake_cable_kill(fake_cable *cable, int host);
/* All connections of the host are reset: the other ends fail with ECONNRESET. */
void fake_cable_reset(fake_cable *cable, int host);

/* From now on the host has no descriptor left, for that many attempts. */
void fake_cable_exhaust(fake_cable *cable, int host, int n_attempts);

/* How many sockets are open, and how many connections the host has begun. */
int fake_cable_n_open(const fake_cable *cable, int host);
int fake_cable_n_begun(const fake_cable *cable, int host);

#endif
