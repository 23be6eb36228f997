/* record.h: the columns of csv, and members of JSON, for a failed item: what made it fail, where, and on which attempt. */
#ifndef RANKPOOL_CLI_RECORD_H
#define RANKPOOL_CLI_RECORD_H

#include <rankpool/error.h>
#include <rankpool/task.h>

typedef struct record_column {
    const char *name;
    int is_number;
} record_column;

/* The columns in the order of the output, ended by one with name NULL. No field of a job may have one of these names. */
extern const record_column record_columns[];

/* "failed"; or "lost" when the item was lost with its rank. */
const char *record_outcome(const rp_error *failure);

/* The cause of the failure, as "timeout". Never NULL. */
const char *record_cause(const rp_error *failure);

/* 1 when `code` means something: a number from the task, a signal, an exit status, an errno. */
int record_has_code(const rp_error *failure);

/* The value of column k as text, empty if it isn't known. It points into the failure, or to `room`. */
#define RECORD_ROOM_SIZE 32
rp_bytes record_text(const rp_error *failure, int k, char room[RECORD_ROOM_SIZE]);

#endif
