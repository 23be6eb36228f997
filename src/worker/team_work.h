/* team_work.h: what the threads of a team do: they wait for work, enter batches, and run them. */
#ifndef RPI_WORKER_TEAM_WORK_H
#define RPI_WORKER_TEAM_WORK_H

#include "worker/team_state.h"

/* What each thread calls. Returns when the team is stopped. */
void rpi_team_work(rpi_team *team, unsigned index);

/* For a worker that has many items at once (worker_overlap.h). `team` is a rpi_team. */
extern const rpi_worker_queue rpi_team_worker_queue;

#endif
