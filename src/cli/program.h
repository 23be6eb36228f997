/*
 * program.h: what the commands of the program `rankpool` share: exit statuses and messages.
 */
#ifndef RANKPOOL_CLI_PROGRAM_H
#define RANKPOOL_CLI_PROGRAM_H

#include <rankpool/rankpool.h>

enum {
    PROGRAM_OK = 0,
    PROGRAM_ITEMS_FAILED = 1,
    PROGRAM_USAGE = 2,
    PROGRAM_DRAINED = 3,
    PROGRAM_LOST = 4,
    PROGRAM_STOPPED = 128 /* plus the signal */
};

/* 1 in the process that prints while each rank still parses its command line: a process started alone, or the launcher's rank 0. MPI need
 * not be initialised. Later only rank 0 reaches code that prints. */
int program_prints(void);

/* Prints one line on standard error, "rankpool: …", in one write. Any thread. */
void program_say(const char *format, ...) RP_PRINTF(1, 2);

/* The pool whose progress is drawn on standard error: messages don't tear its bar. NULL: none; call it before the pool is freed. */
void program_has_bar(rp_pool *pool);

/* Prints what went wrong and returns the exit status for it. */
int program_fail(const rp_error *error);

/* The same for a command that has no memory to begin with. */
int program_fail_memory(void);

/* Before anything is printed. Removes the file that RANKPOOL_STATUS_FILE names, as an earlier run may have left it. Returns PROGRAM_OK, or
 * PROGRAM_USAGE after a message: the file can't be written. Only the process that prints does anything, here and in program_end. */
int program_begin(void);

/* The last thing that the program does. Writes `status` to that file, whole or not at all: a launcher may end with another status than rank
 * 0. Returns `status`, or PROGRAM_LOST after a message when it can't be written. */
int program_end(int status);

/* From here on a signal that drains may come: writes this process's host and pid to a file that is named as that of RANKPOOL_STATUS_FILE,
 * with .pid behind it. So a batch script can signal rank 0 alone: launchers pass signals on to all that a rank has started too. */
void program_tell_process(void);

/* How many items this run has done. Where RANKPOOL_STATUS_FILE is written, the number goes to a file of that name with .done behind it: a
 * batch script that starts a run anew has to know whether the last one got anywhere. */
void program_note_done(uint64_t n_items);

/* program_end, and ends the process without flushing anything. */
_Noreturn void program_exit(int status);

/* Flushes standard output. Returns `status`, or PROGRAM_LOST after a message when it couldn't be written. */
int program_finish(int status);

/* Seconds of a clock that only goes forward. */
double program_now_s(void);

/* Prints what the user should know about how the program was launched. */
void program_say_warnings(const rp_pool *pool);

/* The versions of what the jobs are built on, as "libcurl/7.88.1"; defined beside the jobs. */
const char *rp_jobs_versions(void);

#endif
