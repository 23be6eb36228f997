/* team_work.h: what the threads of a team do: they wait for work, enter batches, and run them. */
#ifndef RPI_WORKER_TEAM_WORK_H
#define RPI_WORKER_TEAM_WORK_H

#include "worker/team_state.h"

/* What each thread calls. Returns when the team is stopped. */
void rpi_team_work(rpi_team *team, unsigned index);

/* Queues a batch. A worker calls its done function once all items that will run have run. For an empty batch the caller does so at once.
 * Urgent batches go before the others. */
void rpi_team_submit(rpi_team *team, rpi_batch *batch);

/* As rpi_team_submit, for a caller that waits for this batch anyway: runs items in its thread, as worker 0, when that one is free. Then it
 * blocks until the batch has ended, and calls done itself. */
void rpi_team_run(rpi_team *team, rpi_batch *batch);

/* Work has come for so many workers, or as many as there are: releases the mutex, which is held. Workers that spin see it; as many as lack
 * are woken. */
void rpi_team_unlock_and_ring(rpi_team *team, unsigned n_wanted);

#endif
