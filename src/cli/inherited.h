/*
 * inherited.h: what this process was started with, and must not depend on: closed standard descriptors, blocked signals, low limits.
 */
#ifndef RANKPOOL_CLI_INHERITED_H
#define RANKPOOL_CLI_INHERITED_H

/* Called first thing in main, on each rank, before anything opens a file:
 *
 * Descriptors 0 to 2 that are closed are opened such that using them is an error. Otherwise the next file would be standard output.
 * The soft limit of open files is raised to the hard one, up to INHERITED_MOST_FILES: programs that tasks start have it too, and some of
 * them walk through all descriptors.
 * Writing to a pipe without a reader, or beyond the largest size of a file, is an error and ends nothing. Programs that tasks start are
 * ended by it as usual.
 * No signal is blocked, and the end of a child process can be waited for. */
void inherited_settle(void);

enum { INHERITED_MOST_FILES = 65536 };

#endif
