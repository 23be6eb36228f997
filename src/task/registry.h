/* registry.h: what the library asks of the table of tasks and initializers. */
#ifndef RPI_TASK_REGISTRY_H
#define RPI_TASK_REGISTRY_H

#include <rankpool/pool.h>

/* A name under which two different tasks or initializers were registered; NULL: none. */
const char *rpi_registry_clash(void);

size_t rpi_registry_n_tasks(void);
const rp_task *rpi_registry_task(size_t k);
size_t rpi_registry_n_initializers(void);
const rp_initializer *rpi_registry_initializer(size_t k);

#endif
