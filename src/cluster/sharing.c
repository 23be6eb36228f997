/* sharing.c: see sharing.h. */
#include "cluster/sharing.h"

#include "cluster/copies.h"

#include <stdlib.h>
#include <string.h>

/* ---- what members try ---- */

void rpi_sharing_offer(rpi_coordinator_pool *pool)
{
    rpi_open *open = &pool->open->header.open;
    rpi_region_name name;
    uint64_t offset;
    const char *wish = getenv("RANKPOOL_SHARED_MEMORY");
    if (pool->n_ranks < 2 || (wish && !strcmp(wish, "0"))) return;
    if (rpi_regions_make(1, NULL, true, &pool->offered, NULL) != RP_OK) return;
    if (rpi_regions_name(pool->offered, 1, &name, &offset)) open->region = name;
}

void rpi_sharing_end_offer(rpi_coordinator_pool *pool)
{
    rpi_regions_free(pool->offered);
    pool->offered = NULL;
}

/* ---- what they were told ---- */

static bool knows(const rpi_sharing *sharing, const uint64_t *token)
{
    for (size_t i = sharing->n; i-- > 0;)
        if (memcmp(sharing->named[i].token, token, sizeof sharing->named[i].token) == 0) return true;
    return false;
}

/* False: no memory. */
static bool note(rpi_sharing *sharing, const uint64_t *token)
{
    if (knows(sharing, token)) return true;
    if (sharing->n == sharing->room) {
        size_t room = sharing->room ? 2 * sharing->room : 16;
        rpi_named_region *grown = realloc(sharing->named, room * sizeof *grown);
        if (!grown) return false;
        sharing->named = grown;
        sharing->room = room;
    }
    memcpy(sharing->named[sharing->n++].token, token, sizeof sharing->named[0].token);
    return true;
}

static bool name_for_member(const void *argument, const void *address, size_t size, rpi_region_name *name, uint64_t *offset)
{
    const rpi_member_port *port = argument;
    if (!rpi_regions_name(address, size, name, offset)) return false;
    if (!port->attaches) return rpi_copies_name(port, name->token, name);
    return note(&port->pool->coordinator->sharing, name->token);
}

const rpi_namer *rpi_sharing_namer(rpi_member_port *port, rpi_namer *namer)
{
    *namer = (rpi_namer){name_for_member, port};
    return port->attaches || !rpi_list_is_empty(&port->pool->coordinator->copies) ? namer : NULL;
}

/* ---- what is gone ---- */

static void tell_gone(rpi_coordinator *coordinator, const rpi_named_region *region)
{
    for (int rank = 1; rank < coordinator->n_ranks; rank++) {
        rpi_message *detach = rpi_message_create(RPI_DETACH, 0, 0);
        if (detach) detach->header.detach = (rpi_detach){region->token[0], region->token[1]};
        rpi_coordinator_send(coordinator, rank, detach);
    }
}

bool rpi_sharing_step(rpi_coordinator *coordinator)
{
    rpi_sharing *sharing = &coordinator->sharing;
    uint64_t n_gone = rpi_regions_n_gone();
    if (n_gone == sharing->n_gone) return false;
    sharing->n_gone = n_gone;
    size_t n_before = sharing->n;
    for (size_t i = sharing->n; i-- > 0;) {
        if (rpi_regions_has(sharing->named[i].token)) continue;
        tell_gone(coordinator, &sharing->named[i]);
        sharing->named[i] = sharing->named[--sharing->n];
    }
    return rpi_copies_end_gone(coordinator) || sharing->n < n_before;
}

void rpi_sharing_fini(rpi_coordinator *coordinator)
{
    rpi_copies_end_all(coordinator);
    free(coordinator->sharing.named);
}
