/*
 * part_call.c: the job `call` with pow over rows of csv, from the start of the program to its end, against a plain loop that
 * reads the same rows and prints the same results by the same code. The difference is what the pool and the call cost. Microseconds a row.
 * This part is one process without MPI.
 */
#include "parts.h"
#include "process.h"

#include "csv.h"
#include "values.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 1000000, FEW_ROWS = 1000, ROW_SIZE = 128 };

typedef struct call_state {
    char folder[64], rows[80], output[80];
    int n_rows;
    double last; /* what pow gives for the last row */
} call_state;

/* Numbers of six digits, as they stand in tables. */
static void row_of(int i, double *base, double *exponent)
{
    *base = 1 + 1e-5 * (i % 99991);
    *exponent = 1e-4 * (i % 29989) - 1.5;
}

static bool write_rows(call_state *self)
{
    FILE *file = fopen(self->rows, "w");
    double base = 0, exponent = 0;
    for (int i = 0; file && i < self->n_rows; i++) {
        row_of(i, &base, &exponent);
        (void)fprintf(file, "%.5f,%.4f\n", base, exponent);
    }
    self->last = pow(base, exponent);
    return file && fclose(file) == 0;
}

static bool make_files(call_state *self)
{
    (void)snprintf(self->folder, sizeof self->folder, "/tmp/rankpool-bench-XXXXXX");
    if (!mkdtemp(self->folder)) return false;
    (void)snprintf(self->rows, sizeof self->rows, "%s/rows.csv", self->folder);
    (void)snprintf(self->output, sizeof self->output, "%s/output", self->folder);
    return write_rows(self);
}

static void remove_files(const call_state *self)
{
    (void)unlink(self->rows);
    (void)unlink(self->output);
    (void)rmdir(self->folder);
}

/* ---- the loop ---- */

static bool print_row(rp_bytes row, FILE *output)
{
    char fields_room[ROW_SIZE], number[VALUE_TEXT_SIZE];
    rp_bytes fields[2];
    double x, y;
    if (row.size + 2 > ROW_SIZE || csv_split(row, fields_room, fields, 2) != 2) return false;
    if (!value_parse(RP_TYPE_DOUBLE, fields[0], &x) || !value_parse(RP_TYPE_DOUBLE, fields[1], &y)) return false;
    double power = pow(x, y);
    return fprintf(output, "%s\n", value_print(RP_TYPE_DOUBLE, &power, number)) > 0;
}

static bool run_loop(const bench_contestant *self, void *state, double *value)
{
    const call_state *files = state;
    double start_s = bench_now_s();
    int file = open(files->rows, O_RDONLY | O_CLOEXEC), n = 0;
    FILE *output = fopen(files->output, "w");
    line_reader lines;
    csv_reader csv;
    rp_bytes row;
    rp_error error;
    lines_init(&lines, file, files->rows);
    csv_init(&csv, &lines);
    while (file >= 0 && output && csv_next(&csv, 1, &row, &error) == RP_OK && print_row(row, output)) n++;
    csv_fini(&csv);
    lines_fini(&lines);
    if (file >= 0) (void)close(file);
    bool good = output && fclose(output) == 0 && n == files->n_rows;
    *value = 1e6 * (bench_now_s() - start_s) / files->n_rows;
    if (!good) fprintf(stderr, "rankpool-bench: %s: %d of %d rows\n", self->name, n, files->n_rows);
    return good;
}

/* ---- the program ---- */

static bool is_right(const call_state *files)
{
    FILE *output = fopen(files->output, "r");
    double result = 0, last = 0;
    int n = 0;
    while (output && fscanf(output, "%lf", &result) == 1) last = result, n++;
    if (output) (void)fclose(output);
    return n == files->n_rows && fabs(last - files->last) <= 1e-12 * files->last;
}

/* The argument: 1, the program's default back end; 0, serial. */
static bool run_call(const bench_contestant *self, void *state, double *value)
{
    const call_state *files = state;
    const char *const arguments[] = {
        BENCH_RANKPOOL, "run",      "call",        "libm.so.6:pow", "double(double, double)",           "--csv",
        files->rows,    "--output", files->output, "--backend",     self->argument ? "auto" : "serial", NULL};
    double seconds;
    if (!bench_process_time(arguments, &seconds)) return false;
    *value = 1e6 * seconds / files->n_rows;
    if (is_right(files)) return true;
    fprintf(stderr, "rankpool-bench: %s: wrong results\n", self->name);
    return false;
}

bool bench_part_call(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"plain loop", BENCH_RANK_0, run_loop, {0}, 0},
        {"call pow", BENCH_RANK_0, run_call, {0}, 1},
        {"call pow (serial)", BENCH_RANK_0, run_call, {0}, 0},
    };
    call_state state = {.n_rows = settings->small ? FEW_ROWS : ROWS};
    bool good = make_files(&state);
    if (!good) fprintf(stderr, "rankpool-bench: call: can't write rows to /tmp\n");
    good = good && bench_rounds(contestants, 3, &state, settings->runs);
    remove_files(&state);
    return good;
}
