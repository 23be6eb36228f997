/* submission.c: see submission.h. */
#include "submission.h"

static void submission_done(rpi_batch *batch) { atomic_fetch_add(&((submission *)batch->owner)->n_done, 1); }

submission *submission_create(const rp_task *task, uint64_t n, rp_schedule kind, uint64_t chunk, unsigned n_workers)
{
    submission *made = calloc(1, sizeof *made);
    rp_columns items = RP_COLUMNS(RP_RANGE(0, 1));
    made->results = calloc(n + 1, sizeof *made->results);
    made->batch = rpi_batch_create();
    if (rpi_work_init(&made->work, task, (rp_columns){0, NULL}, items, NULL) != RP_OK) abort();
    made->work.on_error = RP_ON_ERROR_STOP;
    rpi_batch_reset(made->batch, &made->work, 0, n);
    made->batch->results = (char *)made->results;
    made->batch->schedule = (rpi_schedule){kind, n, chunk, n_workers, 20e-6, 0};
    made->batch->done = submission_done;
    made->batch->owner = made;
    return made;
}

void submission_destroy(submission *made)
{
    rpi_batch_destroy(made->batch);
    rpi_work_fini(&made->work);
    free(made->results);
    free(made);
}

bool submission_is_right(const submission *made)
{
    bool right = atomic_load(&made->n_done) == 1 && atomic_load(&made->work.n_finished) == made->batch->count;
    for (uint64_t i = 0; i < made->batch->count; i++) right = right && made->results[i] == (int64_t)i + 1;
    return right;
}
