/* leaderboard_data.c: see leaderboard_data.h. What isn't known is empty in csv and null in JSON. */
#include "leaderboard_data.h"
#include "csv.h"

#include <jansson.h>
#include <stddef.h>
#include <string.h>

/* ---- the numbers of a row, in both formats ---- */

typedef struct number_column {
    const char *name;
    size_t offset; /* of a double in the row */
    int digits;
} number_column;

static const number_column numbers[] = {
    {"median_s", offsetof(leaderboard_row, times.median), 9},      {"low_s", offsetof(leaderboard_row, times.low), 9},
    {"high_s", offsetof(leaderboard_row, times.high), 9},          {"minimum_s", offsetof(leaderboard_row, times.minimum), 9},
    {"maximum_s", offsetof(leaderboard_row, times.maximum), 9},    {"speedup", offsetof(leaderboard_row, speedup), 6},
    {"time_to_pthread", offsetof(leaderboard_row, to_pthread), 6}, {"efficiency", offsetof(leaderboard_row, efficiency), 6},
    {"warm_up_s", offsetof(leaderboard_row, warm_up_s), 9},
};

enum { N_NUMBERS = sizeof numbers / sizeof *numbers };

static double number_of(const leaderboard_row *row, const number_column *column)
{
    double value;
    memcpy(&value, (const char *)row + column->offset, sizeof value);
    return value;
}

/* Ratios that aren't known are 0, and so are all numbers of a row that failed. */
static int is_known(const leaderboard_row *row, double value) { return row->n_runs > 0 && value > 0; }

/* ---- csv ---- */

static void write_csv_row(const leaderboard *board, const leaderboard_row *row, FILE *file)
{
    csv_write(file, (rp_bytes){board->job, strlen(board->job)});
    fprintf(file, ",%s,%d,%llu,%d,%s,%s,%s,%d,%d,%d,%s,", board->host, board->cores, (unsigned long long)board->items, board->runs,
            row->method, row->backend, row->progress ? "yes" : "no", row->ranks, row->threads, row->workers,
            row->n_runs > 0 ? "ok" : "failed");
    if (row->place > 0) fprintf(file, "%d", row->place);
    for (int k = 0; k < N_NUMBERS; k++) {
        double value = number_of(row, &numbers[k]);
        putc(',', file);
        if (is_known(row, value)) fprintf(file, "%.*g", numbers[k].digits, value);
    }
    for (int k = 0; k < board->runs; k++) {
        putc(',', file);
        if (row->n_runs > 0) fprintf(file, "%.9g", row->seconds[k]);
    }
    putc('\n', file);
}

static void write_csv(const leaderboard *board, FILE *file)
{
    fputs("job,host,cores,items,runs,method,backend,progress,ranks,threads,workers,outcome,place", file);
    for (int k = 0; k < N_NUMBERS; k++) fprintf(file, ",%s", numbers[k].name);
    for (int k = 0; k < board->runs; k++) fprintf(file, ",run_%d_s", k + 1);
    putc('\n', file);
    for (size_t i = 0; i < board->n_rows; i++) write_csv_row(board, &board->rows[i], file);
}

/* ---- JSON lines ---- */

static json_t *real_or_null(int is_there, double value) { return is_there ? json_real(value) : json_null(); }

static json_t *run_times(const leaderboard_row *row)
{
    json_t *times = json_array();
    for (size_t k = 0; times && k < row->n_runs; k++) {
        if (json_array_append_new(times, json_real(row->seconds[k])) == 0) continue;
        json_decref(times);
        return NULL;
    }
    return times;
}

/* NULL: no memory. */
static json_t *row_object(const leaderboard *board, const leaderboard_row *row)
{
    json_t *object =
        json_pack("{s:s, s:s, s:i, s:I, s:i, s:s, s:s, s:b, s:i, s:i, s:i, s:s, s:o}", "job", board->job, "host", board->host, "cores",
                  board->cores, "items", (json_int_t)board->items, "runs", board->runs, "method", row->method, "backend", row->backend,
                  "progress", row->progress, "ranks", row->ranks, "threads", row->threads, "workers", row->workers, "outcome",
                  row->n_runs > 0 ? "ok" : "failed", "place", row->place > 0 ? json_integer(row->place) : json_null());
    int failed = !object;
    for (int k = 0; k < N_NUMBERS && !failed; k++) {
        double value = number_of(row, &numbers[k]);
        failed = json_object_set_new(object, numbers[k].name, real_or_null(is_known(row, value), value));
    }
    if (!failed && json_object_set_new(object, "times_s", run_times(row)) == 0) return object;
    json_decref(object);
    return NULL;
}

static void write_jsonl(const leaderboard *board, output *out)
{
    for (size_t i = 0; i < board->n_rows; i++) {
        json_t *object = row_object(board, &board->rows[i]);
        if (!object || json_dumpf(object, out->file, JSON_COMPACT | JSON_REAL_PRECISION(9))) out->out_of_memory = !ferror(out->file);
        putc('\n', out->file);
        json_decref(object);
    }
}

void leaderboard_data_write(const leaderboard *board, output *out)
{
    if (out->format == OUTPUT_CSV) write_csv(board, out->file);
    if (out->format == OUTPUT_JSONL) write_jsonl(board, out);
}
