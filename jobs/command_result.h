/*
 * command_result.h: what is known of a command that has ended, as the bytes that travel to rank 0: a head, the command as a line for a
 * shell, and its outputs.
 */
#ifndef RANKPOOL_JOBS_COMMAND_RESULT_H
#define RANKPOOL_JOBS_COMMAND_RESULT_H

#include <rankpool/error.h>
#include <rankpool/task.h>

typedef struct command_head {
    int64_t exit;   /* exit status; -1: it has none */
    int64_t signal; /* that ended it; 0: none */
    double begun_s; /* seconds since 1970; 0: it didn't start */
    double seconds;
    int32_t attempt, has_timed_out;
    uint64_t line_size, out_size, err_size; /* bytes behind the head, in this order */
    char host[RP_ERROR_HOST_SIZE];
} command_head;

typedef struct command_result {
    command_head head;
    rp_bytes line, out, err;
} command_result;

/* Emits all parts of a result. In a task. */
void command_result_emit(const command_result *result);

/* Reads what was emitted; the parts point into it. Returns 0: that is none. */
int command_result_read(rp_bytes emitted, command_result *result);

#endif
