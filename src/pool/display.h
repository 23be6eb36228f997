/*
 * display.h: shows completed items, rate, time left and failures, in a thread of its own. On a terminal that is a bar, drawn anew ten times
 * a second in the width that the terminal then has; nothing in the background, and the bar again with `fg`. Elsewhere, and on a terminal
 * that can't erase (TERM=dumb), it is a line per interval.
 */
#ifndef RPI_POOL_DISPLAY_H
#define RPI_POOL_DISPLAY_H

#include <rankpool/pool.h>

#include <stdbool.h>

typedef struct rpi_display rpi_display;

typedef struct rpi_display_sample {
    uint64_t call; /* its number */
    uint64_t completed, failed;
    unsigned n_lost; /* ranks, after which the others go on */
    uint64_t total;  /* UINT64_MAX: not known */
    double elapsed_s;
    char name[64];
} rpi_display_sample;

typedef struct rpi_display_config {
    FILE *stream;
    double interval_s;                                       /* between lines */
    bool is_brief;                                           /* a call that is over before its first line or bar has none at all */
    bool (*sample)(void *argument, rpi_display_sample *out); /* false: nothing runs. Called by the display's thread */
    void *argument;
} rpi_display_config;

/* Starts the display. RP_OK, RP_NO_MEMORY, RP_SYSTEM. */
rp_status rpi_display_create(const rpi_display_config *config, rpi_display **display, rp_error *error);

/* A call is over: `last` is drawn as its last line. Doesn't block. */
void rpi_display_finish(rpi_display *display, const rpi_display_sample *last);

/* Takes the bar away, for what the caller writes to the same terminal; the display waits until rpi_display_show by the same thread. From
 * then on last lines wait for the display's end, when everything else is written. May wait for the terminal. NULL does nothing. */
void rpi_display_hide(rpi_display *display);
void rpi_display_show(rpi_display *display);

/* Writes whole lines to a stream, and takes the bar away before. `display` may be NULL. May wait for the stream. */
void rpi_display_write(rpi_display *display, FILE *stream, const char *lines, size_t size);

/* Draws what is left, and ends the display. NULL does nothing. */
void rpi_display_destroy(rpi_display *display);

#endif
