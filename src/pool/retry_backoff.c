/* retry_backoff.c: see retry_backoff.h. */
#include "pool/retry_backoff.h"

#include <math.h>

rpi_retry_fate rpi_retry_fate_of(const rpi_work *work, uint64_t item)
{
    if (rpi_work_stopped(work, item)) return RPI_RETRY_DROPPED;
    return atomic_load(&work->draining) ? RPI_RETRY_STANDS : RPI_RETRY_GOES_ON;
}

/* From the last level on all waits have the same length. Only a tiny first wait hasn't grown to the longest wait by then. */
static unsigned level_of(unsigned n_tries) { return n_tries < RPI_BACKOFF_LEVELS ? n_tries - 1 : RPI_BACKOFF_LEVELS - 1; }

uint64_t rpi_retry_backoff_ns(double first_s, unsigned n_tries)
{
    double backoff_s = ldexp(first_s, (int)level_of(n_tries));
    return (uint64_t)((backoff_s < RPI_LONGEST_BACKOFF_S ? backoff_s : RPI_LONGEST_BACKOFF_S) * 1e9);
}

void rpi_retry_queue_init(rpi_retry_queue *queue, double first_s)
{
    queue->first_s = first_s;
    for (int k = 0; k < RPI_BACKOFF_LEVELS; k++) rpi_list_init(&queue->levels[k]);
}

void rpi_retry_queue_add(rpi_retry_queue *queue, rpi_retry *retry, uint64_t now_ns)
{
    unsigned level = level_of(retry->n_tries);
    retry->due_ns = now_ns + rpi_retry_backoff_ns(queue->first_s, retry->n_tries);
    rpi_list_add_last(&queue->levels[level], &retry->link);
}

static rpi_retry *retry_at(rpi_list_link *link) { return RPI_ENTRY(link, rpi_retry, link); }
rpi_retry *rpi_retry_take_first(rpi_list *taken) { return retry_at(rpi_list_take_first(taken)); }

static bool is_over(const rpi_retry *retry, uint64_t now_ns, bool cut_short)
{
    if (retry->due_ns <= now_ns) return true;
    return cut_short && rpi_retry_fate_of(retry->origin->work, retry->failure->facts.item) != RPI_RETRY_GOES_ON;
}

void rpi_retry_queue_take(rpi_retry_queue *queue, uint64_t now_ns, bool cut_short, rpi_list *taken)
{
    for (int k = 0; k < RPI_BACKOFF_LEVELS; k++) {
        rpi_list *level = &queue->levels[k];
        for (rpi_list_link *at = rpi_list_first(level), *next; at; at = next) {
            next = rpi_list_next(level, at);
            if (!cut_short && retry_at(at)->due_ns > now_ns) break;
            if (!is_over(retry_at(at), now_ns, cut_short)) continue;
            rpi_list_remove(at);
            rpi_list_add_last(taken, at);
        }
    }
}

uint64_t rpi_retry_queue_next_ns(const rpi_retry_queue *queue)
{
    uint64_t next = UINT64_MAX;
    for (int k = 0; k < RPI_BACKOFF_LEVELS; k++) {
        const rpi_retry *first = retry_at(rpi_list_first(&queue->levels[k]));
        if (first && first->due_ns < next) next = first->due_ns;
    }
    return next;
}
