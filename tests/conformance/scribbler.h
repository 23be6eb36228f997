/*
 * scribbler.h: tasks that write over the memory that a child process shares with its worker, as one does that writes beyond the end of what
 * it has. They find that memory in the list of their process's mappings.
 */
#ifndef SCRIBBLER_H
#define SCRIBBLER_H

#include <rankpool/rankpool.h>

/* What an item does after it has written over things. */
typedef enum scribbler_end { RETURNS = 0, CRASHES_AFTERWARDS, NEVER_RETURNS, N_SCRIBBLER_ENDS } scribbler_end;

/* (int64 seed, int32 end, int64 x): 3 x + 1. Seed 0: writes nowhere else. The second one emits that number x % 5 times. */
typedef struct scribbler_tasks {
    const rp_task *scribble, *scribble_and_emit;
} scribbler_tasks;

extern const scribbler_tasks scribbler;

#endif
