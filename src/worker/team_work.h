/* team_work.h: what the threads of a team do: they wait for work, enter batches, and run them. */
#ifndef RPI_WORKER_TEAM_WORK_H
#define RPI_WORKER_TEAM_WORK_H

#include "worker/team_state.h"

/* What each thread calls. Returns when the team is stopped. */
void rpi_team_work(rpi_team *team, unsigned index);

/* Queues a batch. A worker calls its done function once all items that will run have run. For an empty batch the caller does so at once.
 * Urgent batches go before the others. */
void rpi_team_submit(rpi_team *team, rpi_batch *batch);

/* Takes back the items of a batch from offset `from` on that no worker has claimed, and returns where the batch ends now: those from there
 * on will not run here. Nothing of static shares is taken back. When nothing is left of the batch and no worker is in it, it ends before
 * this returns. By the thread that submitted the batch, before it sees it done. */
uint64_t rpi_team_take_back(rpi_team *team, rpi_batch *batch, uint64_t from);

/* As rpi_team_submit, for a caller that waits for this batch anyway: runs items in its thread, as worker 0, when that one is free. Then it
 * blocks until the batch has ended, and calls done itself. */
void rpi_team_run(rpi_team *team, rpi_batch *batch);

/*
 * For a client's thread that waits for `batch`, which it submits elsewhere: the place of worker 0, until rpi_team_give_back. It then looks
 * for work with rpi_team_enter_borrowed as often as a worker that spins, or as soon as it has run one. False: the worker isn't free, or
 * can't be lent for this batch.
 */
bool rpi_team_borrow(rpi_team *team, const rpi_batch *batch);
/* Enters a batch of that work, to be run next; `*entered` is NULL when there is none now. False: batches of others are queued, and the
 * place was given back to the worker's own thread. */
bool rpi_team_enter_borrowed(rpi_team *team, const rpi_work *work, rpi_batch **entered);
void rpi_team_run_borrowed(rpi_team *team, rpi_batch *batch);
void rpi_team_give_back(rpi_team *team);

/* How long those who wait for the team may spin. */
uint64_t rpi_team_spin_ns(const rpi_team *team);

/* Work has come, or the end: releases the mutex, which is held. Workers that spin see it; as many as lack are woken. */
void rpi_team_unlock_and_ring(rpi_team *team);

#endif
