/* progress.h: the display of completions, rate, time left and failures, drawn by a thread of its own. Counts what is finished, not what was
 * submitted. */
#ifndef RPI_POOL_PROGRESS_H
#define RPI_POOL_PROGRESS_H

#include <rankpool/pool.h>

#include <stdbool.h>

typedef struct rpi_progress rpi_progress;

typedef struct rpi_progress_sample {
    uint64_t completed, failed;
    uint64_t total; /* UINT64_MAX: not known */
    double elapsed_s;
    char name[64];
} rpi_progress_sample;

/* Writes one line without a newline: with a bar of the rest of `width` columns, or, width 0, without. Always ends with a NUL. Pure. */
void rpi_progress_format(const rpi_progress_sample *sample, int width, char *line, size_t size);

/* Starts the display. `sample` is called from its thread; false: nothing runs. RP_OK, RP_NO_MEMORY, RP_SYSTEM. */
rp_status rpi_progress_create(FILE *stream, double interval_s, bool (*sample)(void *argument, rpi_progress_sample *out), void *argument,
                              rpi_progress **progress, rp_error *error);

/* A call is over: its last line. Doesn't block. */
void rpi_progress_finish(rpi_progress *progress, const rpi_progress_sample *last);

/* Draws what is left and ends. NULL does nothing. */
void rpi_progress_destroy(rpi_progress *progress);

#endif
