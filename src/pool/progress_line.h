/*
 * progress_line.h: progress as a line of text, in as many cells of a terminal as there are: what matters least is left out first, elapsed
 * time, then counts, the bar, the name. Pure, but for the user's locale, which says how wide characters are.
 */
#ifndef RPI_POOL_PROGRESS_LINE_H
#define RPI_POOL_PROGRESS_LINE_H

#include <stddef.h>
#include <stdint.h>

typedef struct rpi_progress {
    const char *name; /* printable */
    uint64_t completed, failed;
    unsigned n_lost; /* ranks */
    uint64_t total;  /* UINT64_MAX: not known */
    double elapsed_s;
    double rate;   /* items a second */
    double left_s; /* below 0: not told */
} rpi_progress;

/* Writes the line without a newline, in at most `cells`, with a bar where one fits. 0: whole, without a bar, for a log. Always ends with a
 * NUL. */
void rpi_progress_line(const rpi_progress *progress, int cells, char *line, size_t size);

#endif
