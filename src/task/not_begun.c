/* not_begun.c: see not_begun.h. */
#include "task/not_begun.h"

enum { MOST_RECORDS = 4096 }; /* of one grain */

static bool record(rpi_batch *batch, uint64_t item)
{
    rpi_failure *failure = rpi_failure_create("", 0);
    if (!failure) return false;
    failure->facts = (rpi_failure_facts){.item = item, .cause = RP_CAUSE_NOT_BEGUN, .rank = -1, .worker = -1};
    rpi_batch_add_failure(batch, failure);
    return true;
}

void rpi_not_begun(rpi_batch *batch, uint64_t begin, uint64_t end)
{
    rpi_work *work = batch->work;
    if (!rpi_work_begins_none(work) || batch->attempt > 1) return;
    bool are_few = end - begin <= MOST_RECORDS && !batch->partials;
    for (uint64_t item = batch->first + begin; item < batch->first + end && !rpi_work_stopped(work, item); item++) {
        atomic_store(&work->drained, true);
        if (!are_few || !record(batch, item)) rpi_work_lower_cutoff(work, item);
    }
}

uint64_t rpi_not_begun_count(const rpi_failure *failure, uint64_t n)
{
    uint64_t found = 0;
    for (; failure && n > 0; failure = failure->next, n--)
        found += failure->facts.cause == RP_CAUSE_NOT_BEGUN || failure->facts.cause == RP_CAUSE_ENDED;
    return found;
}
