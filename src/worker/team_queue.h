/* team_queue.h: the queue of batches that a team's workers enter, and how workers are told of them. */
#ifndef RPI_WORKER_TEAM_QUEUE_H
#define RPI_WORKER_TEAM_QUEUE_H

#include "worker/team_state.h"

/* Queues a batch. A worker calls its done function once all items that will run have run. For an empty batch the caller does so at once.
 * Urgent batches go before the others. */
void rpi_team_submit(rpi_team *team, rpi_batch *batch);

/* Takes back the items of a batch from offset `from` on that no worker has claimed, and returns where the batch ends now: those from there
 * on will not run here. Nothing of static shares is taken back. When nothing is left of the batch and no worker is in it, it ends before
 * this returns. By the thread that submitted the batch, before it sees it done. */
uint64_t rpi_team_take_back(rpi_team *team, rpi_batch *batch, uint64_t from);

/* ---- for the files of the team ---- */

/* Adds a batch that was prepared; rpi_team_ring follows. With the mutex held. */
void rpi_team_add(rpi_team *team, rpi_batch *batch);

/* Takes a batch without grains out of the queue, if it is in it. True: the queue was the last to hold it. With the mutex held. */
bool rpi_team_let_go(rpi_team *team, rpi_batch *batch);

/* Whether a batch that is queued has a grain for that worker. With the mutex held. */
bool rpi_team_has_work_for(const rpi_team *team, unsigned worker);

/* Enters the first batch that has a grain for this worker, or returns NULL. `*finished`: a batch that is to be ended first, once the mutex,
 * which is held, is released; or NULL. */
rpi_batch *rpi_team_enter(rpi_team *team, unsigned worker, rpi_batch **finished);

/* For one that was entered. Ends the batch if nobody else holds it. Under no lock. */
void rpi_team_leave(rpi_batch *batch);

/* Work has come for so many workers: releases the mutex, which is held. Workers that spin see it; as many as lack are woken. */
void rpi_team_ring(rpi_team *team, unsigned n_needed);
/* The same for as many as the queue has work for, or, at the end, for all. */
void rpi_team_ring_all(rpi_team *team);

#endif
