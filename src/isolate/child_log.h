/*
 * child_log.h: what items in a sandbox say by rp_log: lines in a ring in the memory that the sandbox shares with its worker. The sandbox
 * waits a moment for room, and then drops lines and counts them. The worker trusts none of what it reads there.
 */
#ifndef RPI_ISOLATE_CHILD_LOG_H
#define RPI_ISOLATE_CHILD_LOG_H

#include "isolate/mailbox.h"
#include "task/log_sink.h"

/* The sandbox's side. */
rpi_log_sink rpi_child_log_sink(rpi_mailbox *mailbox);

/* What the worker has seen of it. */
typedef struct rpi_child_log_seen {
    uint64_t taken, n_dropped;
} rpi_child_log_seen;

/* Gives new lines to the worker's sink, which may be NULL. */
void rpi_child_log_take(rpi_mailbox *mailbox, rpi_child_log_seen *seen, const rpi_log_sink *sink);

#endif
