/* child_log.c: see child_log.h. */
#include "isolate/child_log.h"

#include "isolate/answer.h"

#include <stdio.h>
#include <string.h>
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
static void put(void *argument, const char *lines, size_t size)
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
        atomic_fetch_add(&log->n_dropped, 1);
    }
    rpi_event_signal(mailbox->for_worker);
}

rpi_log_sink rpi_child_log_sink(rpi_mailbox *mailbox) { return (rpi_log_sink){put, mailbox}; }

static void tell_dropped(uint64_t n, const rpi_log_sink *sink)
{
    char line[96];
    int size =
        snprintf(line, sizeof line, "%llu lines of a child process were dropped, as there were too many at once\n", (unsigned long long)n);
    if (sink && sink->put) sink->put(sink->argument, line, (size_t)size);
}

/* Counters that say more than there can be were written over. */
void rpi_child_log_take(rpi_mailbox *mailbox, rpi_child_log_seen *seen, const rpi_log_sink *sink)
{
    rpi_child_log *log = &mailbox->answers->log;
    uint64_t written = atomic_load(&log->written), dropped = atomic_load(&log->n_dropped), n = written - seen->taken;
    if (n > 0 && n <= RPI_CHILD_LOG_BYTES) {
        char ring[RPI_CHILD_LOG_BYTES], lines[RPI_CHILD_LOG_BYTES];
        rpi_copy_out(ring, log->bytes, sizeof ring);
        for (uint64_t i = 0; i < n; i++) lines[i] = ring[(seen->taken + i) % RPI_CHILD_LOG_BYTES];
        lines[n - 1] = '\n';
        if (sink && sink->put) sink->put(sink->argument, lines, n);
    }
    if (dropped > seen->n_dropped) tell_dropped(dropped - seen->n_dropped, sink);
    if (n == 0 && dropped == seen->n_dropped) return;
    *seen = (rpi_child_log_seen){written, dropped};
    atomic_store(&mailbox->orders->log_taken, written);
}
