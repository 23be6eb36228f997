/* log_writer.c: see log_writer.h. */
#include "pool/log_writer.h"

#include "base/clock.h"
#include "base/line_buffer.h"
#include "base/thread.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { MOST_BYTES = 1 << 20 };

static const double flush_s = 1;

struct rpi_log_writer {
    rpi_line_buffer lines;
    _Atomic(rpi_display *) display; /* NULL: none */
    atomic_bool busy;               /* lines are there, or are being written; changed under the mutex */
    pthread_mutex_t mutex;          /* guards what follows; the lines' own is taken after it */
    pthread_cond_t changed;
    pthread_t thread;
    bool has_started, stopping;
};

rpi_log_writer *rpi_log_writer_create(void)
{
    rpi_log_writer *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    rpi_line_buffer_init(&self->lines, MOST_BYTES);
    pthread_mutex_init(&self->mutex, NULL);
    rpi_cond_init(&self->changed);
    return self;
}

void rpi_log_writer_show_with(rpi_log_writer *self, rpi_display *display) { atomic_store(&self->display, display); }

/* ---- the thread ---- */

/* Lines may have come from another process. What they may not have in them becomes a question mark. */
static void clean(char *lines, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)lines[i];
        if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f) lines[i] = '?';
    }
}

/* What was taken out of the buffer. */
typedef struct taken {
    char *lines; /* NULL: none */
    size_t size;
    uint64_t n_dropped;
} taken;

/* False: there was nothing. */
static bool take(rpi_log_writer *self, taken *out)
{
    out->lines = rpi_line_buffer_take(&self->lines, &out->size, &out->n_dropped);
    return out->lines || out->n_dropped > 0;
}

/* Writes what was taken, and frees it. */
static void write_taken(rpi_log_writer *self, taken *from)
{
    rpi_display *display = atomic_load(&self->display);
    char note[96];
    if (from->lines) {
        clean(from->lines, from->size);
        rpi_display_write(display, stderr, from->lines, from->size);
    }
    free(from->lines);
    if (from->n_dropped == 0) return;
    int size = snprintf(note, sizeof note, "%llu lines of rp_log were dropped, as there were too many at once\n",
                        (unsigned long long)from->n_dropped);
    rpi_display_write(display, stderr, note, (size_t)size);
}

static void *run(void *argument)
{
    rpi_log_writer *self = argument;
    pthread_mutex_lock(&self->mutex);
    for (;;) {
        taken some;
        if (take(self, &some)) {
            pthread_mutex_unlock(&self->mutex);
            write_taken(self, &some);
            pthread_mutex_lock(&self->mutex);
            continue;
        }
        atomic_store(&self->busy, false);
        pthread_cond_broadcast(&self->changed);
        if (self->stopping) break;
        pthread_cond_wait(&self->changed, &self->mutex);
    }
    pthread_mutex_unlock(&self->mutex);
    return NULL;
}

/* Without a thread, lines wait for the next try. */
static void wake(rpi_log_writer *self)
{
    pthread_mutex_lock(&self->mutex);
    if (!self->has_started) self->has_started = rpi_thread_create(&self->thread, 0, run, self) == 0;
    atomic_store(&self->busy, self->has_started);
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->mutex);
}

/* ---- what others do ---- */

void rpi_log_writer_put(void *writer, const char *lines, size_t size, uint64_t n_dropped)
{
    rpi_log_writer *self = writer;
    bool was_empty = rpi_line_buffer_put(&self->lines, lines, size, n_dropped);
    if (was_empty || !atomic_load(&self->busy)) wake(self);
}

void rpi_log_writer_flush(rpi_log_writer *self)
{
    if (!atomic_load(&self->busy)) return;
    uint64_t deadline = rpi_deadline_ns(flush_s);
    pthread_mutex_lock(&self->mutex);
    while (atomic_load(&self->busy) && rpi_cond_wait_until(&self->changed, &self->mutex, deadline)) {}
    pthread_mutex_unlock(&self->mutex);
}

void rpi_log_writer_destroy(rpi_log_writer *self)
{
    if (!self) return;
    pthread_mutex_lock(&self->mutex);
    bool has_started = self->has_started;
    self->stopping = true;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    if (has_started) pthread_join(self->thread, NULL);
    for (taken some; take(self, &some);) write_taken(self, &some); /* there was no thread for it */
    rpi_line_buffer_fini(&self->lines);
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}
