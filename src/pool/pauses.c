/* pauses.c: see pauses.h. */
#include "pool/pauses.h"

#include <math.h>

rpi_retry_fate rpi_retry_fate_of(const rpi_work *work, uint64_t item)
{
    if (rpi_work_stopped(work, item)) return RPI_RETRY_DROPPED;
    return atomic_load(&work->draining) ? RPI_RETRY_STANDS : RPI_RETRY_GOES_ON;
}

/* From the last level on pauses are of one length, whatever the first was: so short a first one never doubles to anything. */
static unsigned level_of(unsigned n_tries) { return n_tries < RPI_PAUSE_LEVELS ? n_tries - 1 : RPI_PAUSE_LEVELS - 1; }

uint64_t rpi_pause_ns(double first_s, unsigned n_tries)
{
    double pause_s = ldexp(first_s, (int)level_of(n_tries));
    return (uint64_t)((pause_s < RPI_LONGEST_PAUSE_S ? pause_s : RPI_LONGEST_PAUSE_S) * 1e9);
}

void rpi_pauses_init(rpi_pauses *pauses, double first_s)
{
    pauses->first_s = first_s;
    for (int k = 0; k < RPI_PAUSE_LEVELS; k++) {
        pauses->levels[k].head = NULL;
        pauses->levels[k].tail = &pauses->levels[k].head;
    }
}

void rpi_pauses_add(rpi_pauses *pauses, rpi_retry *retry, uint64_t now_ns)
{
    unsigned level = level_of(retry->n_tries);
    retry->due_ns = now_ns + rpi_pause_ns(pauses->first_s, retry->n_tries);
    retry->next = NULL;
    *pauses->levels[level].tail = retry;
    pauses->levels[level].tail = &retry->next;
}

static bool is_over(const rpi_retry *retry, uint64_t now_ns, bool cut_short)
{
    if (retry->due_ns <= now_ns) return true;
    return cut_short && rpi_retry_fate_of(retry->origin->work, retry->failure->facts.item) != RPI_RETRY_GOES_ON;
}

rpi_retry *rpi_pauses_take(rpi_pauses *pauses, uint64_t now_ns, bool cut_short)
{
    rpi_retry *taken = NULL, **end = &taken;
    for (int k = 0; k < RPI_PAUSE_LEVELS; k++) {
        rpi_retry **link = &pauses->levels[k].head;
        while (*link && (cut_short || (*link)->due_ns <= now_ns)) {
            rpi_retry *retry = *link;
            if (!is_over(retry, now_ns, cut_short)) {
                link = &retry->next;
                continue;
            }
            *link = retry->next;
            if (pauses->levels[k].tail == &retry->next) pauses->levels[k].tail = link;
            retry->next = NULL;
            *end = retry;
            end = &retry->next;
        }
    }
    return taken;
}

uint64_t rpi_pauses_next_ns(const rpi_pauses *pauses)
{
    uint64_t next = UINT64_MAX;
    for (int k = 0; k < RPI_PAUSE_LEVELS; k++)
        if (pauses->levels[k].head && pauses->levels[k].head->due_ns < next) next = pauses->levels[k].head->due_ns;
    return next;
}
