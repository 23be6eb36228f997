/* into.h: the array that results go to, checked against the task. */
#ifndef RPI_TASK_INTO_H
#define RPI_TASK_INTO_H

#include <rankpool/task.h>

/* Whether n results of the task can go there, as far as type, size and room are known. RP_OK; RP_USAGE, with a text that names both. */
rp_status rpi_into_check(const rp_into *into, const rp_task *task, uint64_t n, rp_error *error);

#endif
