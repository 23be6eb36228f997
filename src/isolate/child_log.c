/* child_log.c: see child_log.h. */
#include "isolate/child_log.h"

#include "isolate/answer.h"

#include <time.h>

enum { MOST_WAITS = 100 };

static const struct timespec moment = {0, 100000};

static bool has_room(const rpi_mailbox *mailbox, uint64_t written, size_t size)
{
    uint64_t used = written - atomic_load(&mailbox->orders->log_taken);
    return used <= RPI_CHILD_LOG_BYTES && size <= RPI_CHILD_LOG_BYTES - used;
}

static void copy_in(rpi_child_log *log, uint64_t at, const char *lines, size_t size)
{
    for (size_t i = 0; i < size; i++) log->bytes[(at + i) % RPI_CHILD_LOG_BYTES] = lines[i];
}

/* The worker sleeps while its sandbox runs items, so it is quick to make room. */
static void put(void *argument, const char *lines, size_t size, uint64_t n_dropped)
{
    rpi_mailbox *mailbox = argument;
    rpi_child_log *log = &mailbox->answers->log;
    uint64_t written = atomic_load_explicit(&log->written, memory_order_relaxed);
    for (int k = 0; k < MOST_WAITS && !has_room(mailbox, written, size); k++) {
        rpi_event_signal(mailbox->for_worker);
        (void)nanosleep(&moment, NULL);
    }
    if (has_room(mailbox, written, size)) {
        copy_in(log, written, lines, size);
        atomic_store(&log->written, written + size);
    } else {
        n_dropped++;
    }
    if (n_dropped > 0) atomic_fetch_add(&log->n_dropped, n_dropped);
    rpi_event_signal(mailbox->for_worker);
}

rpi_log_sink rpi_child_log_sink(rpi_mailbox *mailbox) { return (rpi_log_sink){put, mailbox}; }

/* Counters that say more than there can be were written over. */
void rpi_child_log_take(rpi_mailbox *mailbox, rpi_child_log_seen *seen, const rpi_log_sink *sink)
{
    rpi_child_log *log = &mailbox->answers->log;
    uint64_t written = atomic_load(&log->written), n_dropped = atomic_load(&log->n_dropped), n = written - seen->taken;
    if (n == 0 && n_dropped == seen->n_dropped) return;
    char ring[RPI_CHILD_LOG_BYTES], lines[RPI_CHILD_LOG_BYTES];
    bool is_sound = n <= RPI_CHILD_LOG_BYTES;
    if (is_sound) rpi_copy_out(ring, log->bytes, sizeof ring);
    for (uint64_t i = 0; i < n && is_sound; i++) lines[i] = ring[(seen->taken + i) % RPI_CHILD_LOG_BYTES];
    if (is_sound && n > 0) lines[n - 1] = '\n';
    if (sink && sink->put) sink->put(sink->argument, lines, is_sound ? (size_t)n : 0, n_dropped - seen->n_dropped);
    *seen = (rpi_child_log_seen){written, n_dropped};
    atomic_store(&mailbox->orders->log_taken, written);
}
