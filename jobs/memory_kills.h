/*
 * memory_kills.h: how often the kernel has ended a process for want of memory: in the cgroup of this process, or, where that isn't counted,
 * on this host. By that a command that was killed by the kernel is told from one that somebody killed. One thread.
 */
#ifndef RANKPOOL_JOBS_MEMORY_KILLS_H
#define RANKPOOL_JOBS_MEMORY_KILLS_H

#include <stdint.h>

typedef struct memory_kills {
    int file;       /* that has the counter; -1: there is none */
    int is_cheap;   /* to read it takes a few microseconds */
    int64_t before; /* the counter so far */
} memory_kills;

/* Finds the counter. `root`: what stands before /proc and /sys, "" but in tests. */
void memory_kills_begin(memory_kills *self, const char *root);
void memory_kills_end(memory_kills *self);

/* What was counted so far has nothing to do with what begins now. */
void memory_kills_look(memory_kills *self);

/* Whether the counter has grown since. */
int memory_kills_grew(memory_kills *self);

#endif
