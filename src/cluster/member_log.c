/* member_log.c: see member_log.h. */
#include "cluster/member_log.h"

#include <stdlib.h>
#include <string.h>

/* The first line wakes the progress thread: the item that says it may run for hours. */
static void put(void *argument, const char *lines, size_t size, uint64_t n_dropped)
{
    member_pool *pool = argument;
    member *self = pool->member;
    if (!rpi_line_buffer_put(&pool->log, lines, size, n_dropped)) return;
    atomic_store(&self->has_log, true);
    pthread_mutex_lock(&self->progress_thread.mutex);
    rpi_progress_thread_wake(&self->progress_thread);
    pthread_mutex_unlock(&self->progress_thread.mutex);
}

rpi_log_sink rpi_member_log_sink(member_pool *pool) { return (rpi_log_sink){put, pool}; }

/* Without memory for the message the lines are dropped. */
static void send_log_of(member *self, member_pool *pool)
{
    size_t size;
    uint64_t n_dropped;
    char *lines = rpi_line_buffer_take(&pool->log, &size, &n_dropped);
    if (!lines && n_dropped == 0) return;
    rpi_message *message = rpi_message_create(RPI_LOGGED, pool->id, size);
    if (message && lines) memcpy(message->data, lines, size);
    if (message) message->header.logged.n_dropped = n_dropped;
    free(lines);
    if (message) rpi_member_reply(self, message);
}

bool rpi_member_send_log(member *self)
{
    if (!atomic_load(&self->has_log)) return false;
    atomic_store(&self->has_log, false);
    RPI_LIST_EACH(at, &self->pools) send_log_of(self, RPI_ENTRY(at, member_pool, link));
    return true;
}
