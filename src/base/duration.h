/* duration.h: a length of time as text: seconds, or as Slurm writes it. */
#ifndef RPI_BASE_DURATION_H
#define RPI_BASE_DURATION_H

#include <stdbool.h>

/* Reads seconds ("90", "0.5"), or MM:SS, HH:MM:SS, D-HH, D-HH:MM, D-HH:MM:SS; minutes and seconds behind a larger unit are below 60, hours
 * behind days below 24. False: it is none of these, and `*seconds` is unchanged. */
bool rpi_duration_read(const char *text, double *seconds);

#endif
