/* display.h: shows completed items, rate, time left and failures, in a thread of its own. It counts finished items, not submitted ones. */
#ifndef RPI_POOL_DISPLAY_H
#define RPI_POOL_DISPLAY_H

#include <rankpool/pool.h>

#include <stdbool.h>

typedef struct rpi_display rpi_display;

typedef struct rpi_display_sample {
    uint64_t completed, failed;
    uint64_t total; /* UINT64_MAX: not known */
    double elapsed_s;
    char name[64];
} rpi_display_sample;

/* Writes one line without a newline. A bar fills the rest of `width` columns; width 0: no bar. Always ends with a NUL. Pure. */
void rpi_display_format(const rpi_display_sample *sample, int width, char *line, size_t size);

/* Starts the display. Its thread calls `sample`, which returns false when nothing runs. RP_OK, RP_NO_MEMORY, RP_SYSTEM. */
rp_status rpi_display_create(FILE *stream, double interval_s, bool (*sample)(void *argument, rpi_display_sample *out), void *argument,
                             rpi_display **progress, rp_error *error);

/* A call is over: `last` is drawn as its last line. Doesn't block. */
void rpi_display_finish(rpi_display *progress, const rpi_display_sample *last);

/* Draws what is left, and ends the display. NULL does nothing. */
void rpi_display_destroy(rpi_display *progress);

#endif
