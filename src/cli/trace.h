/*
 * trace.h: a report on a time line, in the trace-event format that Perfetto and chrome://tracing open. Each rank is a process, each worker
 * a thread, each grain an event. Chunks on their way to a rank and back are asynchronous events of its process, on their own track.
 */
#ifndef RANKPOOL_CLI_TRACE_H
#define RANKPOOL_CLI_TRACE_H

#include "report.h"

/* Writes the whole file, event by event. `title`: of the run. ferror reports failures; returns 0 when there is no memory for a name. */
int trace_write(const report *made, const char *title, FILE *file);

#endif
