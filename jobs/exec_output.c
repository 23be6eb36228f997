/* exec_output.c: see exec_output.h. */
#include "exec_output.h"
#include "command_result.h"
#include "job_log.h"
#include "result_files.h"
#include "text_buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct exec_output {
    int is_tagged;
    int log;             /* -1: none */
    result_files *files; /* NULL: none */
};

rp_status exec_output_open(const exec_output_request *request, exec_output **output, rp_error *error)
{
    exec_output *made = calloc(1, sizeof(*made));
    if (!made) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "out of memory");
    made->is_tagged = request->is_tagged;
    made->log = -1;
    rp_status status = RP_OK;
    if (*request->results) status = result_files_open(request->results, &made->files, error);
    if (status == RP_OK && *request->joblog) status = job_log_open(request->joblog, &made->log, error);
    if (status == RP_OK) *output = made;
    else exec_output_close(made);
    return status;
}

void exec_output_close(exec_output *output)
{
    if (!output) return;
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

rp_status exec_output_arrive(exec_output *output, const rp_job_outcome *outcome, rp_error *error)
{
    command_result result;
    int has_result = read_result(outcome, &result);
    rp_status status = RP_OK;
    if (output->log >= 0) status = job_log_add(output->log, outcome, has_result ? &result : NULL, error);
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
static void tag_lines(const text_buffer *tag, rp_bytes lines, FILE *to)
{
    const char *at = lines.data, *end = at + lines.size;
    while (lines.size && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((stop ? stop : end) - at);
        fwrite(tag->data, 1, tag->size, to);
        fwrite(at, 1, size, to);
        putc('\n', to);
        at += size + 1;
    }
}

static void write_plain(rp_bytes text, FILE *to)
{
    if (text.size) fwrite(text.data, 1, text.size, to);
}

rp_status exec_output_write(exec_output *output, const rp_job_outcome *outcome, FILE *out, rp_error *error)
{
    command_result result;
    text_buffer tag = {NULL, 0, 0, 0};
    if (output->files || !read_result(outcome, &result)) return RP_OK;
    if (output->is_tagged) make_tag(outcome->item, &tag);
    if (output->is_tagged && !tag.failed) tag_lines(&tag, result.out, out);
    if (!output->is_tagged) write_plain(result.out, out);
    if (result.err.size) (void)fflush(out); /* a reader of both sees an item's outputs one after the other */
    if (output->is_tagged && !tag.failed) tag_lines(&tag, result.err, stderr);
    if (!output->is_tagged) write_plain(result.err, stderr);
    int failed = tag.failed;
    text_buffer_free(&tag);
    return failed ? rp_error_set(error, RP_NO_MEMORY, ENOMEM, "out of memory for a tag") : RP_OK;
}
