/* bundle.c: see bundle.h. The data of the message that holds others is their headers and data, one after another, each aligned. */
#include "cluster/bundle.h"

#include <string.h>

enum { BUNDLE_KIND = 1 << 16, ALIGNMENT = _Alignof(rpi_header) }; /* no kind of message */

static size_t size_in_bundle(uint64_t data_size)
{
    return (sizeof(rpi_header) + (size_t)data_size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

bool rpi_bundle_add(rpi_bundle *self, rpi_message *message)
{
    if (message->outside || message->header.size > RPI_BUNDLED_MOST - sizeof(rpi_header)) return false;
    size_t size = size_in_bundle(message->header.size);
    if (self->size + size > RPI_BUNDLE_MOST - sizeof(rpi_header)) return false;
    message->next = NULL;
    if (self->last) self->last->next = message;
    else self->first = message;
    self->last = message;
    self->size += size;
    self->n++;
    return true;
}

static void copy_all(const rpi_message *first, char *to)
{
    for (const rpi_message *message = first; message; message = message->next) {
        memcpy(to, &message->header, sizeof message->header + (size_t)message->header.size);
        to += size_in_bundle(message->header.size);
    }
}

rpi_message *rpi_bundle_take(rpi_bundle *self)
{
    rpi_message *made = self->first;
    if (self->n > 1) {
        made = rpi_message_create(RPI_HELLO, 0, self->size);
        if (!made) return NULL;
        made->header.kind = BUNDLE_KIND;
        copy_all(self->first, made->data);
        rpi_message_free_list(self->first);
    }
    *self = (rpi_bundle){0};
    return made;
}

void rpi_bundle_fini(rpi_bundle *self)
{
    rpi_message_free_list(self->first);
    *self = (rpi_bundle){0};
}

bool rpi_bundle_is_one(const rpi_message *message) { return message->header.kind == BUNDLE_KIND; }

rp_status rpi_bundle_next(const rpi_message *bundle, size_t *at, rpi_message **message)
{
    size_t left = (size_t)bundle->header.size - *at;
    rpi_header header;
    if (left == 0) return RP_END;
    if (left < sizeof header) return RP_SYSTEM;
    memcpy(&header, bundle->data + *at, sizeof header);
    if (header.size > left - sizeof header || header.kind == BUNDLE_KIND) return RP_SYSTEM;
    *message = rpi_message_create(RPI_HELLO, 0, (size_t)header.size);
    if (!*message) return RP_NO_MEMORY;
    memcpy(&(*message)->header, bundle->data + *at, sizeof header + (size_t)header.size);
    size_t size = size_in_bundle(header.size);
    *at += size < left ? size : left;
    return RP_OK;
}
