/* delivered.h: a message as the other side gets it. */
#ifndef DELIVERED_H
#define DELIVERED_H

#include "cluster/message.h"
#include "unit.h"

/* A copy of its own, cut off after `size` bytes. */
static inline rpi_message *deliver(const rpi_message *message, size_t size)
{
    rpi_message *copy = rpi_message_create((rpi_message_kind)message->header.kind, message->header.pool, size);
    assert_non_null(copy);
    copy->header = message->header;
    copy->header.size = size;
    memcpy(copy->data, message->data, size);
    return copy;
}

#endif
