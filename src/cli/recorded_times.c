/* recorded_times.c: see recorded_times.h. */
#include "recorded_times.h"
#include "csv.h"
#include "values.h"

#include "simulate/times.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_COLUMNS = 64 };

typedef struct time_list {
    double *seconds;
    size_t n, room;
    int column; /* from 0; -1: not known yet */
} time_list;

static rp_status append(time_list *list, double seconds, rp_error *error)
{
    if (list->n == list->room) {
        size_t room = list->room ? 2 * list->room : 1024;
        double *grown = realloc(list->seconds, room * sizeof *grown);
        if (!grown) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for %zu times", room);
        list->seconds = grown;
        list->room = room;
    }
    list->seconds[list->n++] = seconds;
    return RP_OK;
}

static rp_status find_column(time_list *list, const rp_bytes *fields, int n, const char *name, rp_error *error)
{
    for (int k = 0; k < n; k++)
        if (strcmp(fields[k].data, "seconds") == 0) list->column = k;
    if (list->column >= 0) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "--times %s: its first line is neither a number of seconds nor has a column named seconds",
                        name);
}

/* Takes a row. The first row is a header unless it is a single number. */
static rp_status take_row(time_list *list, const rp_bytes *fields, int n, const line_reader *lines, rp_error *error)
{
    double seconds;
    if (list->column < 0) {
        if (n != 1 || !value_number(fields[0].data, &seconds)) return find_column(list, fields, n, lines->name, error);
        list->column = 0;
    }
    const char *text = list->column < n ? fields[list->column].data : "";
    if (!*text) return RP_OK;
    if (value_number(text, &seconds) && seconds >= 0 && seconds <= RPI_SIM_MOST_SECONDS) return append(list, seconds, error);
    return rp_error_set(error, RP_USAGE, 0, "--times %s, line %llu: '%.40s' isn't a number of seconds from 0 to 1e12", lines->name,
                        (unsigned long long)lines->number, text);
}

static rp_status split_row(time_list *list, rp_bytes record, const line_reader *lines, rp_error *error)
{
    rp_bytes fields[MOST_COLUMNS];
    char *room = malloc(record.size + MOST_COLUMNS);
    if (!room) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for a row of %zu bytes", record.size);
    int n = csv_split(record, room, fields, MOST_COLUMNS);
    rp_status status = n < 0 ? rp_error_set(error, RP_USAGE, 0, "--times %s, line %llu: something follows a closing quote", lines->name,
                                            (unsigned long long)lines->number)
                             : take_row(list, fields, n < MOST_COLUMNS ? n : MOST_COLUMNS, lines, error);
    free(room);
    return status;
}

static rp_status read_rows(time_list *list, line_reader *lines, rp_error *error)
{
    csv_reader csv;
    rp_bytes record;
    csv_init(&csv, lines);
    rp_status status;
    while ((status = csv_next(&csv, 1, &record, error)) == RP_OK)
        if ((status = split_row(list, record, lines, error)) != RP_OK) break;
    csv_fini(&csv);
    return status == RP_END ? RP_OK : status;
}

rp_status recorded_times_read(const char *path, double **seconds, size_t *n, rp_error *error)
{
    int is_input = strcmp(path, "-") == 0, descriptor = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return rp_error_set(error, RP_USAGE, errno, "--times: can't open '%s': %s", path, strerror(errno));
    time_list list = {.column = -1};
    line_reader lines;
    lines_init(&lines, descriptor, path);
    rp_status status = read_rows(&list, &lines, error);
    lines_fini(&lines);
    if (!is_input) (void)close(descriptor);
    if (status == RP_OK && list.n == 0) status = rp_error_set(error, RP_USAGE, 0, "--times %s: there are no times in it", path);
    if (status != RP_OK) {
        free(list.seconds);
        return status;
    }
    *seconds = list.seconds;
    *n = list.n;
    return RP_OK;
}
