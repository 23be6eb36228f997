/*
 * held_rows.h: the items of a run with a journal that aren't printed yet, by number: those that the pool has, and outcomes that wait for
 * their turn or for the journal. Outcomes are in memory, up to some megabytes in all; the rest is in a file without a name. One thread.
 */
#ifndef RANKPOOL_CLI_HELD_ROWS_H
#define RANKPOOL_CLI_HELD_ROWS_H

#include <rankpool/error.h>
#include <rankpool/task.h>
#include <stdbool.h>

typedef struct held_row held_row;

typedef struct held_rows {
    held_row **buckets;
    size_t n_buckets, n; /* n: items */
    size_t n_rows;       /* those that have an outcome */
    size_t in_memory;    /* bytes */
    size_t n_in_file;
    int file; /* -1: there is none */
    int64_t file_end;
    char *read; /* what held_rows_take read from the file */
    size_t read_room;
} held_rows;

typedef enum held_state {
    HELD_NOT,   /* nothing is known of it */
    HELD_OUT,   /* the pool has it */
    HELD_THERE, /* its outcome waits */
} held_state;

void held_rows_init(held_rows *held);
void held_rows_fini(held_rows *held);

/* The pool is given the item. False: no memory. */
bool held_rows_add(held_rows *held, uint64_t number);

/* Keeps a copy of an outcome, and the journal's position of its record. The item may have been added or not. False: no memory; errno says
 * so, or why the file can't be written. */
bool held_rows_keep(held_rows *held, uint64_t number, rp_bytes outcome, uint64_t position);

/* What is known of an item, and, of one whose outcome waits, the position. */
held_state held_rows_look(const held_rows *held, uint64_t number, uint64_t *position);

/* Gives an outcome that waits, valid until the next call. False: it can't be read; errno says why. */
bool held_rows_read(held_rows *held, uint64_t number, rp_bytes *outcome);

/* The item is done with. What was read of it isn't valid any more. */
void held_rows_remove(held_rows *held, uint64_t number);

#endif
