/* registry.h: what the library asks of the table of tasks, folds and initializers. */
#ifndef RPI_TASK_REGISTRY_H
#define RPI_TASK_REGISTRY_H

#include <rankpool/fold.h>
#include <rankpool/pool.h>

/* Whether a task can be run: its name, its kernel, the number of its arguments, their types and sizes. RP_OK, RP_USAGE. */
rp_status rpi_task_check(const rp_task *task, rp_error *error);

/* A name under which two different tasks, folds or initializers were registered; NULL: none. */
const char *rpi_registry_clash(void);

size_t rpi_registry_n_tasks(void);
const rp_task *rpi_registry_task(size_t k);
size_t rpi_registry_n_folds(void); /* without the ready-made ones */
const rp_fold *rpi_registry_fold(size_t k);
size_t rpi_registry_n_initializers(void);
const rp_initializer *rpi_registry_initializer(size_t k);

#endif
