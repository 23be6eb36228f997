/*
 * trace.h: a report on a time line, in the trace-event format that Perfetto and chrome://tracing open: a process for each rank, a thread
 * for each worker, an event for each grain; chunks on their way to a rank and back are asynchronous events of its process, on a track of
 * their own.
 */
#ifndef RANKPOOL_CLI_TRACE_H
#define RANKPOOL_CLI_TRACE_H

#include "report.h"

/* Writes the whole file, event by event. `title`: of the run. What fails shows in ferror; 0: no memory for a name. */
int trace_write(const report *made, const char *title, FILE *file);

#endif
