/*
 * take_back.h: a runner takes back what became of its requests: results, failures, and, when its sandbox is lost, what it left.
 *
 * Which item fails when a sandbox is lost, and which run again:
 *
 *     it says which item ran                      that item fails; items before it that are damaged, and those after it, run again
 *     an item alone was out                       that item fails
 *     otherwise                                   none fails; from the first damaged item on, all run again
 *
 * Items that run again after damage go out one by one. So an item that damages what it shares meets nobody but itself: at most that one is
 * lost.
 */
#ifndef RPI_ISOLATE_TAKE_BACK_H
#define RPI_ISOLATE_TAKE_BACK_H

#include "isolate/runner_state.h"

/* Fails the grain's items, as no sandbox can run them. */
void rpi_take_back_failing(rpi_runner *runner, rpi_grain what, const rp_error *error);

/* Takes the head request, which is done. False: it is damaged; the caller then buries the sandbox. */
bool rpi_take_back_done(rpi_runner *runner);

/* After what the wait for the head request told: takes what there is, fails the item that is to blame, and keeps the rest to be run again.
 * The sandbox is gone then, but for a thread whose request was done in the last moment. */
void rpi_take_back_lost(rpi_runner *runner, rpi_sandbox_event event, uint64_t late_item);

/* Takes what is done after the head request was found damaged. The sandbox is gone then. */
void rpi_take_back_damaged(rpi_runner *runner);

#endif
