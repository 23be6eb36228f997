/* addresses.c: see addresses.h. */
#include "cluster/addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CANDIDATES = 64, MAPPED = 12 }; /* MAPPED: bytes before the IPv4 address */

static const unsigned char mapped_prefix[MAPPED] = {[10] = 0xff, [11] = 0xff};

const rpi_address rpi_address_loopback = {{[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1}};

bool rpi_address_is_4(const rpi_address *address) { return memcmp(address->bytes, mapped_prefix, MAPPED) == 0; }

static void map_4(rpi_address *address, const void *bytes)
{
    memcpy(address->bytes, mapped_prefix, MAPPED);
    memcpy(address->bytes + MAPPED, bytes, sizeof address->bytes - MAPPED);
}

/* ---- the order ---- */

static bool has_prefix(const rpi_address *address, const rpi_address *network, int bits)
{
    int whole = bits / 8, rest = bits % 8;
    if (memcmp(address->bytes, network->bytes, (size_t)whole) != 0) return false;
    return rest == 0 || ((address->bytes[whole] ^ network->bytes[whole]) >> (8 - rest)) == 0;
}

/* The number of bits behind the slash; -1: it is none, or above `most`. */
static int read_bits(const char *text, int most)
{
    int bits = 0;
    if (!*text) return -1;
    for (; *text >= '0' && *text <= '9' && bits <= most; text++) bits = 10 * bits + *text - '0';
    return *text || bits > most ? -1 : bits;
}

/* Whether the text is a network, such as 10.1.0.0/16, that has the address. */
static bool is_in(const rpi_address *address, const char *text)
{
    char base[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    rpi_address network;
    size_t length = strcspn(text, "/");
    if (text[length] != '/' || length >= sizeof base) return false;
    memcpy(base, text, length);
    base[length] = '\0';
    bool is_4 = inet_pton(AF_INET, base, bytes) == 1;
    if (is_4) map_4(&network, bytes);
    else if (inet_pton(AF_INET6, base, network.bytes) != 1) return false;
    int bits = read_bits(text + length + 1, is_4 ? 32 : 128);
    return bits >= 0 && has_prefix(address, &network, bits + (is_4 ? 8 * MAPPED : 0));
}

static bool is_chosen(const rpi_interface_address *candidate, const char *chosen)
{
    char item[64];
    for (const char *at = chosen; at && *at; at += strcspn(at, ","), at += *at == ',') {
        size_t length = strcspn(at, ",");
        if (length >= sizeof item) continue;
        memcpy(item, at, length);
        item[length] = '\0';
        if (!strcmp(item, candidate->interface) || is_in(&candidate->address, item)) return true;
    }
    return false;
}

static int rank_of(const rpi_interface_address *candidate, const char *chosen, const char *default_interface)
{
    if (is_chosen(candidate, chosen)) return 0;
    return default_interface && !strcmp(candidate->interface, default_interface) ? 1 : 2;
}

void rpi_addresses_sort(rpi_interface_address *addresses, size_t n, const char *chosen, const char *default_interface)
{
    for (size_t i = 1; i < n; i++) {
        rpi_interface_address moved = addresses[i];
        int rank = rank_of(&moved, chosen, default_interface);
        size_t at = i;
        for (; at > 0 && rank_of(&addresses[at - 1], chosen, default_interface) > rank; at--) addresses[at] = addresses[at - 1];
        addresses[at] = moved;
    }
}

/* ---- this host's ---- */

static bool take_address(const struct ifaddrs *from, rpi_interface_address *candidate)
{
    unsigned wanted = IFF_UP | IFF_RUNNING;
    if (!from->ifa_addr || (from->ifa_flags & wanted) != wanted || from->ifa_flags & IFF_LOOPBACK) return false;
    snprintf(candidate->interface, sizeof candidate->interface, "%s", from->ifa_name);
    if (from->ifa_addr->sa_family == AF_INET) {
        map_4(&candidate->address, &((const struct sockaddr_in *)(const void *)from->ifa_addr)->sin_addr);
        return true;
    }
    if (from->ifa_addr->sa_family != AF_INET6) return false;
    const struct in6_addr *address = &((const struct sockaddr_in6 *)(const void *)from->ifa_addr)->sin6_addr;
    memcpy(candidate->address.bytes, address, sizeof candidate->address.bytes);
    return !IN6_IS_ADDR_LINKLOCAL(address);
}

static size_t find_candidates(rpi_interface_address *candidates)
{
    struct ifaddrs *all;
    size_t n = 0;
    if (getifaddrs(&all) != 0) return 0;
    for (const struct ifaddrs *at = all; at && n < MOST_CANDIDATES; at = at->ifa_next) n += take_address(at, &candidates[n]);
    freeifaddrs(all);
    return n;
}

/* False: there is no default route. */
static bool find_default_interface(char *name, size_t size)
{
    char line[256], interface[32];
    unsigned long destination;
    FILE *routes = fopen("/proc/net/route", "re");
    bool found = false;
    while (routes && !found && fgets(line, sizeof line, routes))
        found = sscanf(line, "%31s %lx", interface, &destination) == 2 && destination == 0;
    if (routes) fclose(routes);
    if (found) snprintf(name, size, "%s", interface);
    return found;
}

size_t rpi_addresses_own(rpi_address *list, size_t size)
{
    rpi_interface_address candidates[MOST_CANDIDATES];
    char default_interface[32];
    size_t n = find_candidates(candidates);
    bool has_default = find_default_interface(default_interface, sizeof default_interface);
    rpi_addresses_sort(candidates, n, getenv("OMPI_MCA_btl_tcp_if_include"), has_default ? default_interface : NULL);
    if (n > size) n = size;
    for (size_t i = 0; i < n; i++) list[i] = candidates[i].address;
    return n;
}
