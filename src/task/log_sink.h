/*
 * log_sink.h: where the lines of rp_log go from a thread that runs tasks: a pool's writer on rank 0 (pool/log_writer.h), the way to rank 0
 * on a member (cluster/member_log.h), the memory shared with the worker in a sandbox (isolate/child_log.h).
 */
#ifndef RPI_TASK_LOG_SINK_H
#define RPI_TASK_LOG_SINK_H

#include <stddef.h>
#include <stdint.h>

/* The longest line, with its newline. */
enum { RPI_LONGEST_LINE = 1024 };

typedef struct rpi_log_sink {
    /* Takes whole lines, each with its newline, or drops and counts them; `n_dropped` were dropped before. Any thread. Blocks for moments
     * only.
     */
    void (*put)(void *argument, const char *lines, size_t size, uint64_t n_dropped);
    void *argument;
} rpi_log_sink;

#endif
