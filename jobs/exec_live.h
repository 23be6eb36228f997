/*
 * exec_live.h: what the first item that isn't finished prints, on its way from the worker that runs it to the thread that writes. Only in
 * the process of rank 0, and global there, as its worker knows nothing of the run but what travels to all ranks. Any thread, unless said.
 */
#ifndef RANKPOOL_JOBS_EXEC_LIVE_H
#define RANKPOOL_JOBS_EXEC_LIVE_H

#include "text_buffer.h"

#include <rankpool/task.h>

#include <stdint.h>

enum { EXEC_LIVE_OUT, EXEC_LIVE_ERR, EXEC_LIVE_STREAMS };

/* The first item is `index` from now on; what is there of another one goes. In the thread that writes. */
void exec_live_begin(int64_t index);

/* Whether more of that item is wanted: it is the first one, and what came before has been written for the most part. from[k]: the byte to
 * go on with. */
int exec_live_wants(int64_t index, uint64_t from[EXEC_LIVE_STREAMS]);

/* What it has printed from there on. Dropped when it isn't the first one any more. */
void exec_live_add(int64_t index, const rp_bytes more[EXEC_LIVE_STREAMS]);

/* Whether there are whole lines of that item. In the thread that writes. */
int exec_live_has(int64_t index);

/* Takes the whole lines that are there of a stream of that item, to `lines`, which is emptied before. Returns 0: there are none. In the
 * thread that writes. */
int exec_live_take(int64_t index, int stream, text_buffer *lines);

/* How many bytes of that item were taken. In the thread that writes. */
uint64_t exec_live_taken(int64_t index, int stream);

#endif
