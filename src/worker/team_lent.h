/* team_lent.h: the first worker of a team, lent to a client's thread that waits (team_state.h). */
#ifndef RPI_WORKER_TEAM_LENT_H
#define RPI_WORKER_TEAM_LENT_H

#include "worker/team_state.h"

/* As rpi_team_submit, for a caller that waits for this batch anyway: runs items in its thread, as worker 0, when that one is free. Then it
 * blocks until the batch has ended, and calls done itself. */
void rpi_team_run(rpi_team *team, rpi_batch *batch);

/* For a batch that is likely to be over before another worker could begin: runs its items in the client's thread, as worker 0, and tells
 * nobody of it. It stops after some most_ns, once the time of each grain is measured. True: all have run, and the caller calls done. False:
 * the worker isn't free, or items are left; the caller then runs the batch with others. */
bool rpi_team_run_first(rpi_team *team, rpi_batch *batch, uint64_t most_ns);

/*
 * For a client's thread that waits for `batch`, which it submits elsewhere: the place of worker 0, until rpi_team_give_back. It then looks
 * for work with rpi_team_enter_borrowed at first, when something is queued behind what it has run, and whenever rpi_team_n_rung has
 * changed; it reads that before it looks. False: the worker isn't free, or can't be lent for this batch.
 */
bool rpi_team_borrow(rpi_team *team, const rpi_batch *batch);
/* Enters a batch of that work, to be run next; `*entered` is NULL when there is none now. False: batches of others are queued, and the
 * place was given back to the worker's own thread. */
bool rpi_team_enter_borrowed(rpi_team *team, const rpi_work *work, rpi_batch **entered);
/* Runs it, and leaves it. Returns whether something is queued. */
bool rpi_team_run_borrowed(rpi_team *team, rpi_batch *batch);
void rpi_team_give_back(rpi_team *team);

/* How often work has come for the team. */
static inline unsigned rpi_team_n_rung(const rpi_team *team) { return atomic_load_explicit(&team->n_rung, memory_order_acquire); }

/* How long those who wait for the team may spin. */
uint64_t rpi_team_spin_ns(const rpi_team *team);

#endif
