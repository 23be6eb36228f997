/*
 * log_writer.h: the thread that writes what tasks say by rp_log to standard error, so that a terminal that stands still keeps neither a
 * worker nor the thread that talks to other ranks. Lines that come faster than they can be written are kept up to 1 MiB; those beyond are
 * dropped and counted.
 */
#ifndef RPI_POOL_LOG_WRITER_H
#define RPI_POOL_LOG_WRITER_H

#include "pool/display.h"

typedef struct rpi_log_writer rpi_log_writer;

/* Its thread starts with the first line. NULL: no memory. */
rpi_log_writer *rpi_log_writer_create(void);
/* Writes what is left, and ends the thread. NULL does nothing. */
void rpi_log_writer_destroy(rpi_log_writer *writer);

/* From now on the display's bar is taken away before lines are written. The display has to outlive the writer. */
void rpi_log_writer_show_with(rpi_log_writer *writer, rpi_display *display);

/* Takes whole lines, from this rank or another one. As rpi_log_sink. */
void rpi_log_writer_put(void *writer, const char *lines, size_t size, uint64_t n_dropped);

/* Waits until all lines are written, but for 1 s at most. Doesn't wait when there are none. */
void rpi_log_writer_flush(rpi_log_writer *writer);

#endif
