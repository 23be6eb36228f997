/*
 * running.h: what a running task may call (rankpool/task.h): how it fails, what it emits, and what it asks about its item and where it
 * runs. All use the context of their thread.
 */
#ifndef RPI_TASK_RUNNING_H
#define RPI_TASK_RUNNING_H

#include <rankpool/error.h>

/* The cause that a task may give, or RP_CAUSE_TASK in place of any other. */
rp_cause rpi_running_cause(rp_cause cause);

#endif
