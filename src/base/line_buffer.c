/* line_buffer.c: see line_buffer.h. */
#include "base/line_buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_FOR_NOTE = 160 };

void rpi_line_buffer_init(rpi_line_buffer *self, size_t most)
{
    *self = (rpi_line_buffer){.most = most};
    pthread_mutex_init(&self->mutex, NULL);
}

void rpi_line_buffer_fini(rpi_line_buffer *self)
{
    free(self->bytes);
    pthread_mutex_destroy(&self->mutex);
}

static uint64_t count_lines(const char *lines, size_t size)
{
    uint64_t n = 0;
    for (size_t i = 0; i < size; i++) n += lines[i] == '\n';
    return n;
}

/* With the mutex held. */
static bool fits(rpi_line_buffer *self, size_t size)
{
    if (!self->bytes) self->bytes = malloc(self->most + ROOM_FOR_NOTE);
    return self->bytes && self->n_dropped == 0 && size <= self->most - self->size;
}

bool rpi_line_buffer_put(rpi_line_buffer *self, const char *lines, size_t size)
{
    pthread_mutex_lock(&self->mutex);
    bool was_empty = self->size == 0 && self->n_dropped == 0;
    if (fits(self, size)) {
        memcpy(self->bytes + self->size, lines, size);
        self->size += size;
    } else {
        self->n_dropped += count_lines(lines, size);
    }
    pthread_mutex_unlock(&self->mutex);
    return was_empty;
}

void rpi_line_buffer_count_dropped(rpi_line_buffer *self, uint64_t n)
{
    pthread_mutex_lock(&self->mutex);
    self->n_dropped += n;
    pthread_mutex_unlock(&self->mutex);
}

char *rpi_line_buffer_take(rpi_line_buffer *self, const char *who, size_t *size)
{
    pthread_mutex_lock(&self->mutex);
    char *bytes = self->bytes;
    size_t used = self->size;
    if (self->n_dropped > 0 && bytes)
        used += (size_t)snprintf(bytes + used, ROOM_FOR_NOTE, "%.80s: %llu lines were dropped here, as there were too many at once\n", who,
                                 (unsigned long long)self->n_dropped);
    if (bytes && used > 0) {
        self->bytes = NULL;
        self->size = 0;
        self->n_dropped = 0;
    }
    pthread_mutex_unlock(&self->mutex);
    *size = used;
    return used > 0 ? bytes : NULL;
}
