/* exec_output.c: see exec_output.h. */
#include "exec_output.h"
#include "command_result.h"
#include "exec_live.h"
#include "job_log.h"
#include "result_files.h"
#include "text_buffer.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A try whose item hasn't arrived yet. */
typedef struct failed_try {
    struct failed_try *next;
    job_log_row row;
} failed_try;

struct exec_output {
    failed_try *tries; /* the latest first */
    int is_tagged, is_live;
    int log; /* -1: none */
    int has_log_begun;
    result_files *files; /* NULL: none */
};

rp_status exec_output_open(const exec_output_request *request, exec_output **output, rp_error *error)
{
    exec_output *made = calloc(1, sizeof(*made));
    if (!made) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "out of memory");
    made->is_tagged = request->is_tagged;
    made->is_live = request->is_live;
    if (made->is_live && *request->results) {
        exec_output_close(made);
        return rp_error_set(error, RP_USAGE, 0, "live=1 doesn't go with results=DIR, which prints nothing");
    }
    if (made->is_live) exec_live_begin(0);
    made->log = -1;
    rp_status status = RP_OK;
    if (*request->results) status = result_files_open(request->results, &made->files, error);
    if (status == RP_OK && *request->joblog) status = job_log_open(request->joblog, &made->log, error);
    if (status == RP_OK) *output = made;
    else exec_output_close(made);
    return status;
}

/* Writes the rows of an item's tries, the oldest first; -1: of all items. */
static rp_status write_tries(exec_output *output, int64_t index, rp_bytes line, rp_error *error)
{
    failed_try *taken = NULL, **at = &output->tries;
    rp_status status = RP_OK;
    while (*at) {
        failed_try *one = *at;
        int is_wanted = index < 0 || one->row.index == index;
        if (is_wanted) *at = one->next, one->next = taken, taken = one;
        else at = &one->next;
    }
    for (failed_try *next; taken; taken = next) {
        next = taken->next;
        if (status == RP_OK) status = job_log_add(output->log, &taken->row, line, error);
        free(taken);
    }
    return status;
}

/* Those of items that never arrived, as the run was ended, come last, without their command. */
void exec_output_close(exec_output *output)
{
    rp_error error;
    if (!output) return;
    if (output->tries) (void)write_tries(output, -1, (rp_bytes){NULL, 0}, &error);
    if (output->log >= 0) (void)close(output->log);
    result_files_close(output->files);
    free(output);
}

/* Reads the result of an item, if it has one. */
static int read_result(const rp_job_outcome *outcome, command_result *result)
{
    memset(result, 0, sizeof(*result));
    return outcome->result && command_result_read(*(const rp_bytes *)outcome->result, result);
}

static rp_status begin_log(exec_output *output, rp_error *error)
{
    if (output->log < 0 || output->has_log_begun) return RP_OK;
    output->has_log_begun = 1;
    return job_log_begin(output->log, error);
}

rp_status exec_output_retried(exec_output *output, const rp_error *failure, double ended_s, rp_error *error)
{
    if (output->log < 0) return RP_OK;
    failed_try *made = malloc(sizeof(*made));
    if (!made) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "out of memory for a row of the job log");
    *made = (failed_try){output->tries, job_log_row_of_try(failure, ended_s)};
    output->tries = made;
    return begin_log(output, error);
}

static rp_status add_to_log(exec_output *output, const rp_job_outcome *outcome, const command_result *result, rp_error *error)
{
    job_log_row row = job_log_row_of(outcome, result);
    rp_bytes line = result ? result->line : (rp_bytes){NULL, 0};
    rp_status status = begin_log(output, error);
    if (status == RP_OK && output->tries) status = write_tries(output, outcome->index, line, error);
    return status == RP_OK ? job_log_add(output->log, &row, line, error) : status;
}

rp_status exec_output_arrive(exec_output *output, const rp_job_outcome *outcome, rp_error *error)
{
    command_result result;
    int has_result = read_result(outcome, &result);
    rp_status status = RP_OK;
    if (output->log >= 0) status = add_to_log(output, outcome, has_result ? &result : NULL, error);
    if (status == RP_OK && output->files && has_result) status = result_files_write(output->files, outcome, &result, error);
    return status;
}

/* ---- standard output and standard error ---- */

/* The item and a tab, on one line whatever the item is. */
static void make_tag(rp_bytes item, text_buffer *tag)
{
    const char *text = item.data;
    for (size_t i = 0; i < item.size; i++) {
        if (text[i] == '\n') text_buffer_add_string(tag, "\\n");
        else if (text[i] == '\t') text_buffer_add_string(tag, "\\t");
        else if (text[i] == '\\') text_buffer_add_string(tag, "\\\\");
        else text_buffer_add_byte(tag, text[i]);
    }
    text_buffer_add_byte(tag, '\t');
}

/* Each line with the tag before it and an end. */
static void tag_lines(const text_buffer *tag, rp_bytes lines, text_buffer *to)
{
    const char *at = lines.data, *end = at + lines.size;
    while (lines.size && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((stop ? stop : end) - at);
        text_buffer_add(to, tag->data, tag->size);
        text_buffer_add(to, at, size);
        text_buffer_add_byte(to, '\n');
        at += size + 1;
    }
}

/* In one piece where that is possible, so that lines of others don't come between. What can't be written is lost. */
static void write_error_text(rp_bytes text)
{
    struct pollfd room = {STDERR_FILENO, POLLOUT, 0};
    for (size_t done = 0; done < text.size;) {
        ssize_t n = write(STDERR_FILENO, (const char *)text.data + done, text.size - done);
        if (n < 0 && errno == EAGAIN) (void)poll(&room, 1, -1);
        else if (n < 0 && errno != EINTR) return;
        if (n > 0) done += (size_t)n;
    }
}

/* Both outputs, tagged in `rooms`. Returns 0: no memory. */
static int tag_outputs(rp_bytes item, command_result *result, text_buffer rooms[2])
{
    text_buffer tag = {NULL, 0, 0, 0};
    make_tag(item, &tag);
    tag_lines(&tag, result->out, &rooms[0]);
    tag_lines(&tag, result->err, &rooms[1]);
    int failed = tag.failed || rooms[0].failed || rooms[1].failed;
    text_buffer_free(&tag);
    result->out = (rp_bytes){rooms[0].data, rooms[0].size};
    result->err = (rp_bytes){rooms[1].data, rooms[1].size};
    return !failed;
}

/* Writes both outputs, with tags where they are wanted. */
static rp_status write_both(const exec_output *output, rp_bytes item, command_result *result, FILE *out, rp_error *error)
{
    text_buffer rooms[2] = {{NULL, 0, 0, 0}, {NULL, 0, 0, 0}};
    int is_made = !output->is_tagged || tag_outputs(item, result, rooms);
    if (is_made && result->out.size) fwrite(result->out.data, 1, result->out.size, out);
    if (is_made && result->err.size) {
        (void)fflush(out); /* a reader of both sees an item's outputs one after the other */
        write_error_text(result->err);
    }
    text_buffer_free(&rooms[0]);
    text_buffer_free(&rooms[1]);
    return is_made ? RP_OK : rp_error_set(error, RP_NO_MEMORY, ENOMEM, "out of memory for tagged lines");
}

/* What was shown while the item ran isn't written again. */
static rp_bytes rest_of(rp_bytes text, uint64_t shown)
{
    size_t gone = shown < text.size ? (size_t)shown : text.size;
    return (rp_bytes){(const char *)text.data + gone, text.size - gone};
}

static rp_status write_rest(const exec_output *output, const rp_job_outcome *outcome, FILE *out, rp_error *error)
{
    command_result result;
    int was_ended = outcome->failure && outcome->failure->cause == RP_CAUSE_ENDED; /* what it had printed isn't whole */
    if (output->files || was_ended || !read_result(outcome, &result)) return RP_OK;
    if (output->is_live) result.out = rest_of(result.out, exec_live_taken(outcome->index, EXEC_LIVE_OUT));
    if (output->is_live) result.err = rest_of(result.err, exec_live_taken(outcome->index, EXEC_LIVE_ERR));
    return write_both(output, outcome->item, &result, out, error);
}

rp_status exec_output_write(exec_output *output, const rp_job_outcome *outcome, FILE *out, rp_error *error)
{
    rp_status status = write_rest(output, outcome, out, error);
    if (output->is_live) exec_live_begin(outcome->index + 1);
    return status;
}

rp_status exec_output_look(exec_output *output, const rp_job_outcome *next, FILE *out, rp_error *error)
{
    if (!out) return exec_live_has(next->index) ? RP_OK : RP_AGAIN;
    text_buffer lines[EXEC_LIVE_STREAMS] = {{NULL, 0, 0, 0}, {NULL, 0, 0, 0}};
    command_result result;
    rp_status status = RP_OK;
    int n = 0;
    memset(&result, 0, sizeof(result));
    for (int k = 0; k < EXEC_LIVE_STREAMS; k++) n += exec_live_take(next->index, k, &lines[k]);
    result.out = (rp_bytes){lines[EXEC_LIVE_OUT].data, lines[EXEC_LIVE_OUT].size};
    result.err = (rp_bytes){lines[EXEC_LIVE_ERR].data, lines[EXEC_LIVE_ERR].size};
    if (n > 0) status = write_both(output, next->item, &result, out, error);
    for (int k = 0; k < EXEC_LIVE_STREAMS; k++) text_buffer_free(&lines[k]);
    return status;
}
