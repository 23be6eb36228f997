/* addresses.h: the addresses of this host that other hosts may reach, in the order in which they should be tried. */
#ifndef RPI_CLUSTER_ADDRESSES_H
#define RPI_CLUSTER_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An IPv6 address; an IPv4 address is mapped into it (RFC 4291, section 2.5.5.2). It is sent to other ranks as it is. */
typedef struct rpi_address {
    unsigned char bytes[16];
} rpi_address;

extern const rpi_address rpi_address_loopback;

bool rpi_address_is_4(const rpi_address *address);

/* An address and the network interface that has it. */
typedef struct rpi_interface_address {
    rpi_address address;
    char interface[32];
} rpi_interface_address;

/* Sorts n addresses. Those come first that the user has chosen for MPI: `chosen` has names of interfaces and networks such as 10.1.0.0/16,
 * with commas between them, as Open MPI's btl_tcp_if_include; NULL: no choice. The interface of the default route is next (NULL: there is
 * none), then all others. Within each group the order stays. Pure. */
void rpi_addresses_sort(rpi_interface_address *addresses, size_t n, const char *chosen, const char *default_interface);

/* Fills in up to `size` of the host's addresses, sorted. Left out are those of interfaces that are down, loopback and link-local ones.
 * Returns how many. */
size_t rpi_addresses_own(rpi_address *list, size_t size);

#endif
