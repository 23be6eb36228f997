/* row_text.c: see row_text.h. */
#include "row_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A cookie_write_function_t. */
static ssize_t take(void *cookie, const char *data, size_t size)
{
    row_text *rows = cookie;
    size_t wanted = rows->bytes.size + size, room = rows->bytes.room > 0 ? rows->bytes.room : 4096;
    while (room < wanted) room *= 2;
    char *grown = room == rows->bytes.room ? rows->bytes.data : realloc(rows->bytes.data, room);
    if (!grown) {
        rows->has_failed = true;
        errno = ENOMEM;
        return 0;
    }
    rows->bytes.data = grown;
    rows->bytes.room = room;
    memcpy(grown + rows->bytes.size, data, size);
    rows->bytes.size = wanted;
    return (ssize_t)size;
}

static rp_status no_memory(rp_error *error) { return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for a row"); }

rp_status row_text_init(row_text *rows, const rp_job *job, output_format format, rp_error *error)
{
    *rows = (row_text){.out = {.name = "a row", .format = format, .job = job}};
    rows->out.file = fopencookie(rows, "w", (cookie_io_functions_t){.write = take});
    return rows->out.file ? RP_OK : no_memory(error);
}

void row_text_fini(row_text *rows)
{
    rp_error error;
    (void)output_close(&rows->out, &error);
    kept_bytes_fini(&rows->bytes);
}

static rp_status end(row_text *rows, rp_bytes *text, rp_error *error)
{
    if (fflush(rows->out.file) != 0 || rows->has_failed || rows->out.out_of_memory) return no_memory(error);
    *text = (rp_bytes){rows->bytes.data, rows->bytes.size};
    return RP_OK;
}

rp_status row_text_header(row_text *rows, rp_bytes *text, rp_error *error)
{
    rows->bytes.size = 0;
    output_begin_results(&rows->out, rows->out.job);
    return end(rows, text, error);
}

rp_status row_text_make(row_text *rows, const rp_job_outcome *outcome, void *state, rp_bytes *text, rp_error *error)
{
    rows->bytes.size = 0;
    rp_status status = output_result(&rows->out, outcome, state, error);
    return status == RP_OK ? end(rows, text, error) : status;
}
