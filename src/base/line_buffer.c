/* line_buffer.c: see line_buffer.h. */
#include "base/line_buffer.h"

#include <stdlib.h>
#include <string.h>

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
    if (!self->bytes) self->bytes = malloc(self->most);
    return self->bytes && self->n_full == 0 && size <= self->most - self->size;
}

bool rpi_line_buffer_put(rpi_line_buffer *self, const char *lines, size_t size, uint64_t n_dropped)
{
    pthread_mutex_lock(&self->mutex);
    bool was_empty = self->size == 0 && self->n_full == 0 && self->n_other == 0;
    self->n_other += n_dropped;
    if (fits(self, size)) {
        if (size > 0) memcpy(self->bytes + self->size, lines, size);
        self->size += size;
    } else {
        self->n_full += count_lines(lines, size);
    }
    pthread_mutex_unlock(&self->mutex);
    return was_empty;
}

char *rpi_line_buffer_take(rpi_line_buffer *self, size_t *size, uint64_t *n_dropped)
{
    pthread_mutex_lock(&self->mutex);
    char *lines = self->size > 0 ? self->bytes : NULL;
    *size = self->size;
    *n_dropped = self->n_full + self->n_other;
    if (lines) self->bytes = NULL;
    self->size = 0;
    self->n_full = self->n_other = 0;
    pthread_mutex_unlock(&self->mutex);
    return lines;
}
