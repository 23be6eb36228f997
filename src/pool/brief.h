/*
 * brief.h: which calls are likely to be over before another worker could begin with them. To tell one costs a microsecond, a rank more; a
 * step of a time loop may take less in all. A task's calls are expected to be brief when the last ones were. The client then begins alone,
 * and tells others if it turns out otherwise (start.c): they lose an item's time. What was won pays for it: else nothing is expected.
 *
 *     a call of the task took     in a row     credit
 *     less than most_s            + 1          + most_s, at most 1 ms
 *     more, and was expected to   0            - what it took; 1 s more where others had to be given its rest (head_start.h)
 *     more                        0            unchanged
 *
 *     expected to be brief: 4 in a row or more, and the credit isn't negative
 *
 * It is a guess: threads may overwrite what others note.
 */
#ifndef RPI_POOL_BRIEF_H
#define RPI_POOL_BRIEF_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { RPI_BRIEF_TASKS = 8 }; /* that are kept apart; others take the place of one of these */

typedef struct rpi_brief_task {
    _Atomic(const void *) task;
    _Atomic double item_s; /* an item of its last call */
    _Atomic double credit_s;
    atomic_uint n_in_row;
} rpi_brief_task;

typedef struct rpi_brief {
    rpi_brief_task tasks[RPI_BRIEF_TASKS];
    double most_s; /* what a brief call takes at most; 0: none is brief */
} rpi_brief;

void rpi_brief_init(rpi_brief *self, double most_s);

/* Whether a call of so many items is expected to be brief. Any thread, as the next. */
bool rpi_brief_expects(const rpi_brief *self, const void *task, uint64_t n_items);

/* A call of so many items has ended, which took item_s each; 0: not known. */
void rpi_brief_learn(rpi_brief *self, const void *task, uint64_t n_items, double item_s);

/* A call of the task that was expected to be brief stood still, until others had its rest: its items may wait for each other. */
void rpi_brief_stood_still(rpi_brief *self, const void *task);

#endif
