/* coordinator_state.c: see coordinator_state.h. */
#include "cluster/coordinator_state.h"

static void give_to_link(rpi_coordinator *coordinator, int rank, rpi_message *message)
{
    uint64_t kind = message->header.kind;
    if (coordinator->link->ops->send(coordinator->link, rank, message, NULL) != RP_OK) coordinator->status = RP_LOST;
    rpi_bells_plan(coordinator->bells, rank, kind);
}

void rpi_coordinator_send(rpi_coordinator *coordinator, int rank, rpi_message *message)
{
    bool goes = coordinator->status == RP_OK || (message && message->header.kind == RPI_STOP); /* after a failure only STOP is sent */
    bool has_ended = coordinator->is_lost[rank] || coordinator->stop_sent;
    if (has_ended || (!goes && message)) rpi_message_free(message);
    else if (!message) coordinator->status = RP_NO_MEMORY;
    else give_to_link(coordinator, rank, message);
}

void rpi_coordinator_flush(rpi_coordinator *coordinator)
{
    if (coordinator->link && rpi_link_flush(coordinator->link, NULL) != RP_OK) coordinator->status = RP_LOST;
    rpi_bells_ring(coordinator->bells);
}
