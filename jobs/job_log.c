/* job_log.c: see job_log.h. */
#include "job_log.h"
#include "text_buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NOT_FOUND = 127, NOT_EXECUTABLE = 126 }; /* as a shell's */

static rp_status cant_write(rp_status status, rp_error *error)
{
    char reason[128];
    return rp_error_set(error, status, errno, "can't write the job log: %s", strerror_r(errno, reason, sizeof(reason)));
}

/* Returns 1, or 0 with errno set. */
static int write_line(int file, const text_buffer *line)
{
    for (size_t done = 0; done < line->size;) {
        ssize_t n = write(file, line->data + done, line->size - done);
        if (n < 0 && errno != EINTR) return 0;
        if (n > 0) done += (size_t)n;
    }
    return 1;
}

rp_status job_log_open(const char *path, int *file, rp_error *error)
{
    int made = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (made < 0) return cant_write(RP_USAGE, error);
    *file = made;
    return RP_OK;
}

rp_status job_log_begin(int file, rp_error *error)
{
    static char names[] = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";
    text_buffer line = {names, sizeof(names) - 1, 0, 0};
    (void)ftruncate(file, 0); /* fails for what isn't a file */
    return write_line(file, &line) ? RP_OK : cant_write(RP_SYSTEM, error);
}

static void add_escaped(text_buffer *line, rp_bytes text)
{
    const char *at = text.data;
    for (size_t i = 0; i < text.size; i++) {
        if (at[i] == '\n') text_buffer_add_string(line, "\\n");
        else if (at[i] == '\t') text_buffer_add_string(line, "\\t");
        else if (at[i] == '\\') text_buffer_add_string(line, "\\\\");
        else text_buffer_add_byte(line, at[i]);
    }
}

/* A command that couldn't be started has a shell's number for that. */
static int not_started(int code) { return code == ENOENT ? NOT_FOUND : NOT_EXECUTABLE; }

/* As GNU parallel has it: -1 for a time-out, and 0 with a signal. An item that was ended with the run has -1 too: it isn't its own end. */
static int exit_value(const rp_job_outcome *outcome, const command_result *result)
{
    int was_ended = outcome->failure && outcome->failure->cause == RP_CAUSE_ENDED;
    if (!result || result->head.has_timed_out || was_ended) return -1;
    if (result->head.exit >= 0) return (int)result->head.exit;
    if (result->head.signal) return 0;
    return not_started(outcome->failure ? outcome->failure->code : 0);
}

job_log_row job_log_row_of(const rp_job_outcome *outcome, const command_result *result)
{
    static const command_result none;
    const command_result *shown = result ? result : &none;
    const char *host = result ? result->head.host : outcome->failure ? outcome->failure->host : "";
    job_log_row row = {.index = outcome->index,
                       .begun_s = shown->head.begun_s,
                       .seconds = shown->head.seconds,
                       .received = shown->out.size,
                       .exit = exit_value(outcome, result),
                       .signal = (int)shown->head.signal};
    (void)snprintf(row.host, sizeof(row.host), "%s", host);
    return row;
}

job_log_row job_log_row_of_try(const rp_error *failure, double ended_s)
{
    job_log_row row = {.index = failure->item, .begun_s = ended_s - failure->seconds, .seconds = failure->seconds, .exit = -1};
    if (failure->cause == RP_CAUSE_EXIT) row.exit = failure->code;
    if (failure->cause == RP_CAUSE_SYSTEM) row.exit = not_started(failure->code);
    if (failure->cause == RP_CAUSE_SIGNAL) row.exit = 0, row.signal = failure->code;
    (void)snprintf(row.host, sizeof(row.host), "%s", failure->host);
    return row;
}

rp_status job_log_add(int file, const job_log_row *row, rp_bytes command, rp_error *error)
{
    text_buffer line = {NULL, 0, 0, 0};
    text_buffer_print(&line, "%lld\t%s\t%.3f\t%10.3f\t0\t%llu\t%d\t%d\t", (long long)row->index + 1, *row->host ? row->host : ":",
                      row->begun_s, row->seconds, (unsigned long long)row->received, row->exit, row->signal);
    add_escaped(&line, command);
    text_buffer_add_byte(&line, '\n');
    rp_status status = RP_OK;
    if (line.failed) status = rp_error_set(error, RP_NO_MEMORY, ENOMEM, "out of memory for a row of the job log");
    else if (!write_line(file, &line)) status = cant_write(RP_SYSTEM, error);
    text_buffer_free(&line);
    return status;
}
