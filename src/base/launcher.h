/* launcher.h: what the environment says of the launcher that started this process. Costs nothing: MPI isn't asked. */
#ifndef RPI_BASE_LAUNCHER_H
#define RPI_BASE_LAUNCHER_H

#include <stdbool.h>

/* Whether a launcher started this process as one of several ranks. */
bool rpi_launcher_has_ranks(void);

/* This process's rank; 0 when the environment doesn't say. */
int rpi_launcher_rank(void);

#endif
